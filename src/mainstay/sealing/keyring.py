"""The keys that a worker holds in memory. The web process has no ring."""

from pathlib import Path

from .keyfiles import KeyFolder


class KeyRing:
    """Collection keys are read when first needed; people keys only after a person unlocked them."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._collection: dict[str, bytes] = {}
        self._people: dict[str, bytes] = {}

    def folder(self, slug: str) -> KeyFolder:
        """The key files of a newsroom."""
        return KeyFolder(self._root, slug)

    def collection_key(self, slug: str) -> bytes:
        """The key that opens processors' tokens. Raises `NoKeyFile`."""
        if slug not in self._collection:
            self._collection[slug] = self.folder(slug).collection_key()
        return self._collection[slug]

    def people_key(self, slug: str) -> bytes | None:
        """The key that opens names and addresses, or `None` while it is locked."""
        return self._people.get(slug)

    def unlock(self, slug: str, passphrase: str) -> None:
        """Opens the people key. Raises `WrongPassphrase`."""
        self._people[slug] = self.folder(slug).people_key(passphrase)

    def lock(self) -> None:
        """Forgets all people keys."""
        self._people.clear()
