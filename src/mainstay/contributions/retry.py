"""When a failed collection is tried again: pure. The window ends before the next due date; a gift is never a debt."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class NextTry:
    """The day of the next try, or `None` when there is none; `tell` says whether a letter goes out now."""

    day: date | None
    tell: bool


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """What follows a failure. `soft_days` are days after the due date, well under the card networks' limits."""

    soft_days: tuple[int, ...] = (0, 2, 5, 9, 14)
    lapse_after_days: int = 21
    undone_minutes: tuple[int, ...] = (30, 30, 30, 30, 30, 30, 60, 120, 240, 480, 1440)
    look_up_seconds: tuple[int, ...] = (60, 300, 1800, 7200, 21600, 43200, 86400)
    gone_after_days: int = 4

    def after_soft_decline(self, due: date, tries: int, today: date) -> NextTry:
        """What follows the `tries`-th soft decline (1 is the first), told on `today`.

        A decline that was told late is not followed by a try on the same day. Letters go out after the first and
        the last.
        """
        if tries >= len(self.soft_days):
            return NextTry(None, tell=True)
        planned = due + timedelta(days=self.soft_days[tries])
        return NextTry(max(planned, today + timedelta(days=1)), tell=tries == 1)

    def after_hard_decline(self) -> NextTry:
        """Hard decline, expired or detached card: no try, one letter."""
        return NextTry(None, tell=True)

    def lapses_on(self, due: date) -> date:
        """The day on which a promise that can't be collected lapses: three weeks after its due date."""
        return due + timedelta(days=self.lapse_after_days)

    def undone_after(self, times: int) -> timedelta:
        """How long to wait after the `times`-th try that was not carried out, by no fault of the reader's."""
        return timedelta(minutes=self.undone_minutes[min(times, len(self.undone_minutes)) - 1])

    def look_up_after(self, look_ups: int) -> timedelta:
        """How long to wait before the next look-up of something open, after `look_ups` of them."""
        return timedelta(seconds=self.look_up_seconds[min(look_ups, len(self.look_up_seconds) - 1)])

    def is_gone(self, missing_since: date, today: date) -> bool:
        """Whether a company that has known nothing of what was sent since that day is believed: after four days.

        Until then another account's key may be in use by mistake; on the third day staff are told.
        """
        return today >= missing_since + timedelta(days=self.gone_after_days)


STANDARD = RetryPolicy()
"""The policy of every newsroom: the schedule of a reader's card is no matter of taste."""
