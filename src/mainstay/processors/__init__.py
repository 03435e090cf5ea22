"""Processors: one folder each. Adding one is adding its folder with an `adapter.py`; discovery finds it."""
