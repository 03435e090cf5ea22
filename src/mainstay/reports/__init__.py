"""Figures for the desk, read only: each is one query over rows that other rooms wrote."""
