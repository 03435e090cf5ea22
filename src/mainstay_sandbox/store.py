"""The company's SQLite file: one connection per thread, one writer at a time."""

import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mainstay_sandbox.schema import SCHEMA, VERSION

BUSY_TIMEOUT_SECONDS = 30


class OldFile(Exception):
    """The file was made by an earlier version of the company. It holds practice data only: remove it."""


@dataclass(frozen=True)
class Books:
    """One account's rows inside a transaction, and the moment on the company's clock (seconds since 1970)."""

    connection: sqlite3.Connection
    account_id: str
    now: int


class Store:
    """One SQLite file, shared by the threads of one process (and by other processes)."""

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        """Open or make the file at `path`. Not `durable`: faster, and a power cut may lose all of it.

        Raises `sqlite3.Error` when it cannot be used and `OldFile` when it is of an earlier version.
        """
        self._path = path
        self._durable = durable
        self._local = threading.local()
        if _version(self.connection()) != VERSION:
            self._make_tables()

    def connection(self) -> sqlite3.Connection:
        """This thread's connection, opened when first asked for."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._open()
            self._local.connection = connection
        return connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that holds the write lock from its start: what it reads stays true until its end."""
        connection = self.connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def _make_tables(self) -> None:
        with self.writing() as connection:
            if _version(connection) == VERSION:  # another process made them meanwhile
                return
            if connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
                raise OldFile(
                    f"{self._path} was made by another version of the practice company. Please remove it."
                )
            for statement in SCHEMA.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {'NORMAL' if self._durable else 'OFF'}")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection


def insert(connection: sqlite3.Connection, table: str, **values: str | int | None) -> None:
    """Insert one row. Table and columns are written in the code, never taken from a caller."""
    columns, marks = ", ".join(values), ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", tuple(values.values()))  # noqa: S608


def new_id(prefix: str) -> str:
    """A new identifier nobody can guess, such as `pi_` and 24 hexadecimal digits."""
    return f"{prefix}_{secrets.token_hex(12)}"


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
