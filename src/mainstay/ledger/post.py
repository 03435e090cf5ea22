"""Booking transfers: the only writer of the ledger. Each event has one reference, so replaying it books nothing."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.db import models

from mainstay.core.errors import MainstayError
from mainstay.core.money import Money
from mainstay.newsrooms.models import Newsroom

from .models import LedgerAccount, Transfer


class DifferentTransfer(MainstayError):
    """A reference that is already booked came again with another amount or other accounts."""

    def __init__(self, reference: str) -> None:
        super().__init__(f"{reference} is already booked differently. Nothing was changed; look at both.")


def processor_code(account_id: uuid.UUID) -> str:
    """The account of what a processor holds for us."""
    return f"processor:{account_id}"


def fees_code(account_id: uuid.UUID) -> str:
    """The account of what a processor took."""
    return f"fees:{account_id}"


def income_code(campaign: str) -> str:
    """The account of what a campaign brought."""
    return f"income:{campaign or 'direct'}"


def hold_code(account_id: uuid.UUID) -> str:
    """The account of what a processor has set aside, such as disputed money."""
    return f"hold:{account_id}"


def transit_code(account_id: uuid.UUID) -> str:
    """The account of what is on its way from a processor to the bank."""
    return f"transit:{account_id}"


def bank_code(account_id: uuid.UUID) -> str:
    """The account of what a processor has paid out to the newsroom's bank."""
    return f"bank:{account_id}"


REFUNDS = "refunds"
CHARGEBACKS = "chargebacks"
UNAPPLIED = "unapplied"
EXCHANGE = "exchange"


class Move(NamedTuple):
    """`amount` goes from the account `source` to `target`, under a reference of its own."""

    source: str
    target: str
    amount: Money
    reference: str


_Accounts = dict[tuple[str, str], LedgerAccount]
"""By code and currency."""


def post(newsroom: Newsroom, source: str, target: str, amount: Money, reference: str, day: date) -> None:
    """Books `amount` from the account `source` to `target`: see `post_all`."""
    post_all(newsroom, day, [Move(source, target, amount, reference)])


def post_all(newsroom: Newsroom, day: date, moves: Sequence[Move]) -> None:
    """Books the moves, inside the caller's transaction.

    A reference that is booked already books nothing more. Raises `DifferentTransfer` if it was booked differently.
    """
    accounts = _accounts(newsroom, moves)
    wanted = [_transfer(newsroom, day, accounts, move) for move in moves]
    rows = Transfer.objects.filter(reference__in=[transfer.reference for transfer in wanted])
    booked = {row.reference: row for row in rows}
    for transfer in wanted:
        if transfer.reference in booked and _plain(transfer) != _plain(booked[transfer.reference]):
            raise DifferentTransfer(transfer.reference)
    # Without a savepoint: whoever books the same at the same moment fails whole, and books nothing twice.
    Transfer.objects.bulk_create([transfer for transfer in wanted if transfer.reference not in booked])


def _transfer(newsroom: Newsroom, day: date, accounts: _Accounts, move: Move) -> Transfer:
    currency = move.amount.currency
    return Transfer(
        newsroom=newsroom,
        from_account=accounts[move.source, currency],
        to_account=accounts[move.target, currency],
        amount_minor=move.amount.minor,
        currency=currency,
        reference=move.reference,
        day=day,
    )


def _plain(transfer: Transfer) -> tuple[uuid.UUID, uuid.UUID, int]:
    return transfer.from_account_id, transfer.to_account_id, transfer.amount_minor


def _accounts(newsroom: Newsroom, moves: Sequence[Move]) -> _Accounts:
    """The accounts that the moves name; what is missing is made."""
    named = {(code, move.amount.currency) for move in moves for code in (move.source, move.target)}
    rows = LedgerAccount.objects.filter(newsroom=newsroom, code__in={code for code, _currency in named})
    known = {(row.code, row.currency): row for row in rows}
    missing = sorted(named - known.keys())
    return known | {(code, currency): _account(newsroom, currency, code) for code, currency in missing}


def _account(newsroom: Newsroom, currency: str, code: str) -> LedgerAccount:
    return LedgerAccount.objects.get_or_create(newsroom=newsroom, currency=currency, code=code)[0]


def balance(newsroom: Newsroom, currency: str, code: str) -> Money:
    """What came into an account less what left it."""
    account = _account(newsroom, currency, code)
    return Money(_sum(account.transfers_in.all()) - _sum(account.transfers_out.all()), currency)


def balances(newsroom: Newsroom, code: str) -> dict[str, int]:
    """The same in minor units for each currency in which there is an account of that code."""
    accounts = LedgerAccount.objects.filter(newsroom=newsroom, code=code)
    known = dict.fromkeys(accounts.values_list("currency", flat=True), 0)
    for side, sign in (("to_account", 1), ("from_account", -1)):
        moved = Transfer.objects.filter(**{f"{side}__in": accounts}).order_by().values_list("currency")
        for currency, total in moved.annotate(models.Sum("amount_minor")):
            known[currency] += sign * total
    return known


def _sum(transfers: "models.QuerySet[Transfer]") -> int:
    return transfers.aggregate(total=models.Sum("amount_minor"))["total"] or 0
