"""What an accountant gets: figures that add up, and a journal that hledger and beancount themselves read."""

import csv
import shutil
import subprocess
import uuid
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from beancount import loader
from beancount.core import realization

from mainstay.core.money import Money
from mainstay.newsrooms.models import Newsroom

from .events import Books
from .exports import _csv, journal, journal_account, statements_csv, transfers_csv
from .statements import BadPeriod, Period, statement

ACCOUNT = uuid.UUID("3f2a9c01-0000-4000-8000-000000000000")
MARCH = Period.of_month("2026-03")


def usd(minor: int) -> Money:
    return Money(minor, "USD")


@pytest.fixture
def newsroom(db: None) -> Newsroom:
    """Gifts in four currencies, exchange, refund, dispute and payout, from February to April."""
    newsroom = Newsroom.objects.create(slug="far-shore", name="The Far Shore", legal_name="Far Shore Press")
    february, march, april = (Books(newsroom, ACCOUNT, date(2026, month, 10)) for month in (2, 3, 4))
    february.charge("a", usd(500), campaign="spring", fee=usd(45))
    march.charge("b", usd(1000), campaign="spring-2026", fee=Money(55, "EUR"), settled=Money(920, "EUR"))
    march.charge("c", Money(1500, "JPY"), campaign="", fee=Money(60, "JPY"))
    march.charge("d", Money(1250, "KWD"), campaign="", fee=None)
    march.refund("r", usd(200))
    march.dispute_opened("x", usd(100), fee=usd(15))
    march.payout_sent("p", usd(100))
    march.payout_arrived("p", usd(100))
    april.charge("e", usd(700), campaign="spring", fee=usd(50))
    return newsroom


def rows(lines: object) -> list[dict[str, str]]:
    return list(csv.DictReader("".join(lines).splitlines()))  # type: ignore[call-overload]


def test_a_statement_opens_with_what_was_left_and_adds_up(newsroom: Newsroom) -> None:
    lines = {(line.code, line.opening.currency): line for line in statement(newsroom, MARCH)}
    held = lines[f"processor:{ACCOUNT}", "USD"]
    assert (held.opening, held.came_in, held.went_out, held.closing) == (usd(455), usd(0), usd(415), usd(40))
    for currency in ("USD", "EUR", "JPY", "KWD"):
        assert sum(line.closing.minor for key, line in lines.items() if key[1] == currency) == 0
    assert ("income:spring", "USD") in lines
    assert statement(newsroom, Period.of_month("2026-01")) == []


def test_a_month_is_all_its_days() -> None:
    assert (Period.of_month("2028-02").last, Period.of_month("2026-12").last) == (
        date(2028, 2, 29),
        date(2026, 12, 31),
    )
    for wrong in ("2026", "2026-13", "march", ""):
        with pytest.raises(BadPeriod):
            Period.of_month(wrong)


def test_tables_for_a_spreadsheet(newsroom: Newsroom) -> None:
    transfers = rows(transfers_csv(newsroom, MARCH))
    assert {row["amount"] for row in transfers if row["currency"] == "KWD"} == {"1.250"}
    assert {row["amount"] for row in transfers if row["reference"] == "charge:c"} == {"1500"}
    assert {row["day"] for row in transfers} == {"2026-03-10"}
    statements = rows(statements_csv(newsroom, MARCH))
    assert all(
        Decimal(row["opening"]) + Decimal(row["in"]) - Decimal(row["out"]) == Decimal(row["closing"])
        for row in statements
    )


def test_no_cell_is_a_formula_and_numbers_stay_numbers() -> None:
    assert _csv(["=1+1", "@x", "-x", "-5.00"]) == "'=1+1,'@x,'-x,-5.00\r\n"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (f"processor:{ACCOUNT}", "Assets:Processor:3F2A9C01"),
        ("income:spring_2026", "Income:Gifts:Spring-2026"),
        ("income:direct", "Income:Gifts:Direct"),
        ("income:-", "Income:Gifts:X-"),
        ("unapplied", "Liabilities:Unapplied"),
    ],
)
def test_names_that_both_programs_take(code: str, name: str) -> None:
    assert journal_account(code) == name


def test_beancount_reads_the_journal_and_agrees(newsroom: Newsroom) -> None:
    entries, errors, _options = loader.load_string("".join(journal(newsroom, MARCH)))
    assert errors == []
    held = realization.get(realization.realize(entries), "Assets:Processor:3F2A9C01")
    amounts = {position.units.currency: position.units.number for position in held.balance}
    assert amounts["USD"] == Decimal("0.40")
    assert amounts["KWD"] == Decimal("1.250")


def test_beancount_sees_a_changed_amount(newsroom: Newsroom) -> None:
    assert loader.load_string("".join(journal(newsroom, MARCH)).replace("2.00 USD", "2.01 USD", 1))[1]


@pytest.mark.skipif(
    shutil.which("hledger") is None, reason="hledger is not installed (apt-get install hledger)"
)
def test_hledger_reads_the_journal_and_agrees(newsroom: Newsroom, tmp_path: Path) -> None:
    path = tmp_path / "books.journal"
    path.write_text("".join(journal(newsroom, MARCH)), encoding="utf-8")
    command = ["hledger", "-f", str(path)]
    subprocess.run([*command, "check"], check=True, capture_output=True)
    told = subprocess.run(
        [*command, "balance", "Assets:Processor", "--flat", "--no-total", "-O", "csv"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert "0.40 USD" in told
    assert "1.250 KWD" in told
    assert "1440 JPY" in told
