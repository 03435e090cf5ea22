"""What the tables of a house hold that is finer than allowed: moments, ordered ids, lengths, sessions, facts of cards.

Each of these names somebody without a single name in it: a moment and an amount pick one payment out of a country's.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID

MOMENT = re.compile(
    r"(?<![0-9A-Za-z])([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?![0-9A-Za-z])|T([01]\d|2[0-3]):[0-5]\d:[0-5]\d"
)
READERS = ("contributions", "collection", "letters", "supporters", "ledger")
MAY_HOLD_MOMENTS = {"collection.AccountWatch", "collection.AccountCheck"}
"""About an account as a whole: when it is asked for news next, and the hour of its last webhook."""
HEADER_BYTES, BOX_BYTES, BLOCK_BYTES = 25, 48, 256


def _models() -> Iterator[Any]:
    from django.apps import apps

    for label in READERS:
        yield from apps.get_app_config(label).get_models(include_auto_created=True)


def _rows(model: Any) -> Iterator[dict[str, Any]]:
    yield from model._default_manager.values().iterator(chunk_size=500)


def as_lines() -> Iterator[bytes]:
    """Every cell of every table on a line of its own: the database as a dump shows it."""
    from django.apps import apps

    for model in apps.get_models(include_auto_created=True):
        for row in _rows(model):
            for name, value in row.items():
                plain = isinstance(value, bytes | memoryview)
                written = bytes(value) if plain else str(value).encode()
                yield f"{model._meta.label}.{name}=".encode() + written


def finer_than_allowed() -> Iterator[str]:
    """A sentence for each kind of thing that must not be there."""
    for model in _models():
        label = model._meta.label
        for name, why in sorted(
            {(name, why) for row in _rows(model) for name, why in _fine(model, label, row)}
        ):
            yield f"{label}.{name} {why}"
    yield from _sessions()


def _fine(model: Any, label: str, row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for field in model._meta.fields:
        value = row[field.attname]
        if value is None:
            continue
        kind = field.get_internal_type()
        if kind in ("UUIDField", "ForeignKey") and isinstance(value, UUID) and value.version != 4:
            yield field.name, "has an id that is not random"
        elif kind == "BinaryField" and field.name.endswith("sealed") and not _padded(bytes(value)):
            yield field.name, "is sealed without padding, so that its length tells of it"
        elif label not in MAY_HOLD_MOMENTS and _is_moment(kind, value):
            yield field.name, "holds a moment where a day is enough"


def _is_moment(kind: str, value: Any) -> bool:
    if kind in ("DateTimeField", "TimeField"):
        return True
    return kind in ("JSONField", "CharField", "TextField") and bool(MOMENT.search(str(value)))


def _padded(value: bytes) -> bool:
    return not value or (len(value) - HEADER_BYTES - BOX_BYTES) % BLOCK_BYTES == 0


def _sessions() -> Iterator[str]:
    """Sessions are for staff."""
    from django.contrib.sessions.models import Session

    for session in Session.objects.all():
        if "_auth_user_id" not in session.get_decoded():
            yield "sessions.Session holds somebody who is not staff"
            return


def opened_with(keys: list[bytes]) -> set[str]:
    """Every mail address in any sealed cell that one of these private keys opens."""
    from mainstay.sealing.boxes import CannotOpen, open_sealed
    from mainstay.vault.rotation import sealed_fields

    found = set()
    for model, name in sealed_fields():
        for value in model._default_manager.exclude(**{name: None}).values_list(name, flat=True):
            sealed = bytes(value)
            for key in keys:
                with suppress(CannotOpen, ValueError):
                    found.add(str(open_sealed(key, UUID(bytes=sealed[1:17]), sealed).get("mail", "")))
    return found - {""}


def cells_equal_to(words: set[str]) -> list[str]:
    """Where a cell, or a word inside a record in a cell, is one of these: last four digits, countries of cards."""
    found = set()
    for model in _models():
        for row in _rows(model):
            for name, value in row.items():
                if words & set(_words(value)):
                    found.add(f"{model._meta.label}.{name}")
    return sorted(found)


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)
