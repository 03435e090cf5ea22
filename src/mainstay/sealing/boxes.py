"""Sealing and opening one value (libsodium sealed boxes through PyNaCl).

A sealed value is `version (1) | newsroom id (16) | key id (8) | sealed box`, the plaintext padded to a multiple of
256 bytes: unpadded addresses had 13 distinct lengths, padded ones have one.
https://doc.libsodium.org/public-key_cryptography/sealed_boxes
"""

import hashlib
import json
import uuid
from dataclasses import dataclass
from typing import Any

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from mainstay.core.errors import MainstayError

VERSION = 1
BLOCK_BYTES = 256
KEY_BYTES = 32
_HEADER_BYTES = 25


class CannotOpen(MainstayError):
    """A sealed value that this key does not open."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The sealed value can't be opened: {why}.")


@dataclass(frozen=True, slots=True)
class SealingKey:
    """A public key that values of one newsroom are sealed to."""

    newsroom_id: uuid.UUID
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Eight bytes that name the key."""
        return key_id(self.public)


def key_id(public: bytes) -> bytes:
    """The first eight bytes of the public key's BLAKE2b."""
    return hashlib.blake2b(public, digest_size=8, person=b"key-id").digest()


def seal(key: SealingKey, value: dict[str, Any]) -> bytes:
    """`value` as JSON, padded and sealed to `key`. Nobody without the private key can read it, the writer included."""
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    header = bytes([VERSION]) + key.newsroom_id.bytes + key.key_id
    return header + SealedBox(PublicKey(key.public)).encrypt(padded(plain))


def open_sealed(private: bytes, newsroom_id: uuid.UUID, sealed: bytes) -> dict[str, Any]:
    """The value behind `sealed`. Raises `CannotOpen` for another newsroom, key or version, or a damaged value.

    `private` is one private key, or one after another a key and those it replaced: the value names the one that fits.
    """
    _check_header(sealed, newsroom_id)
    try:
        plain = SealedBox(_fitting(private, sealed_to(sealed))).decrypt(sealed[_HEADER_BYTES:])
    except CryptoError:
        raise CannotOpen("it was damaged") from None
    value = json.loads(unpadded(plain))
    if not isinstance(value, dict):
        raise CannotOpen("it holds no record")
    return value


def padded(plain: bytes) -> bytes:
    """`plain` filled up to a multiple of 256 bytes, so that its length tells nothing."""
    return plain + b"\x80" + b"\0" * (-(len(plain) + 1) % BLOCK_BYTES)


def unpadded(plain: bytes) -> bytes:
    """What was filled up by `padded`. Raises `CannotOpen` for anything else."""
    kept = plain.rstrip(b"\0")
    if not kept.endswith(b"\x80"):
        raise CannotOpen("its padding is wrong")
    return kept[:-1]


def private_keys(bundle: bytes) -> list[bytes]:
    """The single keys of a key and those it replaced."""
    return [bundle[place : place + KEY_BYTES] for place in range(0, len(bundle), KEY_BYTES)]


def public_of(private: bytes) -> bytes:
    """The public half of one private key."""
    return bytes(PrivateKey(private).public_key)


def _fitting(bundle: bytes, wanted: bytes) -> PrivateKey:
    for one in private_keys(bundle):
        key = PrivateKey(one)
        if key_id(bytes(key.public_key)) == wanted:
            return key
    raise CannotOpen("it was sealed to another key")


def _check_header(sealed: bytes, newsroom_id: uuid.UUID) -> None:
    if len(sealed) < _HEADER_BYTES or sealed[0] != VERSION:
        raise CannotOpen("its version is unknown")
    if sealed[1:17] != newsroom_id.bytes:
        raise CannotOpen("it belongs to another newsroom")


def sealed_to(sealed: bytes) -> bytes:
    """The id of the key that a value was sealed to."""
    return bytes(sealed[17:25])
