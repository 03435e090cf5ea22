"""The keys that a worker holds in memory. The web process has no ring."""

from pathlib import Path

from .keyfiles import KeyFolder


class KeyRing:
    """Collection keys are read when first needed; people keys only after a person unlocked them."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._collection: dict[str, tuple[tuple[str, ...], bytes]] = {}
        self._people: dict[str, bytes] = {}

    def folder(self, slug: str) -> KeyFolder:
        """The key files of a newsroom."""
        return KeyFolder(self._root, slug)

    def collection_key(self, slug: str) -> bytes:
        """The keys that open processors' tokens; read again when a file was added. Raises `NoKeyFile`."""
        files = self.folder(slug).collection_files()
        if slug not in self._collection or self._collection[slug][0] != files:
            self._collection[slug] = (files, self.folder(slug).collection_key())
        return self._collection[slug][1]

    def people_key(self, slug: str) -> bytes | None:
        """The keys that open names and addresses, or `None` while they are locked."""
        return self._people.get(slug)

    def unlock(self, slug: str, passphrase: str) -> None:
        """Opens the people key. Raises `WrongPassphrase`."""
        self._people[slug] = self.folder(slug).people_key(passphrase)

    def lock(self) -> None:
        """Forgets all keys. Collection keys are read again from their files when they are needed."""
        self._people.clear()
        self._collection.clear()
