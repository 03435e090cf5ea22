"""Verification names the first line that an attacker past the triggers touched, at the end too."""

from collections.abc import Callable
from datetime import date

import pytest

from . import verify
from .log import hash_of, record
from .models import AuditLine

TODAY = date(2026, 3, 1)
Forge = Callable[[list[AuditLine]], list[AuditLine]]


@pytest.fixture
def lines(db: None) -> list[AuditLine]:
    return [record("till.closed", actor="finance-1", day=TODAY, subject=str(n)) for n in range(10)]


def stored_as(lines: list[AuditLine], monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody who writes to the file itself would leave, triggers or not."""

    class Rows:
        def order_by(self, field: str) -> "Rows":
            return self

        def iterator(self, chunk_size: int) -> object:
            return iter(sorted(lines, key=lambda line: line.number))

    monkeypatch.setattr(AuditLine, "objects", Rows())


def edit(lines: list[AuditLine]) -> list[AuditLine]:
    lines[3].actor = "nobody"
    return lines


def edit_and_hash_anew(lines: list[AuditLine]) -> list[AuditLine]:
    lines[3].actor = "nobody"
    lines[3].hash = hash_of(lines[3])
    return lines


def delete(lines: list[AuditLine]) -> list[AuditLine]:
    return lines[:3] + lines[4:]


def swap(lines: list[AuditLine]) -> list[AuditLine]:
    lines[3].number, lines[7].number = lines[7].number, lines[3].number
    return lines


@pytest.mark.parametrize(
    ("forge", "number", "why"),
    [
        (edit, 4, "content was changed"),
        (edit_and_hash_anew, 5, "does not follow"),
        (delete, 4, "missing"),
        (swap, 4, "does not follow"),
    ],
)
def test_the_first_touched_line_is_named(
    lines: list[AuditLine], monkeypatch: pytest.MonkeyPatch, forge: Forge, number: int, why: str
) -> None:
    assert verify.first_difference() is None
    stored_as(forge(lines), monkeypatch)
    found = verify.first_difference()
    assert found is not None
    assert found.number == number
    assert why in str(found)


def test_a_cut_or_rewritten_end_is_seen_with_a_printed_head_alone(
    lines: list[AuditLine], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = verify.head()
    assert known.number == 10
    stored_as(lines[:-1], monkeypatch)
    assert verify.first_difference() is None
    found = verify.first_difference(known)
    assert found is not None
    assert "ends before" in str(found)
    lines[-1].actor = "nobody"
    lines[-1].hash = hash_of(lines[-1])
    stored_as(lines, monkeypatch)
    assert verify.first_difference() is None
    assert verify.first_difference(known) is not None


@pytest.mark.django_db
def test_a_head_is_read_as_it_was_printed() -> None:
    empty = verify.head()
    assert empty.number == 0
    record("till.closed", actor="finance-1", day=TODAY)
    head = verify.head()
    assert verify.read_head(f"  {str(head).upper()}\n") == head
    for nonsense in ("", "12", "12 abc", "x " + "0" * 64):
        with pytest.raises(verify.BadHead):
            verify.read_head(nonsense)
