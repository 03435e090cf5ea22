"""Stretches of days that figures are about. All ends are inclusive."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from mainstay.contributions.schedule import months_after


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, both included."""

    first: date
    last: date


def month_so_far(today: date) -> Period:
    """The days of this month up to and including `today`."""
    return Period(today.replace(day=1), today)


def last_month_so_far(today: date) -> Period:
    """Last month up to the same day; on its last day this month, the whole of last month.

    On 31 March that is the whole of February, and on 28 February 2026 it is 1 to 31 January: a month's last
    day compares whole months.
    """
    first = months_after(today.replace(day=1), -1)
    whole = today.day == monthrange(today.year, today.month)[1]
    last = today.replace(day=1) - timedelta(days=1) if whole else months_after(today, -1)
    return Period(first, last)


def twelve_months(today: date) -> list[date]:
    """The first days of the last twelve months, oldest first, this month last."""
    first = today.replace(day=1)
    return [months_after(first, back - 11) for back in range(12)]
