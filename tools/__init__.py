"""What developing needs and running doesn't: tests in one word, catalogues, contact sheets."""
