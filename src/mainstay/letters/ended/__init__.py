"""A promise that came to its end by itself."""
