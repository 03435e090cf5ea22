"""Drills: the real program under every fault that we could think of, and proof that the drills can fail."""
