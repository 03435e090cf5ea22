"""Due dates: pure functions of their arguments. The n-th date is counted from the anchor, never from the last date.

31 January, monthly: 28 February, 31 March, 30 April. 29 February, annual: 28, 28, 28, 29 February.
`docs/explanation/money.md` has the tables.
"""

from calendar import monthrange
from datetime import date

from mainstay.core.frequency import Frequency

MONTHS = {Frequency.MONTHLY: 1, Frequency.ANNUAL: 12}


def months_after(anchor: date, months: int) -> date:
    """The same day of the month, `months` later; the month's last day where it has no such day."""
    index = anchor.month - 1 + months
    year, month = anchor.year + index // 12, index % 12 + 1
    return date(year, month, min(anchor.day, monthrange(year, month)[1]))


def due_date(anchor: date, steps: int, frequency: str) -> date:
    """The due date `steps` periods after the anchor. Raises `KeyError` for a one-time contribution."""
    return months_after(anchor, steps * MONTHS[Frequency(frequency)])


def first_step_from(anchor: date, frequency: str, day: date) -> int:
    """The smallest number of periods after which the due date is on or after `day`."""
    months = MONTHS[Frequency(frequency)]
    apart = (day.year - anchor.year) * 12 + day.month - anchor.month
    steps = max(0, apart // months)
    while due_date(anchor, steps, frequency) < day:
        steps += 1
    return steps


def anchor_on(next_due: date, day_of_month: int) -> date:
    """The first date on or after `next_due`'s month with that day of the month (its last day where it has none).

    Used when a reader moves the day: the month of the next payment stays, unless that day has passed.
    """
    return next_due.replace(day=min(day_of_month, monthrange(next_due.year, next_due.month)[1]))
