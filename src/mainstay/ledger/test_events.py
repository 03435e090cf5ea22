"""Each event moves the accounts it says, once, and what is turned round leaves nothing behind."""

import uuid
from collections.abc import Callable
from datetime import date

import pytest

from mainstay.core.money import Money
from mainstay.newsrooms.models import Newsroom

from .events import Books, NotBooked
from .models import LedgerAccount, Transfer
from .post import balance

DAY = date(2026, 3, 1)
ACCOUNT = uuid.UUID(int=7)
USD_5, EUR_4 = Money(500, "USD"), Money(400, "EUR")


@pytest.fixture
def books(db: None) -> Books:
    newsroom = Newsroom.objects.create(slug="far-shore", name="The Far Shore")
    return Books(newsroom, ACCOUNT, DAY)


def balances(books: Books) -> dict[str, int]:
    """What is in each account, without the account's id, by code and currency."""
    rows = LedgerAccount.objects.filter(newsroom=books.newsroom)
    found = {
        f"{row.code.removesuffix(f':{ACCOUNT}')} {row.currency}": balance(
            books.newsroom, row.currency, row.code
        )
        for row in rows
    }
    return {name: money.minor for name, money in found.items() if money.minor}


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def pay(books: Books) -> None:
    books.charge("c", USD_5, campaign="spring", fee=usd(45))


STORIES: list[tuple[str, Callable[[Books], None], dict[str, int]]] = [
    (
        "charge and fee",
        pay,
        {"income:spring USD": -500, "processor USD": 455, "fees USD": 45},
    ),
    (
        "fee learned later",
        lambda books: (books.charge("c", USD_5, campaign="", fee=None), books.fee("c", usd(45))),
        {"income:direct USD": -500, "processor USD": 455, "fees USD": 45},
    ),
    (
        "settled in another currency",
        lambda books: books.charge("c", USD_5, campaign="", fee=Money(30, "EUR"), settled=EUR_4),
        {
            "income:direct USD": -500,
            "exchange USD": 500,
            "exchange EUR": -400,
            "processor EUR": 370,
            "fees EUR": 30,
        },
    ),
    (
        "refund in another currency",
        lambda books: (
            books.charge("c", USD_5, campaign="", fee=None, settled=EUR_4),
            books.refund("r", USD_5),
            books.exchanged("l", -USD_5, -EUR_4),
        ),
        {"income:direct USD": -500, "refunds USD": 500},
    ),
    (
        "refund in another currency, failed",
        lambda books: (
            books.charge("c", USD_5, campaign="", fee=None, settled=EUR_4),
            books.refund("r", USD_5),
            books.exchanged("l", -USD_5, -EUR_4),
            books.refund_failed("r"),
            books.exchanged("m", USD_5, Money(390, "EUR")),
        ),
        {"income:direct USD": -500, "exchange USD": 500, "exchange EUR": -390, "processor EUR": 390},
    ),
    (
        "refund that failed after it was booked",
        lambda books: (pay(books), books.refund("r", usd(200)), books.refund_failed("r")),
        {"income:spring USD": -500, "processor USD": 455, "fees USD": 45},
    ),
    (
        "dispute opened",
        lambda books: (pay(books), books.dispute_opened("d", USD_5, fee=usd(1500))),
        {"income:spring USD": -500, "processor USD": -1545, "fees USD": 1545, "hold USD": 500},
    ),
    (
        "dispute won, fee back",
        lambda books: (
            pay(books),
            books.dispute_opened("d", USD_5, fee=usd(1500)),
            books.dispute_won("d", USD_5, fee_back=usd(1500)),
        ),
        {"income:spring USD": -500, "processor USD": 455, "fees USD": 45},
    ),
    (
        "dispute won in part",
        lambda books: (
            pay(books),
            books.dispute_opened("d", USD_5),
            books.dispute_won("d", usd(200)),
            books.dispute_lost("d", usd(300)),
        ),
        {"income:spring USD": -500, "processor USD": 155, "fees USD": 45, "chargebacks USD": 300},
    ),
    (
        "return of a debit",
        lambda books: (pay(books), books.returned("c", USD_5, fee=usd(300))),
        {"income:spring USD": -500, "processor USD": -345, "fees USD": 345, "chargebacks USD": 500},
    ),
    (
        "payout that arrived",
        lambda books: (pay(books), books.payout_sent("p", usd(455)), books.payout_arrived("p", usd(455))),
        {"income:spring USD": -500, "fees USD": 45, "bank USD": 455},
    ),
    (
        "payout that failed on its way",
        lambda books: (pay(books), books.payout_sent("p", usd(455)), books.payout_failed("p", usd(455))),
        {"income:spring USD": -500, "processor USD": 455, "fees USD": 45},
    ),
    (
        "payout that failed after it arrived",
        lambda books: (
            pay(books),
            books.payout_sent("p", usd(455)),
            books.payout_arrived("p", usd(455)),
            books.payout_failed("p", usd(455)),
        ),
        {"income:spring USD": -500, "processor USD": 455, "fees USD": 45},
    ),
    (
        "reserve held and half released",
        lambda books: (
            pay(books),
            books.reserve_held("l", usd(100)),
            books.reserve_released("m", usd(50)),
        ),
        {"income:spring USD": -500, "processor USD": 405, "fees USD": 45, "hold USD": 50},
    ),
    (
        "a fee of the account, and one given back",
        lambda books: (books.account_fee("l", usd(100)), books.account_fee("m", usd(-30))),
        {"processor USD": -70, "fees USD": 70},
    ),
    (
        "unapplied money that turned out to be a gift",
        lambda books: (books.unapplied("c", USD_5), books.applied("c", USD_5, campaign="spring")),
        {"processor USD": 500, "income:spring USD": -500},
    ),
    (
        "a correction",
        lambda books: (pay(books), books.correct("fee:c"), books.account_fee("l", usd(40))),
        {"income:spring USD": -500, "processor USD": 460, "fees USD": 40},
    ),
]


@pytest.mark.parametrize(("story", "expected"), [case[1:] for case in STORIES], ids=[c[0] for c in STORIES])
def test_where_the_money_is(books: Books, story: Callable[[Books], None], expected: dict[str, int]) -> None:
    for _twice in range(2):
        story(books)
    assert balances(books) == expected


def test_no_transfer_mixes_currencies(books: Books) -> None:
    books.charge("c", USD_5, campaign="", fee=Money(30, "EUR"), settled=EUR_4)
    for transfer in Transfer.objects.select_related("from_account", "to_account"):
        assert transfer.from_account.currency == transfer.to_account.currency == transfer.currency


def test_what_was_never_booked_cannot_be_turned_round(books: Books) -> None:
    with pytest.raises(NotBooked):
        books.refund_failed("r")
    assert not Transfer.objects.exists()
