"""A file that only its receiver can read: gzip inside age (https://age-encryption.org/v1), as a stream.

The receiver's key is made elsewhere (`age-keygen`) and never comes near the server. What passes is never on disk in
clear: it goes through a pipe, encrypted by a second thread, because the database's connection belongs to the first.
"""

import gzip
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pyrage

from mainstay.core.errors import MainstayError


class NoReceiver(MainstayError):
    """Text that is no public key of age, or none at all."""

    def __init__(self) -> None:
        super().__init__(
            "Say for whom it is encrypted: a public key that begins with age1. `age-keygen` makes one, elsewhere."
        )


class WrongKey(MainstayError):
    """The key does not open the file, or the file is damaged."""

    def __init__(self) -> None:
        super().__init__("This key does not open the file, or the file is damaged. Nothing was changed.")


def receivers(keys: Sequence[str]) -> list[pyrage.x25519.Recipient]:
    """The public keys, read. Raises `NoReceiver`."""
    try:
        found = [pyrage.x25519.Recipient.from_str(key.strip()) for key in keys]
    except pyrage.RecipientError:
        raise NoReceiver from None
    if not found:
        raise NoReceiver
    return found


def identity(path: Path) -> pyrage.x25519.Identity:
    """The private key in a file as `age-keygen` writes it. Raises `WrongKey`, `OSError`."""
    lines = path.read_text(encoding="utf-8").splitlines()
    keys = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    try:
        return pyrage.x25519.Identity.from_str(keys[0])
    except (IndexError, pyrage.IdentityError):
        raise WrongKey from None


@contextmanager
def writing(path: Path, keys: Sequence[str]) -> Iterator[gzip.GzipFile]:
    """A stream into `path`, which appears, whole, when the block ends well; for its owner alone (0600)."""
    to = receivers(keys)
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as target:
            with (
                _beside(lambda source: pyrage.encrypt_io(source, target, to)) as pipe,
                gzip.GzipFile(fileobj=pipe, mode="wb", mtime=0) as stream,
            ):
                yield stream
            target.flush()
            os.fsync(target.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _beside(encrypt: Callable[[IO[bytes]], None]) -> Iterator[IO[bytes]]:
    """A pipe whose other end `encrypt` reads in a thread; its failure is raised here."""
    inlet, outlet = os.pipe()
    failure: list[Exception] = []

    def run() -> None:
        with os.fdopen(inlet, "rb") as source:
            try:
                encrypt(source)
            except Exception as error:  # noqa: BLE001 - raised again in the thread that waits
                failure.append(error)

    thread = threading.Thread(target=run, name="age")
    thread.start()
    try:
        with os.fdopen(outlet, "wb") as pipe:
            yield pipe
    finally:
        thread.join()
    if failure:
        raise failure[0]


@contextmanager
def reading(path: Path, key: pyrage.x25519.Identity) -> Iterator[gzip.GzipFile]:
    """The stream behind `path`. A wrong key or a damaged file raises `WrongKey`, at the latest when the block ends."""
    inlet, outlet = os.pipe()
    failure: list[Exception] = []

    def run() -> None:
        with os.fdopen(outlet, "wb") as target, path.open("rb") as source:
            try:
                pyrage.decrypt_io(source, target, [key])
            except Exception as error:  # noqa: BLE001 - raised again in the thread that waits
                failure.append(error)

    thread = threading.Thread(target=run, name="age")
    thread.start()
    try:
        with os.fdopen(inlet, "rb") as pipe, gzip.GzipFile(fileobj=pipe, mode="rb") as stream:
            yield stream
    except (EOFError, OSError):
        raise WrongKey from None
    finally:
        thread.join()
    if failure:
        raise WrongKey
