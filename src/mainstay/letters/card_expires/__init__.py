"""A card that is about to expire."""
