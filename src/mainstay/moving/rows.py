"""All rows of the database as lines of JSON, and back: the same on SQLite and PostgreSQL, and from one to the other.

    {"table": "collection.Payment", "fields": ["id", ...]}
    ["5f0c...", ...]

Rows are ordered by their random ids, so that a dump does not tell in which order things happened.
"""

import base64
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction

from mainstay.core.errors import MainstayError

BATCH = 500
LEFT_OUT = frozenset(
    {"supporters.SignInRequest", "supporters.SignInLink", "supporters.SignInLink_contributions"}
)
"""What lives an hour is not worth a copy. The desk's sessions are not ours, and are left out with all of Django's."""


class BadDump(MainstayError):
    """A dump that this program can't take in."""

    def __init__(self, why: str) -> None:
        super().__init__(f"This file can't be taken in: {why}. Nothing was changed.")


def tables() -> list[type[models.Model]]:
    """Every table of ours that is copied, by name."""
    ours = [
        model
        for app in apps.get_app_configs()
        if app.name.startswith("mainstay.")
        for model in app.get_models(include_auto_created=True)
    ]
    return sorted((model for model in ours if model._meta.label not in LEFT_OUT), key=lambda m: m._meta.label)


@contextmanager
def one_moment() -> Iterator[None]:
    """What is read inside is the database of one moment, while others go on writing. Nothing is written inside."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        yield from _sqlite_moment()
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


def _sqlite_moment() -> Iterator[None]:
    """A deferred transaction sees the state of its first read, and in WAL mode keeps nobody from writing."""
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            cursor.execute("SELECT count(*) FROM sqlite_master")
            cursor.fetchone()
            yield
        finally:
            cursor.execute("ROLLBACK")


def lines_of(model: type[models.Model]) -> Iterator[str]:
    """The table's heading and its rows."""
    fields = [field.attname for field in model._meta.concrete_fields]
    yield json.dumps({"table": model._meta.label, "fields": fields})
    rows = model._default_manager.order_by("pk").values_list(*fields)
    for row in rows.iterator(chunk_size=BATCH):
        yield json.dumps([_written(value) for value in row], ensure_ascii=False, separators=(",", ":"))


def _written(value: Any) -> Any:
    if isinstance(value, (bytes, memoryview)):
        return base64.b64encode(value).decode()
    if isinstance(value, date):  # a datetime is one, too
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def take_in(lines: Iterable[str]) -> dict[str, int]:
    """Writes the rows into the empty tables, inside the caller's transaction; returns how many went into each.

    Raises `BadDump` for a table or a field that this version does not have.
    """
    known = {model._meta.label: model for model in tables()}
    counts: dict[str, int] = {}
    model: type[models.Model] | None = None
    fields: list[models.Field[Any, Any]] = []
    batch: list[models.Model] = []
    for line in lines:
        row = json.loads(line)
        if isinstance(row, dict):
            _write(model, batch)
            model, fields = _heading(row, known)
            counts[model._meta.label], batch = 0, []
            continue
        if model is None:
            raise BadDump("its rows have no heading")
        batch.append(_instance(model, fields, row))
        counts[model._meta.label] += 1
        if len(batch) >= BATCH:
            _write(model, batch)
            batch = []
    _write(model, batch)
    _continue_numbering()
    return counts


def _heading(
    row: dict[str, Any], known: dict[str, type[models.Model]]
) -> tuple[type[models.Model], list["models.Field[Any, Any]"]]:
    model = known.get(row.get("table", ""))
    if model is None:
        raise BadDump(f"it has a table {row.get('table')!r} that this version does not have")
    there = {field.attname: field for field in model._meta.concrete_fields}
    if set(row["fields"]) != set(there):
        raise BadDump(f"the fields of {row['table']} are those of another version")
    return model, [there[name] for name in row["fields"]]


def _instance(
    model: type[models.Model], fields: list["models.Field[Any, Any]"], row: list[Any]
) -> models.Model:
    return model(**{field.attname: field.to_python(value) for field, value in zip(fields, row, strict=True)})


def _write(model: type[models.Model] | None, batch: list[models.Model]) -> None:
    if model is not None and batch:
        model._default_manager.bulk_create(batch)


def _continue_numbering() -> None:
    """PostgreSQL counts the ids of join tables by itself, and must be told where the copied ones ended."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables()):
            cursor.execute(statement)
