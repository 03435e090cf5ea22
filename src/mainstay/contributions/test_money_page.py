"""docs/explanation/money.md is the specification: every line of its tables is a case here."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from mainstay.collection.models import Payment
from mainstay.collection.refunds import RefundTooLarge, request_refund
from mainstay.collection.renewals import materialise
from mainstay.collection.verify.run import INVARIANTS
from mainstay.core.amounts import BadAmount, read_amount, show_amount
from mainstay.core.ids import code_hash, new_code
from mainstay.core.money import EXPONENTS, Money, exponent_of
from mainstay.ledger.events import Books
from mainstay.ledger.models import LedgerAccount, Transfer
from mainstay.ledger.post import balance
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


@cases("not carried out")
def test_what_was_not_carried_out_is_tried_again(row):
    times, wait = row
    number, unit = wait.split()
    assert STANDARD.undone_after(int(times)) == timedelta(minutes=int(number) * UNIT_MINUTES[unit])


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


@cases("currencies")
def test_currencies(row):
    currency, in_one, shown = row
    assert 10 ** exponent_of(currency) == int(in_one)
    assert str(Money(1250, currency).decimal) == shown


def test_all_currencies_are_in_the_table():
    assert [row[0] for row in tables()["currencies"]] == list(EXPONENTS)


def usd(minor):
    return Money(minor, "USD")


def eur(minor):
    return Money(minor, "EUR")


EVENTS = {
    'a gift of $5.00 for "spring" arrives, fee $0.27': lambda books: books.charge(
        "a", usd(500), campaign="spring", fee=usd(27)
    ),
    "a gift of $5.00, fee not known yet": lambda books: books.charge("b", usd(500), campaign="", fee=None),
    "the fee of $0.27 is learned later": lambda books: books.fee("b", usd(27)),
    "a gift of $10.00 is credited as 9.20 EUR, fee 0.55 EUR": lambda books: books.charge(
        "c", usd(1000), campaign="", fee=eur(55), settled=eur(920)
    ),
    "$2.00 are given back": lambda books: books.refund("r", usd(200)),
    "that refund comes back": lambda books: books.refund_failed("r"),
    "a bank objects to $5.00, fee $15.00": lambda books: books.dispute_opened("d", usd(500), fee=usd(1500)),
    "we win, and the fee comes back": lambda books: books.dispute_won("d", usd(500), fee_back=usd(1500)),
    "the reader wins": lambda books: books.dispute_lost("e", usd(500)),
    "a direct debit of 5.00 EUR is taken back, fee 3.50 EUR": lambda books: books.returned(
        "f", eur(500), fee=eur(350)
    ),
    "$100.00 are paid out": lambda books: books.payout_sent("p", usd(10000)),
    "they arrive": lambda books: books.payout_arrived("p", usd(10000)),
    "they come back instead": lambda books: books.payout_failed("q", usd(10000)),
    "$20.00 are held in reserve": lambda books: books.reserve_held("l", usd(2000)),
    "they are released": lambda books: books.reserve_released("m", usd(2000)),
    "the account costs $1.00": lambda books: books.account_fee("n", usd(100)),
    "$7.00 arrive that no promise asked for": lambda books: books.unapplied("g", usd(700)),
    'they turn out to be a gift for "spring"': lambda books: books.applied("g", usd(700), campaign="spring"),
}


def events():
    """The transfers of each event in the table: those of a line without a name belong to the event before."""
    found = {}
    for name, *transfer in tables()["events"]:
        if name:
            found[name] = []
        found[list(found)[-1]].append(transfer)
    return found


def test_each_event_moves_what_its_lines_say_and_nothing_else(newsroom, account):
    books = Books(newsroom, account.pk, DAY)
    assert list(events()) == list(EVENTS)
    for name, expected in events().items():
        before = set(Transfer.objects.values_list("pk", flat=True))
        for _twice in range(2):
            EVENTS[name](books)
        made = Transfer.objects.exclude(pk__in=before).select_related("from_account", "to_account")
        assert sorted(told(row, account) for row in made) == sorted(expected), name


def told(transfer, account):
    """A transfer as a line of the table has it."""
    codes = (
        side.code.removesuffix(f":{account.pk}") for side in (transfer.from_account, transfer.to_account)
    )
    return [*codes, str(transfer.amount_minor), transfer.currency]


def test_balances_after_the_first_event_and_a_refund(newsroom, account):
    books = Books(newsroom, account.pk, DAY)
    EVENTS[next(iter(EVENTS))](books)
    books.refund("r", usd(200))
    rows = LedgerAccount.objects.filter(newsroom=newsroom)
    found = {
        row.code.removesuffix(f":{account.pk}"): balance(newsroom, "USD", row.code).minor for row in rows
    }
    assert found == {code: int(minor) for code, minor in tables()["balances"]}
    assert sum(found.values()) == 0


def test_the_invariants_are_those_that_verify_looks_at():
    assert tables()["invariants"] == [[one.name, one.says] for one in INVARIANTS]
