"""The search for planted values is the demonstration's own: what it shows to visitors is what the drill holds."""

from mainstay_demo.searching import Needle, encodings, hash_needles, keys_in, needles_of, read_all, search

__all__ = ["Needle", "encodings", "hash_needles", "keys_in", "needles_of", "read_all", "search"]
