"""A disk of its own for one house: a file system in a file, so that what was deleted can be looked for below it.

Only root may mount one. Where that can't be, there is none, and the drill says that it looked at files alone.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MEGABYTES = 64


@dataclass(frozen=True)
class Disk:
    """Where it is mounted, and the file that holds all its blocks."""

    place: Path
    image: Path

    def holding(self, words: Sequence[bytes]) -> int:
        """How many of these words lie anywhere on it: in files, in free blocks, in the journal."""
        os.sync()
        blocks = self.image.read_bytes()
        return sum(word in blocks for word in words)


@contextmanager
def own_disk(folder: Path) -> Iterator[Disk | None]:
    """An ext4 disk that vanishes afterwards, or none."""
    disk = Disk(folder / "disk", folder / "disk.image")
    if not _mounted(disk):
        yield None
        return
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk.place)], check=True)


def _mounted(disk: Disk) -> bool:
    if os.geteuid() != 0 or not shutil.which("mkfs.ext4"):
        return False
    disk.place.mkdir()
    with disk.image.open("wb") as image:
        image.truncate(MEGABYTES * 1_000_000)
    steps = (
        ["mkfs.ext4", "-q", "-F", str(disk.image)],
        ["mount", "-o", "loop", str(disk.image), str(disk.place)],
    )
    return all(subprocess.run(step, capture_output=True, check=False).returncode == 0 for step in steps)
