"""Mainstay: readers keep an independent newsroom alive, and stay out of danger while they do."""

__version__ = "0.1.0"
