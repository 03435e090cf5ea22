"""What was overwritten is gone from SQLite's log within the hour; a reader in its way does not hold anybody up."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mainstay.settings.environment import SQLITE_OPTIONS

from . import database_log
from .database_log import DatabaseLog

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WORD = b"in_1abcdefghijklmnop"


class Linked:
    """Stands for Django's connection, on a file of the test's own."""

    vendor = "sqlite"

    def __init__(self, link: sqlite3.Connection) -> None:
        self._link = link

    def cursor(self) -> Any:
        return closing(self._link.cursor())


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Path]:
    """A database whose one row was filled and blanked."""
    path = tmp_path / "house.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as link:
        link.executescript(str(SQLITE_OPTIONS["init_command"]))
        link.execute("CREATE TABLE attempts (remote_id TEXT)")
        link.execute("INSERT INTO attempts VALUES (?)", (WORD.decode(),))
        link.execute("UPDATE attempts SET remote_id = ''")
        monkeypatch.setattr(database_log, "connection", Linked(link))
        settings.DATABASES = {"default": {"NAME": path}}
        yield path


def _on_the_disk(path: Path) -> bool:
    return any(WORD in each.read_bytes() for each in path.parent.iterdir())


def test_what_was_blanked_is_gone_from_the_log(file: Path) -> None:
    log = DatabaseLog()
    assert _on_the_disk(file)
    for name in log.find(NOW, 1):
        log.empty(name, NOW)
    assert not _on_the_disk(file)


def test_it_is_tried_once_an_hour_even_when_a_reader_is_in_the_way(file: Path) -> None:
    log = DatabaseLog()
    with closing(sqlite3.connect(file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM attempts").fetchall()
        (name,) = log.find(NOW, 1)
        log.empty(name, NOW)
        assert log.find(NOW + timedelta(minutes=59), 1) == []
    assert list(log.find(NOW + timedelta(hours=1), 1)) == [name]
    log.empty(name, NOW + timedelta(hours=1))
    assert not _on_the_disk(file)
