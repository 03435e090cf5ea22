"""Booking transfers: the only writer of the ledger. Each event has one reference, so replaying it books nothing."""

import uuid
from datetime import date

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


def post(newsroom: Newsroom, source: str, target: str, amount: Money, reference: str, day: date) -> Transfer:
    """Books `amount` from the account `source` to `target`, inside the caller's transaction.

    Booking the same reference again returns the first transfer. Raises `DifferentTransfer` if it differs.
    """
    from_account, to_account = _accounts(newsroom, amount.currency, source, target)
    transfer = Transfer.objects.filter(reference=reference).first()
    if transfer is None:
        # Without a savepoint: whoever books the same at the same moment fails whole, and books nothing twice.
        return Transfer.objects.create(
            newsroom=newsroom,
            from_account=from_account,
            to_account=to_account,
            amount_minor=amount.minor,
            currency=amount.currency,
            reference=reference,
            day=day,
        )
    if (transfer.from_account_id, transfer.to_account_id, transfer.amount_minor) != (
        from_account.pk,
        to_account.pk,
        amount.minor,
    ):
        raise DifferentTransfer(reference)
    return transfer


def _accounts(newsroom: Newsroom, currency: str, *codes: str) -> list[LedgerAccount]:
    """The accounts of these codes, in that order; what is missing is made."""
    rows = LedgerAccount.objects.filter(newsroom=newsroom, currency=currency, code__in=codes)
    known = {row.code: row for row in rows}
    return [known.get(code) or _account(newsroom, currency, code) for code in codes]


def _account(newsroom: Newsroom, currency: str, code: str) -> LedgerAccount:
    return LedgerAccount.objects.get_or_create(newsroom=newsroom, currency=currency, code=code)[0]


def balance(newsroom: Newsroom, currency: str, code: str) -> Money:
    """What came into an account less what left it."""
    account = _account(newsroom, currency, code)
    return Money(_sum(account.transfers_in.all()) - _sum(account.transfers_out.all()), currency)


def _sum(transfers: "models.QuerySet[Transfer]") -> int:
    return transfers.aggregate(total=models.Sum("amount_minor"))["total"] or 0
