"""Searching a seized house for planted values: in many encodings, in archives, and as hashes under every key found.

All needles of at least eight bytes go into one table by their first eight bytes, and every place of every file is
looked up in it once: the time grows with the files, and hardly with the needles.
"""

import base64
import bz2
import gzip
import hashlib
import hmac
import html
import io
import lzma
import quopri
import re
import tarfile
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

PREFIX_BYTES = 8
DEEPEST = 4
LARGEST_UNPACKED_BYTES = 64_000_000
_BASE64_RUN = re.compile(rb"[A-Za-z0-9+/_-]{40,}")
_KEY_RUN = re.compile(rb"[A-Za-z0-9+/_-]{16,128}={0,2}")
_LARGEST_KEY_FILE_BYTES = 16_000
_HASHES = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "sha3_512")
_MAC_HASHES = ("md5", "sha1", "sha256", "sha512")
_BLAKE_BYTES = (8, 16, 20, 32, 64)
_NOT_AN_ARCHIVE = (
    OSError,
    EOFError,
    ValueError,
    zlib.error,
    lzma.LZMAError,
    tarfile.TarError,
    zipfile.BadZipFile,
)


@dataclass(frozen=True)
class Needle:
    """Bytes that tell of one supporter's attribute, and how they were made of it."""

    data: bytes
    attribute: str
    number: int
    form: str


@dataclass
class Haystack:
    """What was found: for each attribute the supporters, and one example of where and how."""

    found: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    examples: dict[str, str] = field(default_factory=dict)
    searched_bytes: int = 0
    files: int = 0

    def note(self, needle: Needle, where: str) -> None:
        """One find."""
        self.found[needle.attribute].add(needle.number)
        self.examples.setdefault(needle.attribute, f"{needle.attribute} as {needle.form} in {where}")


def encodings(value: str) -> Iterator[tuple[str, bytes]]:
    """The encodings in which a value may lie somewhere, each with its name."""
    plain = value.encode()
    yield "UTF-8", plain
    for name in ("UTF-16-LE", "UTF-16-BE", "UTF-32-LE"):
        yield name, value.encode(name)
    yield "Latin-1", value.encode("latin-1")
    yield "upper case", value.upper().encode()
    yield "lower case", value.lower().encode()
    yield "reversed", value[::-1].encode()
    yield "percent", quote(value, safe="").encode()
    yield "form", quote(value, safe="").replace("%20", "+").encode()
    yield "hex", plain.hex().encode()
    yield "upper hex", plain.hex().upper().encode()
    yield "base32", base64.b32encode(plain).rstrip(b"=")[:-1]
    yield "quoted-printable", quopri.encodestring(plain, quotetabs=True).replace(b"=\n", b"")
    yield "JSON", value.encode("ascii", "backslashreplace").replace(b"\\x", b"\\u00")
    yield "HTML", html.escape(value).encode("ascii", "xmlcharrefreplace")
    yield from _base64(plain)


def _base64(plain: bytes) -> Iterator[tuple[str, bytes]]:
    """At each of the three places at which it can begin among other bytes, without what its neighbours decide."""
    for before in range(3):
        whole = base64.b64encode(bytes(before) + plain)
        inner = whole[(0, 2, 3)[before] :].rstrip(b"=")[:-1]
        yield f"base64 at {before}", inner
        yield f"base64url at {before}", inner.translate(bytes.maketrans(b"+/", b"-_"))


def needles_of(values: Mapping[str, str], number: int) -> Iterator[Needle]:
    """Every form of every attribute of one supporter."""
    for attribute, value in values.items():
        for form, data in encodings(value):
            if len(data) >= PREFIX_BYTES:
                yield Needle(data, attribute, number, form)


