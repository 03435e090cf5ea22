"""Taking over promises that a payment company collects by itself: what its folder's `takeover.py` must do.

A folder without that file has nothing to take over. `takeover.py` has `make(config) -> Takeover`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Protocol

from mainstay.contributions.port import AccountConfig
from mainstay.core.errors import WrongSettings
from mainstay.core.frequency import Frequency
from mainstay.core.money import Money
from mainstay.newsrooms.models import ProcessorAccount
from mainstay.newsrooms.secrets import secrets_of


class Schedule(StrEnum):
    """What the payment company will do by itself."""

    RUNNING = "running"
    """It will charge again."""
    ENDING = "ending"
    """It ends with the period that is paid for, and charges no more."""
    ENDED = "ended"
    """It ended so, and charged no more."""
    STOPPED = "stopped"
    """Somebody stopped it at once."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A promise as the payment company collects it.

    `period_end` is when the time that is paid for is over, `anchor` the moment whose day of the month it keeps.
    `taken_as` is the id of our promise, written there when we ended it. `why_not` says why it can't be taken over; the
    fields from `amount` on are then not to be trusted.
    """

    remote_id: str
    schedule: Schedule
    period_end: datetime
    anchor: datetime
    started: datetime
    amount: Money | None = None
    frequency: Frequency | None = None
    customer: str = ""
    method: str = ""
    mail: str = ""
    taken_as: str = ""
    why_not: str = ""


class Takeover(Protocol):
    """One account's own subscriptions. Whatever can't be read whole raises a `MainstayError`."""

    def subscriptions(self) -> Iterator[Subscription]:
        """Those that run, also such as end with their period. Changes nothing."""
        ...

    def look_up(self, remote_id: str) -> Subscription | None:
        """One subscription as it is now; `None` when there is none with that id."""
        ...

    def end_with_period(self, remote_id: str, taken_as: str) -> Subscription:
        """Makes sure that no period after the one that is paid for is charged; returns what is true afterwards."""
        ...

    def run_again(self, remote_id: str) -> Subscription:
        """Takes `end_with_period` back, as long as the period lasts."""
        ...


def takeovers() -> list[str]:
    """The names of the processors whose subscriptions can be taken over."""
    return sorted(path.parent.name for path in Path(__file__).parent.glob("*/takeover.py"))


def takeover_for(account: ProcessorAccount) -> Takeover:
    """The takeover of an account. Raises `WrongSettings`, also without the worker's secrets."""
    if account.processor not in takeovers():
        raise WrongSettings(f"Subscriptions of {account.processor!r} can't be taken over.")
    module = import_module(f"{__package__}.{account.processor}.takeover")
    taken: Takeover = module.make(AccountConfig(settings=account.settings, secrets=secrets_of(account.pk)))
    return taken
