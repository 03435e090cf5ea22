"""What one due installment costs when the tables hold many promises of which few are due."""

import json
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Model

from benchmarks.measuring import asked_of, taken_by

from .promises import make_promises
from .renewals import work_off
from .world import World, make_world

FAR_AHEAD_DAYS = 20
THREADS = 1
NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count}) "


def main() -> None:
    """Asked for the `sizes` of the table, ascending, and how many are `due` each time; prints one line of JSON."""
    asked = asked_of()
    due: int = asked["due"]
    world = make_world("http://127.0.0.1:9/")
    world.company.delete()
    make_promises(world, due)
    work_off(world, due, THREADS)
    figures = {str(size): _measure(world, size, due) for size in asked["sizes"]}
    print(json.dumps(figures))


def _measure(world: World, size: int, due: int) -> dict[str, float]:
    from mainstay.collection.models import Payment

    fill(world, size)
    make_promises(world, due)
    payments = Payment.objects.count() + due
    took = taken_by(lambda: work_off(world, payments, THREADS))
    idle = taken_by(lambda: work_off(world, payments, THREADS))
    return {
        "ms_each": round(took.wall_seconds / due * 1000, 2),
        "cpu_ms_each": round(took.cpu_seconds / due * 1000, 2),
        "idle_pass_ms": round(idle.wall_seconds * 1000),
    }


def fill(world: World, size: int) -> None:
    """Fills the table to `size` promises that fall due in three weeks, each paid once.

    One promise and what belongs to it are copied by the database itself: a million rows would take Django an hour.
    """
    from mainstay.collection.models import Payment
    from mainstay.contributions.models import Contribution, ContributionEvent
    from mainstay.core.clock import clock

    count = size - Contribution.objects.count() - 1
    make_promises(world, 1, days_from_now=FAR_AHEAD_DAYS)
    ahead = world.newsroom.today(clock.now()) + timedelta(days=FAR_AHEAD_DAYS)
    promise = Contribution.objects.filter(next_due_date=ahead, payments=None)[0]
    paid = Payment.objects.all()[0]
    copy(promise, count, {"code_hash": _hash(), "checkout_hash": _hash()})
    theirs = {"contribution_id": "promise.id"}
    copy_for_each_promise(promise.installments.get(), theirs)
    copy_for_each_promise(ContributionEvent.objects.get(contribution=promise), theirs)
    copy_for_each_promise(paid, {**theirs, "installment_id": "NULL", "remote_hash": _hash()})
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # As its autovacuum would; SQLite has nobody who does.


def copy(row: Model, count: int, changed: dict[str, str]) -> None:
    """Copies a row `count` times, with ids of its own and the changed columns (SQL each)."""
    columns, values = _columns(row, changed)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {row._meta.db_table} ({columns}) "
            + NUMBERS.format(count=count)
            + f"SELECT {values} FROM numbers"
        )


def copy_for_each_promise(row: Model, changed: dict[str, str]) -> None:
    """Copies a row for each promise that has none in its table."""
    columns, values = _columns(row, changed)
    table = row._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {values} FROM contributions_contribution AS promise"
            f" WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE contribution_id = promise.id)"
        )


def _columns(row: Model, changed: dict[str, str]) -> tuple[str, str]:
    """The names of the row's columns, and what stands in each of the copies: SQL."""
    table, key = row._meta.db_table, _literal(row.pk)
    names = [str(field.column) for field in row._meta.concrete_fields]
    values = {name: f"(SELECT {name} FROM {table} WHERE id = {key})" for name in names}
    values |= {"id": _new_id(), **changed}
    return ", ".join(names), ", ".join(values.values())


def _literal(key: Any) -> str:
    return f"'{key.hex}'" if connection.vendor == "sqlite" else f"'{key}'"


def _new_id() -> str:
    return "lower(hex(randomblob(16)))" if connection.vendor == "sqlite" else "gen_random_uuid()"


def _hash() -> str:
    random = "md5(random()::text) || md5(random()::text)"
    return "lower(hex(randomblob(32)))" if connection.vendor == "sqlite" else random


if __name__ == "__main__":
    main()
