"""The chain finds an edit, a deletion and a reordering; the trigger refuses them in the first place."""

from datetime import date

import pytest
from django.db import connection, transaction

from .log import hash_of, record
from .models import AuditLine
from .verify import first_difference

TODAY = date(2026, 3, 1)


def _ten_lines() -> None:
    for number in range(10):
        record(
            "till.closed",
            actor="finance-1",
            day=TODAY,
            subject=str(number),
            detail={"reason": "card testing"},
        )


@pytest.mark.django_db
def test_a_whole_chain_has_no_difference() -> None:
    assert first_difference() is None
    _ten_lines()
    assert first_difference() is None
    assert AuditLine.objects.count() == 10


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["UPDATE {} SET actor = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_database_refuses_changes(change: str) -> None:
    if change.startswith("TRUNCATE") and connection.vendor == "sqlite":
        pytest.skip("SQLite has no TRUNCATE.")
    _ten_lines()
    statement = change.format("audit_auditline")
    with pytest.raises(Exception, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_an_edit_past_the_trigger_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    _ten_lines()
    forged = AuditLine.objects.get(number=4)
    forged.detail = {"reason": "nothing"}
    assert hash_of(forged) != forged.hash
