"""When an alarm stands: pure rules from counted facts. No fact and no alarm tells anything about a person."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import TextChoices

USUAL_DAYS = 28
EXPECTED_PAYMENTS = 5
FEWEST_QUIET_HOURS = 24
FEWEST_ATTEMPTS = 20
PAYMENTS_WITH_NEWS = 5
FEWEST_SILENT_HOURS = 24
UNRESOLVED_DAYS = 3
FEWEST_REJECTED = 3
FEWEST_LOOK_UPS = 30
WORKER_GONE_MINUTES = 5


class Kind(TextChoices):
    """What is the matter."""

    NO_PAYMENT = "no_payment"
    INBOX_SILENT = "inbox_silent"
    DECLINES = "declines"
    ATTACK = "attack"
    REJECTED = "rejected"
    UNRESOLVED = "unresolved"
    DIFFERENCES = "differences"
    ANNOUNCED = "announced"
    LOOK_UPS = "look_ups"
    STATEMENT = "statement"
    WORKER_GONE = "worker_gone"
    PEOPLE_KEY_LOCKED = "people_key_locked"


@dataclass(frozen=True, slots=True)
class NewsroomFacts:
    """What was counted in one newsroom.

    `quiet_hours`: since the end of the last day that had a payment, `None` when there never was one.
    `usual_payments`: of the 28 days that ended with that day. `attempts`, `declined`: those of today and yesterday.
    `rejected`: tries of those days that a company refused as wrong. `unresolved`: payments of which nobody has known
    for 3 days what became of them. `recent_payments`: those of today and yesterday; `silent_hours`: since a processor
    told us anything by itself, `None` when none ever did. `announced`: proposals that a single admin may approve
    alone, and admins who came or went within a week. `look_ups`: of supporters, by whoever made the most today and
    yesterday. `other_names`: accounts of which bank statements read another name than readers are told.
    `attack_level`: of attack mode, 0 in calm times, else 1 to 3.
    """

    quiet_hours: int | None = None
    usual_payments: int = 0
    attempts: int = 0
    declined: int = 0
    rejected: int = 0
    look_ups: int = 0
    unresolved: int = 0
    differences: int = 0
    recent_payments: int = 0
    silent_hours: int | None = None
    announced: int = 0
    attack_level: int = 0
    other_names: int = 0


@dataclass(frozen=True, slots=True)
class HouseFacts:
    """What was counted in the whole installation: minutes since a worker beat, people keys that no worker holds."""

    worker_gone_minutes: int | None = None
    locked: int = 0


def newsroom_alarms(facts: NewsroomFacts) -> dict[Kind, int]:
    """The alarms that stand in a newsroom, each with the number that its sentence tells."""
    return _standing({kind: rule(facts) for kind, rule in _NEWSROOM_RULES.items()})


def house_alarms(facts: HouseFacts) -> dict[Kind, int]:
    """The alarms that stand in the whole installation, each with its number. A worker that never was is not gone."""
    gone = facts.worker_gone_minutes or 0
    return _standing(
        {
            Kind.WORKER_GONE: gone if gone >= WORKER_GONE_MINUTES else 0,
            Kind.PEOPLE_KEY_LOCKED: facts.locked,
        }
    )


def _standing(numbers: dict[Kind, int]) -> dict[Kind, int]:
    return {kind: number for kind, number in numbers.items() if number}


def _no_payment(facts: NewsroomFacts) -> int:
    """Hours of silence in which 5 payments are usual; five or more come out as none once in 150 such silences.

    A small newsroom may wait for days, a large one hears after a day (payments have days, not moments).
    """
    quiet = facts.quiet_hours or 0
    expected = facts.usual_payments * quiet / (USUAL_DAYS * 24)
    return quiet if quiet >= FEWEST_QUIET_HOURS and expected >= EXPECTED_PAYMENTS else 0


def _inbox_silent(facts: NewsroomFacts) -> int:
    """Payments that we know of since yesterday, while their processors told nothing: news gets lost on the way."""
    silent = (facts.silent_hours or 0) >= FEWEST_SILENT_HOURS
    return facts.recent_payments if silent and facts.recent_payments >= PAYMENTS_WITH_NEWS else 0


def _declines(facts: NewsroomFacts) -> int:
    """Percent declined, when it is half or more of at least 20."""
    if facts.attempts < FEWEST_ATTEMPTS or 2 * facts.declined < facts.attempts:
        return 0
    return 100 * facts.declined // facts.attempts


def _rejected(facts: NewsroomFacts) -> int:
    """One alone may be a company's bad moment. A renewal that is always refused makes six in three hours."""
    return facts.rejected if facts.rejected >= FEWEST_REJECTED else 0


def _look_ups(facts: NewsroomFacts) -> int:
    """A day's letters from supporters need a few. Thirty are a list in the making."""
    return facts.look_ups if facts.look_ups >= FEWEST_LOOK_UPS else 0


_NEWSROOM_RULES: dict[Kind, Callable[[NewsroomFacts], int]] = {
    Kind.NO_PAYMENT: _no_payment,
    Kind.INBOX_SILENT: _inbox_silent,
    Kind.DECLINES: _declines,
    Kind.ATTACK: lambda facts: facts.attack_level,
    Kind.REJECTED: _rejected,
    Kind.UNRESOLVED: lambda facts: facts.unresolved,
    Kind.DIFFERENCES: lambda facts: facts.differences,
    Kind.ANNOUNCED: lambda facts: facts.announced,
    Kind.LOOK_UPS: _look_ups,
    Kind.STATEMENT: lambda facts: facts.other_names,
}
