"""The letter that asks for a card once more, because the newsroom changes its payment company."""
