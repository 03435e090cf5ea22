"""A renewal that the bank declined."""
