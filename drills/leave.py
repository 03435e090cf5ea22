"""Leaving: backups of a house that is being written to, restored; two moves, there and back over both databases; shred.

Everything is done by the commands that an engineer types. After each arrival every account of the books must be equal
to the cent. In the end the people keys are destroyed: before that the same search finds everybody with the passphrase
(so it can find), and reminders with the months' keys; afterwards nobody, in any file of the house.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyrage

from benchmarks.databases import database
from benchmarks.measuring import in_child
from benchmarks.places import environment

from .disk import Disk, own_disk
from .leaving import ADMINS, PLANTED, SLUG, forms
from .report import Report

PEOPLE = 200
BACKUPS = 5
WRITING_SECONDS = 600


class House:
    """One installation: a folder, a database, and the program's commands."""

    def __init__(self, folder: Path, url: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.told = environment(folder, url)
        self.mainstay("migrate")

    def mainstay(self, *arguments: str) -> str:
        """A command's words. Raises `CalledProcessError` when it refuses."""
        command = [sys.executable, "-m", "mainstay.cli.main", *arguments]
        done = subprocess.run(
            command, env={**os.environ, **self.told}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            sys.stderr.write(done.stderr)
            done.check_returncode()
        return done.stdout

    def asked(self, do: str, **more: Any) -> dict[str, Any]:
        """What a process inside the house answers."""
        return in_child("drills.leaving", self.told, do=do, **more)


class Drill:
    """The counts and differences so far."""

    def __init__(self, folder: Path, people: int) -> None:
        self.folder, self.people = folder, people
        key = pyrage.x25519.Identity.generate()
        self.public, self.key_file = str(key.to_public()), folder / "operator.txt"
        self.key_file.write_text(f"{key}\n")
        self.counts: dict[str, int | float] = {"people": people}
        self.differences: list[str] = []

    def sqlite(self, name: str) -> House:
        """A new house on SQLite."""
        return House(self.folder / name, f"sqlite:///{self.folder}/{name}/house.sqlite3")

    def expect(self, what: str, found: object, wanted: object) -> None:
        """Notes a difference."""
        if found != wanted:
            self.differences.append(f"{what}: {found!r}, and not {wanted!r}")

    def restore(self, house: House, path: Path) -> None:
        """`mainstay restore` compares rows, books and the log's head itself, and refuses at any difference."""
        house.mainstay("restore", str(path), "--key", str(self.key_file))


def run(part: float = 1.0) -> Report:
    """The whole way; a part has fewer people and backups."""
    with (
        tempfile.TemporaryDirectory(prefix="mainstay-drill-") as name,
        database("postgresql", Path(name)) as url,
        own_disk(Path(name)) as disk,
    ):
        drill = Drill(Path(name), max(20, round(PEOPLE * part)))
        first = drill.sqlite("first")
        first.asked("fill", people=drill.people)
        _backups(drill, first, max(1, round(BACKUPS * part)))
        second = _move(drill, first, House(Path(name) / "second", url), "SQLite to PostgreSQL")
        third = _move(drill, second, drill.sqlite("disk/third"), "PostgreSQL to SQLite")
        _shred(drill, third, disk)
    return Report("leave", drill.counts, drill.differences)


def _backups(drill: Drill, house: House, how_many: int) -> None:
    """While another process commits money all the time; each is restored into a house of its own."""
    writer = _start_writing(house.told)
    try:
        paths = [drill.folder / f"{number}.age" for number in range(how_many)]
        for path in paths:
            house.mainstay("backup", str(path), "--for", drill.public)
    finally:
        writer.kill()
        writer.wait()
    seen = set()
    for path in paths:
        copy = drill.sqlite(f"copy-{path.stem}")
        drill.restore(copy, path)
        seen.add(copy.asked("books")["contributions"])
        drill.expect(
            "a backup holds an address in clear", copy.asked("look", people=drill.people)["opened"], 0
        )
    present = house.asked("books")["contributions"]
    drill.expect("nothing was written during the backups", present > drill.people, True)
    drill.counts |= {
        "backups restored": how_many,
        "different moments": len(seen),
        "supporters meanwhile": present,
    }


def _start_writing(told: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    asked = f'{{"do": "keep_writing", "seconds": {WRITING_SECONDS}}}'
    command = [sys.executable, "-m", "drills.leaving", asked]
    return subprocess.Popen(command, env={**os.environ, **told}, stdout=subprocess.DEVNULL)


def _move(drill: Drill, old: House, new: House, way: str) -> House:
    path = drill.folder / f"{way.replace(' ', '-')}.age"
    old.mainstay("evacuate", str(path), "--for", drill.public, "--by", ADMINS[0])
    drill.restore(new, path)
    before, after = old.asked("books"), new.asked("books")
    drill.expect(f"{way}: the books", after["books"], before["books"])
    drill.expect(f"{way}: contributions", after["contributions"], before["contributions"])
    drill.counts[f"{way}: accounts equal to the cent"] = len(after["books"])
    drill.counts[f"{way}: differences"] = len(drill.differences)
    return new


def _shred(drill: Drill, house: House, disk: Disk | None) -> None:
    house.asked("remind", people=drill.people)
    before, money = house.asked("look", people=drill.people), house.asked("books")["books"]
    for key in ("opened", "with the passphrase"):
        drill.expect(f"the control: found before, {key}", before[key], drill.people)
    keys = _personal_keys(house)
    if disk:
        drill.expect("the control: keys lie on the disk's blocks before", disk.holding(keys), len(keys))
    for by, step in ((ADMINS[0], "--propose"), (ADMINS[1], "--approve"), (ADMINS[0], "")):
        house.mainstay("shred", SLUG, "--by", by, *([step] if step else []))
    house.asked("tidy")
    drill.expect("the books after shredding", house.asked("books")["books"], money)
    _look_afterwards(drill, house, disk, keys)


def _look_afterwards(drill: Drill, house: House, disk: Disk | None, keys: list[bytes]) -> None:
    """In the files, with every key that is left; in the files for what was in the keys' files; below the files."""
    after = house.asked("look", people=drill.people)
    for what in ("in clear", "opened", "with the passphrase"):
        drill.expect(f"after shredding, {what}", after[what], 0)
        drill.counts[f"found after shredding, {what}"] = after[what]
    left = sum(key in path.read_bytes() for path in _files(house) for key in keys)
    drill.expect("after shredding, pieces of keys in files", left, 0)
    if disk:
        drill.expect("after shredding, keys on the disk's blocks", disk.holding(keys), 0)
        drill.expect("after shredding, addresses on the disk's blocks", disk.holding(list(forms(PLANTED))), 0)
    drill.counts |= {"keys destroyed": len(keys), "disk images searched": int(disk is not None)}


def _files(house: House) -> list[Path]:
    return [path for path in Path(house.told["MAINSTAY_STATE"]).rglob("*") if path.is_file()]


def _personal_keys(house: House) -> list[bytes]:
    """The ends of the files that shredding must leave nothing of."""
    return [
        path.read_bytes()[-32:]
        for path in _files(house)
        if path.suffix == ".key" and path.stem != "collection"
    ]
