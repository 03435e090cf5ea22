"""The bank wants to hear from the reader."""
