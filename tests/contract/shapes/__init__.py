"""Requests compared with the processors' own published descriptions."""
