"""Which wording a reader sees: weighted rendezvous of a random number that never leaves the device.

The script does the same in JavaScript; `golden.json` holds both to the same answers. Rendezvous moves the fewest
readers when weights change. The hash is FNV-1a with MurmurHash3's finaliser, over ASCII.
http://www.isthe.com/chongo/tech/comp/fnv/ https://github.com/aappleby/smhasher
"""

import math
from collections.abc import Mapping

_MASK = 0xFFFFFFFF


def hash32(text: str) -> int:
    """A 32-bit number that depends evenly on every character of an ASCII text."""
    value = 0x811C9DC5
    for character in text:
        value = ((value ^ ord(character)) * 0x01000193) & _MASK
    value = ((value ^ (value >> 16)) * 0x85EBCA6B) & _MASK
    value = ((value ^ (value >> 13)) * 0xC2B2AE35) & _MASK
    return value ^ (value >> 16)


def variant_for(random_id: str, salt: str, weights: Mapping[str, int]) -> str:
    """The variant with the smallest -ln(u)/weight, where u is drawn by hash from id, salt and the variant's name.

    Raises `ValueError` when no weight is above 0.
    """
    scores = {
        name: -math.log((hash32(f"{random_id}|{salt}|{name}") + 0.5) / 2**32) / weight
        for name, weight in weights.items()
        if weight > 0
    }
    return min(scores, key=scores.__getitem__)
