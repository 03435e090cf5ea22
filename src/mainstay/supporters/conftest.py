"""A newsroom with real keys, the worker's ring, and a way to make promises without a payment company."""

from mainstay.letters.conftest import keys_root, locked_ring, newsroom, ring

__all__ = ["keys_root", "locked_ring", "newsroom", "ring"]
