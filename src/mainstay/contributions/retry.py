"""When a failed collection is tried again: pure. The window ends before the next due date; a gift is never a debt."""

from dataclasses import dataclass
from datetime import date, timedelta

# Soft declines: days after the due date. Well under the card networks' limits of tries in 30 days.
SOFT_DAYS = (0, 2, 5, 9, 14)
LAPSE_AFTER_DAYS = 21


@dataclass(frozen=True, slots=True)
class NextTry:
    """The day of the next try, or `None` when there is none; `tell` says whether a letter goes out now."""

    day: date | None
    tell: bool


def after_soft_decline(due: date, tries: int) -> NextTry:
    """What follows the `tries`-th soft decline (1 is the first). Letters go out after the first and the last."""
    if tries >= len(SOFT_DAYS):
        return NextTry(None, tell=True)
    return NextTry(due + timedelta(days=SOFT_DAYS[tries]), tell=tries == 1)


def after_hard_decline() -> NextTry:
    """Hard decline, expired or detached card: no try, one letter."""
    return NextTry(None, tell=True)


def lapses_on(due: date) -> date:
    """The day on which a promise that can't be collected lapses: three weeks after its due date."""
    return due + timedelta(days=LAPSE_AFTER_DAYS)


LOOK_UP_SECONDS = (60, 300, 1800, 7200, 21600, 43200, 86400)


def look_up_after(look_ups: int) -> timedelta:
    """How long to wait before the next look-up of an open attempt, after `look_ups` of them."""
    return timedelta(seconds=LOOK_UP_SECONDS[min(look_ups, len(LOOK_UP_SECONDS) - 1)])
