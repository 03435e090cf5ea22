"""Money in a stretch of days, by currency. Currencies are never mixed or converted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Aggregate, Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from mainstay.collection.models import Payment, Refund
from mainstay.core.money import Money
from mainstay.newsrooms.models import Newsroom

from .periods import Period, twelve_months

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Takings:
    """What came in, in one currency.

    `fees_unknown` counts payments whose fee the processor has not told yet; they are in `gross` with no fee.
    """

    gross: Money
    fees: Money
    refunds: Money
    payments: int
    fees_unknown: int

    @property
    def net(self) -> Money:
        """Gross less fees and refunds."""
        return self.gross - self.fees - self.refunds

    @property
    def empty(self) -> bool:
        """Nothing came and nothing went."""
        return not (self.gross.minor or self.refunds.minor)


@dataclass(frozen=True, slots=True)
class MonthOfMoney:
    """One calendar month in one currency; gross by frequency, refunds of that month."""

    first: date
    once: Money
    monthly: Money
    annual: Money
    fees: Money
    refunds: Money

    @property
    def gross(self) -> Money:
        """All that came in."""
        return self.once + self.monthly + self.annual

    @property
    def net(self) -> Money:
        """Gross less fees and refunds."""
        return self.gross - self.fees - self.refunds


def takings(newsroom: Newsroom, periods: Iterable[Period]) -> list[dict[str, Takings]]:
    """For each period, in order, the takings by currency. Two queries, however many periods."""
    spans = list(periods)
    came = {row["currency"]: row for row in _payments_in(newsroom, spans)}
    went = {row["currency"]: row for row in _refunds_in(newsroom, spans)}
    currencies = [*came, *(code for code in went if code not in came)]
    return [
        {code: _takings(code, came.get(code, {}), went.get(code, {}), place) for code in currencies}
        for place in range(len(spans))
    ]


def _payments_in(newsroom: Newsroom, spans: list[Period]) -> Iterable[Row]:
    sums: dict[str, Aggregate] = {}
    for place, span in enumerate(spans):
        within = Q(day__gte=span.first, day__lte=span.last)
        sums[f"gross_{place}"] = Sum("gross_minor", filter=within, default=0)
        sums[f"fees_{place}"] = Sum("fee_minor", filter=within, default=0)
        sums[f"payments_{place}"] = Count("pk", filter=within)
        sums[f"fees_unknown_{place}"] = Count("pk", filter=within & Q(fee_minor__isnull=True))
    payments = Payment.objects.filter(newsroom=newsroom, day__gte=min(span.first for span in spans))
    return payments.values("currency").annotate(**sums).order_by("currency")


def _refunds_in(newsroom: Newsroom, spans: list[Period]) -> Iterable[Row]:
    sums = {
        f"refunds_{place}": Sum("amount_minor", filter=Q(day__gte=span.first, day__lte=span.last), default=0)
        for place, span in enumerate(spans)
    }
    refunds = _given_back(newsroom).filter(day__gte=min(span.first for span in spans))
    return refunds.values("currency").annotate(**sums).order_by("currency")


def _takings(code: str, came: Row, went: Row, place: int) -> Takings:
    return Takings(
        gross=Money(came.get(f"gross_{place}", 0), code),
        fees=Money(came.get(f"fees_{place}", 0), code),
        refunds=Money(went.get(f"refunds_{place}", 0), code),
        payments=came.get(f"payments_{place}", 0),
        fees_unknown=came.get(f"fees_unknown_{place}", 0),
    )


def _given_back(newsroom: Newsroom) -> QuerySet[Refund]:
    return Refund.objects.filter(payment__newsroom=newsroom, state=Refund.State.SUCCEEDED)


def months(newsroom: Newsroom, today: date) -> dict[str, list[MonthOfMoney]]:
    """For each currency with money in them, the last twelve months, oldest first. Two queries."""
    firsts = twelve_months(today)
    came: dict[tuple[str, date, str], int] = {}
    fees: dict[tuple[str, date], int] = {}
    for row in _payments_by_month(newsroom, firsts[0], today):
        code, month = row["currency"], row["month"]
        came[code, month, row["frequency"]] = row["came"]
        fees[code, month] = fees.get((code, month), 0) + row["taken"]
    went = {
        (row["currency"], row["month"]): row["back"] for row in _refunds_by_month(newsroom, firsts[0], today)
    }
    currencies = sorted({key[0] for key in came} | {key[0] for key in went})
    return {code: [_month(code, first, came, fees, went) for first in firsts] for code in currencies}


def _payments_by_month(newsroom: Newsroom, first: date, today: date) -> Iterable[Row]:
    payments = Payment.objects.filter(newsroom=newsroom, day__gte=first, day__lte=today)
    grouped = payments.annotate(month=TruncMonth("day")).values("currency", "month", "frequency")
    return grouped.annotate(came=Sum("gross_minor"), taken=Sum("fee_minor", default=0)).order_by()


def _refunds_by_month(newsroom: Newsroom, first: date, today: date) -> Iterable[Row]:
    refunds = _given_back(newsroom).filter(day__gte=first, day__lte=today)
    grouped = refunds.annotate(month=TruncMonth("day")).values("currency", "month")
    return grouped.annotate(back=Sum("amount_minor")).order_by()


def _month(
    code: str,
    first: date,
    came: dict[tuple[str, date, str], int],
    fees: dict[tuple[str, date], int],
    went: dict[tuple[str, date], int],
) -> MonthOfMoney:
    return MonthOfMoney(
        first=first,
        once=Money(came.get((code, first, "once"), 0), code),
        monthly=Money(came.get((code, first, "monthly"), 0), code),
        annual=Money(came.get((code, first, "annual"), 0), code),
        fees=Money(fees.get((code, first), 0), code),
        refunds=Money(went.get((code, first), 0), code),
    )
