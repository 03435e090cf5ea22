"""docs/explanation/money.md is the specification: every line of its tables is a case here."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from mainstay.collection.models import Payment
from mainstay.collection.refunds import RefundTooLarge, request_refund
from mainstay.collection.renewals import materialise
from mainstay.core.amounts import BadAmount, read_amount, show_amount
from mainstay.core.ids import code_hash, new_code
from mainstay.core.money import Money
from mainstay.ledger.post import balance, post
from mainstay.newsrooms.models import Newsroom, ProcessorAccount

from .actions import change_day, pause
from .models import Contribution
from .retry import STANDARD
from .schedule import due_date

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "money.md"
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY = date(2026, 3, 10)
UNIT_MINUTES = {"min": 1, "h": 60}


def tables() -> dict[str, list[list[str]]]:
    """The lines of each table under a heading "### Table: name", by name, without the table's head."""
    found: dict[str, list[list[str]]] = {}
    for part in re.split(r"^### Table: ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        name, _, rest = part.partition("\n")
        lines = [line for line in rest.split("\n#", 1)[0].splitlines() if line.startswith("|")]
        found[name.strip()] = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    return found


def cases(name: str) -> pytest.MarkDecorator:
    """One case for each line of a table."""
    rows = tables()[name]
    return pytest.mark.parametrize("row", rows, ids=[" ".join(row) for row in rows])


def days(written: str) -> list[date]:
    """The days in a cell, "none" for no day."""
    return [] if written == "none" else [date.fromisoformat(day.strip()) for day in written.split(",")]


@pytest.fixture
def account(newsroom: Newsroom) -> ProcessorAccount:
    """An account at a company that is never called here."""
    return ProcessorAccount.objects.create(newsroom=newsroom, processor="none", label="none")


@pytest.fixture
def promise(newsroom: Newsroom, account: ProcessorAccount):
    """Makes an active promise whose next payment is on a day."""

    def make(next_due: date, frequency: str = "monthly") -> Contribution:
        return Contribution.objects.create(
            newsroom=newsroom,
            account=account,
            frequency=frequency,
            amount_minor=500,
            currency="USD",
            state="active",
            language="en",
            started_on=next_due,
            anchor=next_due,
            anchor_number=2,
            next_number=2,
            next_due_date=next_due,
            code_hash=code_hash(new_code()),
        )

    return make


@pytest.fixture
def payment(newsroom: Newsroom, account: ProcessorAccount):
    """Makes a payment of so many cents."""

    def make(gross_minor: int) -> Payment:
        return Payment.objects.create(
            newsroom=newsroom,
            account=account,
            remote_hash="0" * 64,
            remote_sealed=b"",
            gross_minor=gross_minor,
            currency="USD",
            frequency="once",
            day=DAY,
        )

    return make


def test_no_table_is_left_unread():
    source = Path(__file__).read_text(encoding="utf-8")
    assert {name for name in tables() if f'"{name}"' not in source} == set()
    assert all(len(rows) > 1 for rows in tables().values())


@cases("typed amounts")
def test_typed_amounts(row):
    typed, currency, expected = row
    if expected.isdigit():
        assert read_amount(typed, currency) == Money(int(expected), currency)
    else:
        with pytest.raises(BadAmount) as caught:
            read_amount(typed, currency)
        assert caught.value.problem == expected


@cases("shown amounts")
def test_shown_amounts(row):
    minor, currency, language, expected = row
    assert show_amount(Money(int(minor), currency), language).replace("\xa0", " ") == expected


@cases("due dates")
def test_due_dates(row):
    anchor, frequency, *following = row
    counted = [due_date(date.fromisoformat(anchor), steps, frequency) for steps in range(1, 5)]
    assert counted == [date.fromisoformat(day) for day in following]


@cases("another day")
def test_another_day(row, promise):
    today, was, wished, becomes, after = row
    changed = change_day(
        promise(date.fromisoformat(was)), int(wished), actor="reader", day=date.fromisoformat(today)
    )
    following = due_date(changed.anchor, changed.next_number + 1 - changed.anchor_number, "monthly")
    assert [changed.next_due_date, following] == [date.fromisoformat(becomes), date.fromisoformat(after)]


@cases("pauses")
def test_pauses(row, promise):
    was, months, goes_on = row
    paused = pause(promise(date.fromisoformat(was)), int(months), actor="reader", day=DAY)
    assert paused.resume_on == date.fromisoformat(goes_on)


@cases("outages")
def test_outages(row, promise):
    was, frequency, back, skipped, collected = row
    contribution = promise(date.fromisoformat(was), frequency)
    moment = datetime.combine(date.fromisoformat(back), NOW.timetz())
    materialise(contribution.pk, moment)
    made = contribution.installments.order_by("due_date")
    assert [one.due_date for one in made if one.state == "skipped"] == days(skipped)
    assert [one.due_date for one in made if one.state == "due"] == days(collected)


@cases("soft declines")
def test_soft_declines(row):
    due, time, next_try, letter = row
    following = STANDARD.after_soft_decline(
        date.fromisoformat(due), int(time.split(".")[0]), date.fromisoformat(due)
    )
    assert [following.day] == (days(next_try) or [None])
    assert following.tell == (letter == "yes")


@cases("lapsing")
def test_lapsing(row):
    due, lapses = row
    assert STANDARD.lapses_on(date.fromisoformat(due)) == date.fromisoformat(lapses)


@cases("look-ups")
def test_look_ups(row):
    look_ups, wait = row
    number, unit = wait.split()
    assert STANDARD.look_up_after(int(look_ups)) == timedelta(minutes=int(number) * UNIT_MINUTES[unit])


@cases("refunds")
def test_refunds(row, payment):
    paid, before, asked, outcome = row
    of = payment(int(paid))

    def ask(minor: str, token: str) -> None:
        request_refund(of, Money(int(minor), "USD"), request_token=token, reason="", actor="harbour", now=NOW)

    for number, minor in enumerate([] if before == "none" else before.split(",")):
        ask(minor, f"before {number}")
    if outcome == "taken":
        ask(asked, "now")
        assert of.refunds.filter(request_token="now").count() == 1
    else:
        with pytest.raises(RefundTooLarge):
            ask(asked, "now")


def test_the_books(newsroom):
    for number, (source, target, minor) in enumerate(tables()["transfers"]):
        for _twice in range(2):
            post(newsroom, source, target, Money(int(minor), "USD"), f"event {number}", DAY)
    balances = {code: balance(newsroom, "USD", code).minor for code, _minor in tables()["balances"]}
    assert balances == {code: int(minor) for code, minor in tables()["balances"]}
    assert sum(balances.values()) == 0
