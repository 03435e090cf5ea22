"""What a Chromium's cookie files tell somebody who has the device: values deleted and not yet written over, too.

Without a key ring a `v10` value is encrypted with a key that everybody knows (components/os_crypt in its source). What
is inside is then taken apart as base64 and zlib, and of a string that may be a checkout key the supporter code is made.
"""

import base64
import binascii
import hashlib
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from mainstay.core.ids import code_of, grouped

LONGEST = 4_096
_KEY = hashlib.pbkdf2_hmac("sha1", b"peanuts", b"saltysalt", 1, 16)
_WORD = re.compile(rb"[A-Za-z0-9_-]{16,}")
_CHECKOUT_KEY = re.compile(rb"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")


def told_by(profile: Path) -> bytes:
    """Everything that can be read out of the profile's cookie files."""
    files = [path for path in sorted(profile.rglob("Cookies*")) if path.is_file()]
    values = [value for path in files for value in _values(path.read_bytes())]
    layers = [layer for value in values for layer in _layers(value)]
    codes = [_code(key) for layer in layers for key in _CHECKOUT_KEY.findall(layer)]
    return b"\n".join([*layers, *codes])


def _values(content: bytes) -> Iterator[bytes]:
    for found in re.finditer(b"v10", content):
        closed = content[found.end() : found.end() + LONGEST]
        machine = Cipher(algorithms.AES(_KEY), modes.CBC(b" " * 16)).decryptor()
        yield machine.update(closed[: len(closed) // 16 * 16])


def _layers(value: bytes) -> Iterator[bytes]:
    """The value, and what its parts are as base64, unpacked where they can be."""
    yield value
    for word in _WORD.findall(value):
        try:
            raw = base64.urlsafe_b64decode(word + b"=" * (-len(word) % 4))
        except binascii.Error:
            continue
        yield raw
        with_zlib = zlib.decompressobj()
        try:
            yield with_zlib.decompress(raw)
        except zlib.error:
            continue


def _code(checkout_key: bytes) -> bytes:
    return grouped(code_of(checkout_key.decode())).encode()
