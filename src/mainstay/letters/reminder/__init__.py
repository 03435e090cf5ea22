"""The letter that a reader asked for a month ago."""
