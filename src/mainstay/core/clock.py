"""The machine clock: the one place that asks the operating system what time it is.

Leases, tolerances and the life of links follow the machine clock. What *day* it is for a newsroom is the
calendar's affair (`newsrooms.models.Newsroom.today`): it follows this clock plus an offset that only a sandbox
newsroom may have.
"""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the present moment."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is set: for simulations and tests."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """The moment that was set last."""
        return self.moment


clock: Clock = SystemClock()
