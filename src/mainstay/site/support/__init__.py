"""The checkout's pages: choosing, the card, what came of it, and the reminder form for browsers without scripts."""
