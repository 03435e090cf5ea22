"""Key files on disk, readable by the worker's system user alone.

    <keys>/<newsroom>/collection.key     private, as it is: a service secret, so that renewals go on after a reboot
    <keys>/<newsroom>/people.key         private, under a passphrase (Argon2id): a person unlocks it
    <keys>/<newsroom>/months/2026-12.key private, one a month, destroyed after that month's reminders went out

A key that replaced another lies beside it, named by its id: `people-<id>.key`, `collection-<id>.key`. Which of them
values are sealed to now is the database's affair (`newsrooms.models.PublicKey`); all of them open.

The web process has none of these, only the public halves, which the database holds.
"""

import os
import re
from pathlib import Path

from nacl import pwhash, secret, utils
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey

from mainstay.core.errors import MainstayError

from .boxes import key_id, public_of

_MONTH = re.compile(r"\d{4}-\d{2}")
_LOCKED = b"mainstay-locked-1\n"
STRETCH_OPERATIONS = pwhash.argon2id.OPSLIMIT_MODERATE
STRETCH_MEMORY_BYTES = pwhash.argon2id.MEMLIMIT_INTERACTIVE
"""What one guess at a passphrase costs. A key file doesn't name them: another cost is another `_LOCKED`."""


class WrongPassphrase(MainstayError):
    """The passphrase does not open the key file."""

    def __init__(self) -> None:
        super().__init__("That passphrase does not open the people key. Check it and try again.")


class NoKeyFile(MainstayError):
    """A key file that should be there is not."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"There is no key file {path.name}. `mainstay init` makes the keys of a newsroom.")


class KeyFolder:
    """The key files of one newsroom."""

    def __init__(self, root: Path, newsroom_slug: str) -> None:
        self.path = root / newsroom_slug

    def make_collection_key(self) -> bytes:
        """Writes the first collection key; returns its public half."""
        return self._write_plain(self.path / "collection.key")

    def add_collection_key(self) -> bytes:
        """Writes a collection key beside those that are there; returns its public half."""
        private = PrivateKey.generate()
        public = bytes(private.public_key)
        write_key_file(self._named("collection", public), bytes(private))
        return public

    def make_people_key(self, passphrase: str) -> bytes:
        """Writes the first people key under `passphrase`; returns its public half."""
        private = PrivateKey.generate()
        write_key_file(self.path / "people.key", _locked(bytes(private), passphrase))
        return bytes(private.public_key)

    def add_people_key(self, private: bytes, passphrase: str) -> bytes:
        """Writes a people key beside those that are there, in place of the same one; returns its public half."""
        public = public_of(private)
        path = self._named("people", public)
        path.unlink(missing_ok=True)
        write_key_file(path, _locked(private, passphrase))
        return public

    def make_month_key(self, month: str) -> bytes:
        """The public half of a month's key ("2026-12"), which is made if it is not there yet."""
        path = self._month_path(month)
        if path.exists():
            return bytes(PrivateKey(path.read_bytes()).public_key)
        return self._write_plain(path)

    def collection_key(self) -> bytes:
        """The collection keys' private halves, one after another (see `boxes.open_sealed`). Raises `NoKeyFile`."""
        return b"".join(_read(path) for path in self._there("collection"))

    def people_key(self, passphrase: str) -> bytes:
        """The private halves of the people keys that the passphrase opens, one after another.

        Raises `WrongPassphrase` when it opens none, and `NoKeyFile`.
        """
        opened = [_open_locked(path, passphrase) for path in self._there("people")]
        found = b"".join(key for key in opened if key)
        if not found:
            raise WrongPassphrase
        return found

    def collection_files(self) -> tuple[str, ...]:
        """The names of the collection keys' files: they tell whether one was added."""
        return tuple(sorted(path.name for path in self.path.glob("collection*.key")))

    def destroy_people_keys(self) -> int:
        """Overwrites and removes every people key: what is sealed to them is noise. Returns how many there were."""
        paths = list(self.path.glob("people*.key"))
        for path in paths:
            _destroy(path)
        return len(paths)

    def destroy_replaced(self, kind: str, current: bytes, passphrase: str = "") -> int:
        """Overwrites and removes the keys of a kind that can be opened and whose public half is not `current`."""
        gone = 0
        for path in self._there(kind):
            private = _open_locked(path, passphrase) if kind == "people" else _read(path)
            if private and public_of(private) != current:
                _destroy(path)
                gone += 1
        return gone

    def month_key(self, month: str) -> bytes:
        """A month key's private half. Raises `NoKeyFile`, also when it has been destroyed."""
        return _read(self._month_path(month))

    def months(self) -> list[str]:
        """The months whose keys are here, in order."""
        return sorted(path.stem for path in (self.path / "months").glob("*.key"))

    def destroy_month_key(self, month: str) -> None:
        """Overwrites and removes a month's key: every copy of that month's reminders becomes noise."""
        path = self._month_path(month)
        if path.exists():
            _destroy(path)

    def _named(self, kind: str, public: bytes) -> Path:
        return self.path / f"{kind}-{key_id(public).hex()}.key"

    def _there(self, kind: str) -> list[Path]:
        """The first key and those named by their id. Raises `NoKeyFile` when there is none."""
        paths = sorted(self.path.glob(f"{kind}*.key"))
        if not paths:
            raise NoKeyFile(self.path / f"{kind}.key")
        return paths

    def _month_path(self, month: str) -> Path:
        if not _MONTH.fullmatch(month):
            raise ValueError(f"{month!r} is not a month like 2026-12.")
        return self.path / "months" / f"{month}.key"

    def _write_plain(self, path: Path) -> bytes:
        private = PrivateKey.generate()
        write_key_file(path, bytes(private))
        return bytes(private.public_key)


def _locked(private: bytes, passphrase: str) -> bytes:
    salt = utils.random(pwhash.argon2id.SALTBYTES)
    return _LOCKED + salt + secret.SecretBox(_stretch(passphrase, salt)).encrypt(private)


def _open_locked(path: Path, passphrase: str) -> bytes:
    """The private key in a locked file, or nothing when the passphrase is another file's."""
    data = _read(path)[len(_LOCKED) :]
    salt, sealed = data[: pwhash.argon2id.SALTBYTES], data[pwhash.argon2id.SALTBYTES :]
    try:
        return bytes(secret.SecretBox(_stretch(passphrase, salt)).decrypt(sealed))
    except CryptoError:
        return b""


def _stretch(passphrase: str, salt: bytes) -> bytes:
    return pwhash.argon2id.kdf(
        secret.SecretBox.KEY_SIZE,
        passphrase.encode(),
        salt,
        opslimit=STRETCH_OPERATIONS,
        memlimit=STRETCH_MEMORY_BYTES,
    )


def write_key_file(path: Path, data: bytes) -> None:
    """Writes a new key file for its owner alone. Raises `FileExistsError`: a key is never written over."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())


def _destroy(path: Path) -> None:
    """On a disk that writes in place nothing is left; snapshots and flash may keep old blocks."""
    with path.open("r+b") as handle:
        handle.write(b"\0" * path.stat().st_size)
        handle.flush()
        os.fsync(handle.fileno())
    path.unlink()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise NoKeyFile(path) from None