def hashes_of(value: str, keys: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    """Digests of a value alone, with each key before and behind it, and under each key."""
    for text in {value, value.lower()}:
        data = text.encode()
        for name in _HASHES:
            yield name, hashlib.new(name, data).digest()
        for size in _BLAKE_BYTES:
            yield f"BLAKE2b of {size} bytes", hashlib.blake2b(data, digest_size=size).digest()
        yield "BLAKE2s", hashlib.blake2s(data).digest()
        for key in keys:
            yield from _keyed(data, key)


def _keyed(data: bytes, key: bytes) -> Iterator[tuple[str, bytes]]:
    for name in _MAC_HASHES:
        yield f"HMAC-{name} under a key found there", hmac.digest(key, data, name)
    for size in _BLAKE_BYTES[1:]:
        yield "keyed BLAKE2b", hashlib.blake2b(data, key=key[:64], digest_size=size).digest()
    yield "keyed BLAKE2s", hashlib.blake2s(data, key=key[:32]).digest()
    yield "salted SHA-256", hashlib.sha256(key + data).digest()
    yield "salted SHA-256", hashlib.sha256(data + key).digest()


def hash_needles(values: Mapping[str, str], number: int, keys: Sequence[bytes]) -> Iterator[Needle]:
    """Each digest as it is, in hex and in base64; eight bytes of it are enough to know it by."""
    for attribute, value in values.items():
        for form, digest in hashes_of(value, keys):
            yield Needle(digest[:8], attribute, number, form)
            yield Needle(digest.hex()[:16].encode(), attribute, number, form)
            yield Needle(base64.b64encode(digest)[:10], attribute, number, form)


def keys_in(files: Mapping[Path, bytes]) -> list[bytes]:
    """Whatever may be a key or a salt: small files, and long words in small text files, as they are and decoded."""
    found: dict[bytes, None] = {}
    for data in files.values():
        if not data or len(data) > _LARGEST_KEY_FILE_BYTES:
            continue
        if len(data) <= 64:
            found[data.strip()] = None
        if b"\0" in data:
            continue
        for word in _KEY_RUN.findall(data):
            found[word] = None
            with suppress(ValueError):
                found[bytes.fromhex(word.decode())] = None
    return [key for key in found if len(key) >= PREFIX_BYTES]


def read_all(folder: Path) -> dict[Path, bytes]:
    """Every file of a folder, deep down. One that vanishes meanwhile is none."""
    files = {}
    for path in sorted(folder.rglob("*")):
        with suppress(OSError):
            if path.is_file():
                files[path] = path.read_bytes()
    return files


def search(files: Mapping[Path, bytes], needles: Iterable[Needle], unpacked_max: int = DEEPEST) -> Haystack:
    """Looks for all needles in all files, and in what is packed in them."""
    table: dict[bytes, list[Needle]] = defaultdict(list)
    for needle in needles:
        table[needle.data[:PREFIX_BYTES]].append(needle)
    stack, seen = Haystack(files=len(files)), set[bytes]()
    for path, data in files.items():
        _search_one(stack, table, data, path.name, seen, unpacked_max)
    return stack


def _search_one(
    stack: Haystack,
    table: Mapping[bytes, Sequence[Needle]],
    data: bytes,
    where: str,
    seen: set[bytes],
    deeper: int,
) -> None:
    mark = hashlib.blake2b(data, digest_size=16).digest()
    if mark in seen:
        return
    seen.add(mark)
    stack.searched_bytes += len(data)
    for piece in re.split(rb"\0{256,}", data):
        _look(stack, table, piece, where)
    if deeper:
        for name, inner in unpacked(data):
            _search_one(stack, table, inner, f"{where}, {name}", seen, deeper - 1)


def _look(stack: Haystack, table: Mapping[bytes, Sequence[Needle]], piece: bytes, where: str) -> None:
    for place in range(len(piece) - PREFIX_BYTES + 1):
        listed = table.get(piece[place : place + PREFIX_BYTES])
        if listed:
            for needle in listed:
                if piece.startswith(needle.data, place):
                    stack.note(needle, where)


def unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    """What is packed in these bytes: a whole archive, or words of base64 that hold something compressed."""
    for magic, name, opened in _WHOLE:
        if data.startswith(magic):
            with suppress(*_NOT_AN_ARCHIVE):
                for inner in opened(data):
                    yield name, inner[:LARGEST_UNPACKED_BYTES]
    if tarfile_like(data):
        with suppress(*_NOT_AN_ARCHIVE):
            for inner in _tar(data):
                yield "tar", inner
    for word in set(_BASE64_RUN.findall(data)):
        yield from _word(word)


def _word(word: bytes) -> Iterator[tuple[str, bytes]]:
    """Django writes compressed, signed values so; a session is one."""
    standard = word.translate(bytes.maketrans(b"-_", b"+/"))
    with suppress(ValueError):
        raw = base64.b64decode(standard + b"=" * (-len(standard) % 4))
        if raw[:1] == b"\x78":
            with suppress(zlib.error):
                yield "zlib in base64", zlib.decompressobj().decompress(raw, LARGEST_UNPACKED_BYTES)


def tarfile_like(data: bytes) -> bool:
    """Whether it has the mark of a tar archive."""
    return data[257:262] == b"ustar"


def _zip(data: bytes) -> Iterator[bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            yield name.encode()
            yield archive.read(name)


def _tar(data: bytes) -> Iterator[bytes]:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member in archive:
            file = archive.extractfile(member)
            yield member.name.encode()
            if file:
                yield file.read(LARGEST_UNPACKED_BYTES)


_WHOLE: tuple[tuple[bytes, str, Callable[[bytes], Iterable[bytes]]], ...] = (
    (b"\x1f\x8b", "gzip", lambda data: [gzip.decompress(data)]),
    (b"BZh", "bzip2", lambda data: [bz2.decompress(data)]),
    (b"\xfd7zXZ", "xz", lambda data: [lzma.decompress(data)]),
    (b"\x78\x9c", "zlib", lambda data: [zlib.decompress(data)]),
    (b"PK\x03\x04", "zip", _zip),
)
