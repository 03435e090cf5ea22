"""Key files on disk, readable by the worker's system user alone.

    <keys>/<newsroom>/collection.key     private, as it is: a service secret, so that renewals go on after a reboot
    <keys>/<newsroom>/people.key         private, under a passphrase (Argon2id): a person unlocks it
    <keys>/<newsroom>/months/2026-12.key private, one a month, destroyed after that month's reminders went out

The web process has none of these, only the public halves, which the database holds.
"""

import os
import re
from pathlib import Path

from nacl import pwhash, secret, utils
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey

from mainstay.core.errors import MainstayError

_MONTH = re.compile(r"\d{4}-\d{2}")
_LOCKED = b"mainstay-locked-1\n"


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
        """Writes a new collection key; returns its public half."""
        return self._write_plain(self.path / "collection.key")

    def make_people_key(self, passphrase: str) -> bytes:
        """Writes a new people key under `passphrase`; returns its public half."""
        private = PrivateKey.generate()
        salt = utils.random(pwhash.argon2id.SALTBYTES)
        box = secret.SecretBox(_stretch(passphrase, salt))
        _write(self.path / "people.key", _LOCKED + salt + box.encrypt(bytes(private)))
        return bytes(private.public_key)

    def make_month_key(self, month: str) -> bytes:
        """The public half of a month's key ("2026-12"), which is made if it is not there yet."""
        path = self._month_path(month)
        if path.exists():
            return bytes(PrivateKey(path.read_bytes()).public_key)
        return self._write_plain(path)

    def collection_key(self) -> bytes:
        """The collection key's private half. Raises `NoKeyFile`."""
        return _read(self.path / "collection.key")

    def people_key(self, passphrase: str) -> bytes:
        """The people key's private half, opened with the passphrase. Raises `WrongPassphrase`, `NoKeyFile`."""
        data = _read(self.path / "people.key")[len(_LOCKED) :]
        salt, sealed = data[: pwhash.argon2id.SALTBYTES], data[pwhash.argon2id.SALTBYTES :]
        try:
            return bytes(secret.SecretBox(_stretch(passphrase, salt)).decrypt(sealed))
        except CryptoError:
            raise WrongPassphrase from None

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
            with path.open("r+b") as handle:
                handle.write(b"\0" * 32)
                handle.flush()
                os.fsync(handle.fileno())
            path.unlink()

    def _month_path(self, month: str) -> Path:
        if not _MONTH.fullmatch(month):
            raise ValueError(f"{month!r} is not a month like 2026-12.")
        return self.path / "months" / f"{month}.key"

    def _write_plain(self, path: Path) -> bytes:
        private = PrivateKey.generate()
        _write(path, bytes(private))
        return bytes(private.public_key)


def _stretch(passphrase: str, salt: bytes) -> bytes:
    return pwhash.argon2id.kdf(
        secret.SecretBox.KEY_SIZE,
        passphrase.encode(),
        salt,
        opslimit=pwhash.argon2id.OPSLIMIT_MODERATE,
        memlimit=pwhash.argon2id.MEMLIMIT_INTERACTIVE,
    )


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise NoKeyFile(path) from None
