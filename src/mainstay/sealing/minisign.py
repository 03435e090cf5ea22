"""Verifying a file that was signed elsewhere with minisign (https://jedisct1.github.io/minisign/).

Only the prehashed form is taken ("ED": Ed25519 over the file's BLAKE2b-512), which minisign writes since 0.6. Signing
is minisign's own affair, on a machine that is not the server.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from mainstay.core.errors import MainstayError

_KEY_BYTES = 42
_SIGNATURE_BYTES = 74
_LONGEST_COMMENT = 1_000


class BadSignature(MainstayError):
    """The file is not what the holder of the key signed."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The signature does not hold: {why}.")


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The public key of a minisign key pair."""

    key_id: bytes
    public: bytes


def read_key(text: str) -> SigningKey:
    """The public key in minisign's own writing, with or without its comment line. Raises `BadSignature`."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    raw = _decoded(lines[-1] if lines else "", _KEY_BYTES, "this is no public key of minisign")
    if raw[:2] != b"Ed":
        raise BadSignature("this is no public key of minisign")
    return SigningKey(raw[2:10], raw[10:])


def verify(key: SigningKey, content: bytes, signature: str) -> str:
    """The trusted comment, when `signature` (a .minisig file) holds for `content`. Raises `BadSignature`."""
    lines = signature.splitlines()
    if len(lines) != 4 or not lines[2].startswith("trusted comment: ") or len(lines[2]) > _LONGEST_COMMENT:
        raise BadSignature("the signature's file has another form")
    raw = _decoded(lines[1], _SIGNATURE_BYTES, "the signature's file has another form")
    if raw[:2] != b"ED":
        raise BadSignature("it is of the old kind; sign with minisign 0.6 or newer")
    if raw[2:10] != key.key_id:
        raise BadSignature("another key made it")
    comment = lines[2].removeprefix("trusted comment: ")
    whole = _decoded(lines[3], 64, "the signature's file has another form")
    _check(key, hashlib.blake2b(content).digest(), raw[10:], "the content was changed")
    _check(key, raw[10:] + comment.encode(), whole, "its comment was changed")
    return comment


def _check(key: SigningKey, message: bytes, signature: bytes, why: str) -> None:
    try:
        VerifyKey(key.public).verify(message, signature)
    except BadSignatureError:
        raise BadSignature(why) from None


def _decoded(line: str, length: int, why: str) -> bytes:
    try:
        raw = base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError):
        raise BadSignature(why) from None
    if len(raw) != length:
        raise BadSignature(why)
    return raw
