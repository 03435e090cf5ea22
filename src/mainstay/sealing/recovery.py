"""A private key on paper: 24 English words of the BIP 39 list, the last of which carries a checksum.

https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki. Only the encoding of 256 bits is used; the words are
the key itself, not a seed from which others are derived.
"""

import hashlib

from mnemonic import Mnemonic

from mainstay.core.errors import MainstayError

from .boxes import KEY_BYTES

WORDS = 24
_LANGUAGE = "english"


class BadWords(MainstayError):
    """Words that are no recovery copy."""

    def __init__(self, why: str) -> None:
        super().__init__(f"These words do not make a key: {why}.")


def words_of(private: bytes) -> list[str]:
    """The 24 words that stand for one private key."""
    return Mnemonic(_LANGUAGE).to_mnemonic(private).split(" ")


def key_of(typed: str) -> bytes:
    """The private key that the words stand for. Raises `BadWords`; the first four letters of a word are enough."""
    words = typed.casefold().split()
    if len(words) != WORDS:
        raise BadWords(f"there are {len(words)}, and the paper has {WORDS}")
    known = Mnemonic(_LANGUAGE)
    full = [known.expand_word(word) for word in words]
    strange = [word for word in full if word not in known.wordlist]
    if strange:
        raise BadWords(f"{strange[0]!r} is not in the list; compare it with the paper")
    if not known.check(" ".join(full)):
        raise BadWords("the checksum is wrong; two words may have changed places")
    return bytes(known.to_entropy(full))[:KEY_BYTES]


def spoken_fingerprint(public: bytes) -> str:
    """Twelve words that stand for a public key's first 16 bytes of BLAKE2b: to compare by voice or on paper."""
    return Mnemonic(_LANGUAGE).to_mnemonic(hashlib.blake2b(public, digest_size=16).digest())
