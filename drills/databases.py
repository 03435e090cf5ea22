"""Templates and copies of a database: a copied file on SQLite, `CREATE DATABASE ... TEMPLATE` on PostgreSQL."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import psycopg
from django.db import connections
from psycopg import sql

from mainstay.settings.environment import database
from tools.postgres import postgres

from .company import copy_file

KINDS = ("sqlite", "postgresql")


class Databases(Protocol):
    """Databases of one kind, by plain names."""

    def url(self, name: str) -> str:
        """The address of one of them."""

    def empty(self, name: str) -> None:
        """Makes an empty one."""

    def copy(self, source: str, target: str) -> None:
        """Makes `target`, with what `source` holds; a `target` that was there is gone."""


class SqliteFiles:
    """SQLite files in a folder, opened with the settings of a real installation."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def url(self, name: str) -> str:
        """The file's address."""
        return f"sqlite:///{self._path(name)}"

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.sqlite3"

    def empty(self, name: str) -> None:
        """SQLite makes the file itself."""

    def copy(self, source: str, target: str) -> None:
        """Copies the file."""
        copy_file(self._path(source), self._path(target))


class PostgresDatabases:
    """Databases on a PostgreSQL server; each drill has names of its own there, and takes them away."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._mark = f"drill_{secrets.token_hex(4)}"
        self._made: set[str] = set()
        self._link = psycopg.connect(url, autocommit=True)

    def url(self, name: str) -> str:
        """The address of the database on its server."""
        return urlsplit(self._url)._replace(path=f"/{self._mark}_{name}").geturl()

    def _name(self, name: str) -> sql.Identifier:
        return sql.Identifier(f"{self._mark}_{name}")

    def empty(self, name: str) -> None:
        """Makes an empty one."""
        self._link.execute(sql.SQL("CREATE DATABASE {}").format(self._name(name)))
        self._made.add(name)

    def copy(self, source: str, target: str) -> None:
        """Copies on the server. Nobody may be connected to the source."""
        self._drop(target)
        words = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(self._name(target), self._name(source))
        self._link.execute(words)
        self._made.add(target)

    def close(self) -> None:
        """Takes away all that were made."""
        for name in list(self._made):
            self._drop(name)
        self._link.close()

    def _drop(self, name: str) -> None:
        self._link.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(self._name(name)))
        self._made.discard(name)


def leave() -> None:
    """Closes this process's connections, before it is forked."""
    connections.close_all()


def use(url: str) -> None:
    """This process works on that database from now on. It is of the kind that the process was set up for."""
    connections.close_all()
    connections.settings["default"].update(database(url))


@contextmanager
def server(kind: str) -> Iterator[str]:
    """A server for the databases of this kind: its address, or "" where none is needed."""
    if kind == "sqlite":
        yield ""
        return
    with postgres(hasty=True) as url:
        yield url


@contextmanager
def databases(kind: str, folder: Path, url: str) -> Iterator[Databases]:
    """Databases of this kind, which vanish afterwards."""
    if kind == "sqlite":
        yield SqliteFiles(folder)
        return
    made = PostgresDatabases(url)
    try:
        yield made
    finally:
        made.close()
