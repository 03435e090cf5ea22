"""Statements: for each account and currency, what was there first, what came in and went out, and what was left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, Sum

from mainstay.core.errors import MainstayError
from mainstay.core.money import Money
from mainstay.newsrooms.models import Newsroom

from .models import LedgerAccount


class BadPeriod(MainstayError):
    """A time that can't be read, or that ends before it begins."""

    def __init__(self) -> None:
        super().__init__(
            "Write a month as 2026-03, a day as 2026-03-31, and the last day not before the first."
        )


@dataclass(frozen=True, slots=True)
class Period:
    """From one day to another, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise BadPeriod

    @classmethod
    def of_month(cls, written: str) -> "Period":
        """The month that is written as 2026-03. Raises `BadPeriod`."""
        try:
            first = date.fromisoformat(f"{written}-01")
        except ValueError:
            raise BadPeriod from None
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
        return cls(first, following - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account over a period. `opening + came_in - went_out` is `closing`."""

    code: str
    opening: Money
    came_in: Money
    went_out: Money
    closing: Money


def statement(newsroom: Newsroom, period: Period) -> Sequence[AccountLine]:
    """The accounts of a newsroom that hold something or moved in the period, by currency and code."""
    before, within = Q(day__lt=period.first), Q(day__gte=period.first, day__lte=period.last)
    rows = LedgerAccount.objects.filter(newsroom=newsroom).order_by("currency", "code")
    lines = [_line(account, before, within) for account in rows]
    return [line for line in lines if line.opening.minor or line.came_in.minor or line.went_out.minor]


def _line(account: LedgerAccount, before: Q, within: Q) -> AccountLine:
    opening = _sum(account, "in", before) - _sum(account, "out", before)
    came_in, went_out = _sum(account, "in", within), _sum(account, "out", within)
    return AccountLine(account.code, opening, came_in, went_out, opening + came_in - went_out)


def _sum(account: LedgerAccount, side: str, when: Q) -> Money:
    transfers = account.transfers_in if side == "in" else account.transfers_out
    total = transfers.filter(when).aggregate(total=Sum("amount_minor"))["total"]
    return Money(total or 0, account.currency)
