"""The confirmation that a promise ended by somebody's wish."""
