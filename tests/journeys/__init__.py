"""Whole stories, through real processes and a real browser."""
