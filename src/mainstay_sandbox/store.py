"""The company's SQLite file: its tables, one connection per thread, one writer at a time."""

import secrets
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BUSY_TIMEOUT_SECONDS = 30

SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE,
    secret_key TEXT NOT NULL UNIQUE, restricted_key TEXT NOT NULL UNIQUE, publishable_key TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE IF NOT EXISTS tokens (
    id TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES accounts,
    card TEXT NOT NULL, brand TEXT NOT NULL, last4 TEXT NOT NULL, country TEXT,
    exp_month INTEGER NOT NULL, exp_year INTEGER NOT NULL,
    made_at INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS methods (
    id TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES accounts, customer TEXT NOT NULL,
    card TEXT NOT NULL, brand TEXT NOT NULL, last4 TEXT NOT NULL, country TEXT,
    exp_month INTEGER NOT NULL, exp_year INTEGER NOT NULL,
    authenticated INTEGER NOT NULL DEFAULT 0, detached INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS methods_by_customer ON methods (account_id, customer);
CREATE TABLE IF NOT EXISTS intents (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    account_id TEXT NOT NULL REFERENCES accounts, status TEXT NOT NULL,
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0), currency TEXT NOT NULL,
    reference TEXT NOT NULL, metadata TEXT NOT NULL, save_method INTEGER NOT NULL,
    made_at INTEGER NOT NULL, processing_until INTEGER NOT NULL DEFAULT 0,
    last_error TEXT, method_id TEXT REFERENCES methods, action_url TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS intents_by_reference ON intents (account_id, reference);
CREATE TABLE IF NOT EXISTS challenges (
    id TEXT PRIMARY KEY, intent_id TEXT NOT NULL REFERENCES intents (id), state TEXT NOT NULL,
    token_id TEXT REFERENCES tokens, method_id TEXT REFERENCES methods, return_url TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS challenges_by_intent ON challenges (intent_id);
CREATE TABLE IF NOT EXISTS charges (
    id TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES accounts,
    intent_id TEXT NOT NULL UNIQUE REFERENCES intents (id),
    amount_minor INTEGER NOT NULL, fee_minor INTEGER NOT NULL, currency TEXT NOT NULL,
    refunded_minor INTEGER NOT NULL DEFAULT 0, brand TEXT NOT NULL, country TEXT,
    CHECK (refunded_minor BETWEEN 0 AND amount_minor)
) STRICT;
CREATE TABLE IF NOT EXISTS refunds (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    account_id TEXT NOT NULL REFERENCES accounts, charge_id TEXT NOT NULL REFERENCES charges (id),
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0), reason TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS refunds_by_charge ON refunds (charge_id);
CREATE TABLE IF NOT EXISTS balance_lines (
    number INTEGER PRIMARY KEY AUTOINCREMENT, account_id TEXT NOT NULL REFERENCES accounts,
    kind TEXT NOT NULL, amount_minor INTEGER NOT NULL, fee_minor INTEGER NOT NULL,
    currency TEXT NOT NULL, source TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS balance_lines_by_account ON balance_lines (account_id, number);
CREATE TABLE IF NOT EXISTS idempotency_keys (
    account_id TEXT NOT NULL REFERENCES accounts, key TEXT NOT NULL, fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL, body TEXT NOT NULL, made_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS idempotency_keys_by_age ON idempotency_keys (made_at);
CREATE TABLE IF NOT EXISTS calls (
    number INTEGER PRIMARY KEY AUTOINCREMENT, account_id TEXT NOT NULL REFERENCES accounts,
    method TEXT NOT NULL, path TEXT NOT NULL, status INTEGER NOT NULL, what TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS calls_by_account ON calls (account_id, number);
"""


class Store:
    """One SQLite file, shared by the threads of one process (and by other processes)."""

    def __init__(self, path: Path) -> None:
        """Open or make the file at `path`. Raises `sqlite3.Error` when it cannot be used."""
        self._path = path
        self._local = threading.local()
        self.connection().executescript(SCHEMA)

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

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection


def insert(connection: sqlite3.Connection, table: str, **values: str | int | None) -> None:
    """Insert one row. Table and columns are written in the code, never taken from a caller."""
    columns, marks = ", ".join(values), ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", tuple(values.values()))  # noqa: S608


def new_id(prefix: str) -> str:
    """A new identifier nobody can guess, such as `pi_` and 24 hexadecimal digits."""
    return f"{prefix}_{secrets.token_hex(12)}"
