"""Looking for work must cost the same among a million promises: no search reads a whole large table."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from mainstay.alarms.watch import look
from mainstay.contributions.models import Contribution
from mainstay.newsrooms.models import Newsroom
from mainstay.reports.metrics import metrics
from mainstay.sealing.keyring import KeyRing

from .works import all_work

NOW = datetime(2026, 3, 16, 12, tzinfo=UTC)
LARGE = (
    "contributions_contribution",
    "contributions_installment",
    "contributions_attempt",
    "collection_payment",
    "letters_letter",
    "ledger_transfer",
    "audit_auditline",
)
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        connection.vendor != "sqlite", reason="PostgreSQL reads small tables whole, and rightly"
    ),
]


def searched(step: str) -> str:
    """The large table that a step of a plan reads from end to end, or all of one newsroom, or nothing.

    A partial index that is read whole holds few rows; a covering one is read in its order, for the first row.
    """
    words = step.split()
    whole = words[0] == "SCAN" and "INDEX" not in words
    newsroom = "(newsroom_id=?)" in words and "COVERING" not in words
    return words[1] if words[1] in LARGE and (whole or newsroom) else ""


@pytest.fixture
def whole_tables() -> Iterator[list[str]]:
    """Every step of every search in the test that reads a large table whole."""
    found: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT"):
            steps = execute(f"EXPLAIN QUERY PLAN {sql}", params, many, context).fetchall()
            found.extend(f"{step[3]}: {sql}" for step in steps if searched(step[3]))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield found


def test_no_search_of_the_worker_reads_a_large_table_whole(
    newsroom: Newsroom, ring: KeyRing, whole_tables: list[str]
) -> None:
    for work in all_work(ring):
        work.find(NOW, 100)
    assert whole_tables == []


def test_neither_do_alarms_and_metrics(newsroom: Newsroom, whole_tables: list[str]) -> None:
    look(NOW)
    list(metrics(NOW))
    assert whole_tables == []


def test_a_whole_table_is_noticed(newsroom: Newsroom, whole_tables: list[str]) -> None:
    list(Contribution.objects.filter(noticed_number=1))
    list(newsroom.contributions.all())
    assert len(whole_tables) == 2
