"""SQLite's write-ahead log keeps what was overwritten, until new writing happens to lie over it: it is emptied hourly.

Remote ids and moments are blank in the tables once a matter is resolved; without this they would stay readable beside
them. PostgreSQL writes over its own log in time; `deploy/postgresql.conf` keeps no archive of it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection

from .work import DueWork

EVERY = timedelta(hours=1)
PATIENCE_MILLISECONDS = 200
"""Emptying waits for readers, and writers wait for it: so not long, and the next hour is soon enough."""


class DatabaseLog:
    """The log beside the database file, and when this process last tried to empty it."""

    def __init__(self) -> None:
        self._tried_at: datetime | None = None

    def find(self, now: datetime, limit: int) -> Sequence[str]:
        """The log's name when it holds something and an hour has passed; nothing on PostgreSQL."""
        if connection.vendor != "sqlite":
            return []
        log = Path(f"{settings.DATABASES['default']['NAME']}-wal")
        waited = self._tried_at is None or abs(now - self._tried_at) >= EVERY
        return [log.name] if waited and log.exists() and log.stat().st_size else []

    def empty(self, _log: str, now: datetime) -> None:
        """Writes it into the database and cuts it to nothing. https://sqlite.org/pragma.html#pragma_wal_checkpoint"""
        self._tried_at = now
        with connection.cursor() as cursor:
            (usual,) = cursor.execute("PRAGMA busy_timeout").fetchone()
            cursor.execute(f"PRAGMA busy_timeout={PATIENCE_MILLISECONDS}")
            try:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                cursor.execute(f"PRAGMA busy_timeout={int(usual)}")


def due_work() -> list[DueWork]:
    """Last in a pass, after all that was resolved in it."""
    log = DatabaseLog()
    return [DueWork("database log", log.find, log.empty, workers=1)]
