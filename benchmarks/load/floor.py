"""The floor: bare SQL that commits as often, and writes as many rows, as one piece of our work does."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, connections, transaction

from benchmarks.measuring import taken_by

ROW = "x" * 200
WRITES = ("INSERT", "UPDATE", "DELETE")


@dataclass
class Counted:
    """Commits that wrote something, and the statements that wrote."""

    commits: int = 0
    writes: int = 0
    open: bool = False

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Stands between Django and the driver (`execute_wrapper`)."""
        if sql.lstrip().upper().startswith(WRITES):
            self.writes += 1
            if not self.open:
                self.open = True
                transaction.on_commit(self._committed)
        return execute(sql, params, many, context)

    def _committed(self) -> None:
        self.commits, self.open = self.commits + 1, False


@contextmanager
def counting() -> Iterator[Counted]:
    """Counts what this thread writes."""
    counted = Counted()
    with connection.execute_wrapper(counted):
        yield counted


def bare_sql(count: int, commits: float, writes: float, threads: int) -> dict[str, float]:
    """Rates of pieces with so many transactions (`commits`) and rows (`writes`) each."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_floor (row_text TEXT)")
    transactions = max(1, round(commits))
    rows = max(1, round(writes / transactions))

    def piece(_number: int) -> None:
        for _turn in range(transactions):
            _commit(rows)

    return taken_by(lambda: in_threads(piece, range(count), threads)).rates(count, "bare_sql")


def _commit(rows: int) -> None:
    connection.ensure_connection()
    cursor = connection.connection.cursor()
    cursor.execute("BEGIN IMMEDIATE" if connection.vendor == "sqlite" else "BEGIN")
    for _row in range(rows):
        cursor.execute(f"INSERT INTO bench_floor VALUES ('{ROW}')")
    cursor.execute("COMMIT")


def in_threads(do: Callable[[Any], object], things: Any, threads: int) -> list[object]:
    """Does each thing in one of a few threads, and closes their connections."""
    with ThreadPoolExecutor(threads) as pool:
        done = list(pool.map(do, things))
        for _thread in range(threads):
            pool.submit(connections.close_all)
    return done
