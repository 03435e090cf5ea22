"""Promises that were made elsewhere: written down paused, and set going once it is certain who collects them."""

import uuid
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from mainstay.core.ids import code_hash
from mainstay.core.money import Money
from mainstay.newsrooms.models import Newsroom, ProcessorAccount

from .actions import NotPossible, count_from, locked, note, set_state
from .models import Contribution
from .states import ContributionState

FIRST_NUMBER = 2
"""Number 1 is a payment with its supporter present. It was made elsewhere, so the first of ours is the second."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What was promised elsewhere.

    `due_day` is the wished day of the month; it differs from the day of `next_due` in a short month. `last_due_date`
    is the last day on which it renews.
    """

    frequency: str
    amount: Money
    started_on: date
    next_due: date
    due_day: int
    language: str
    last_due_date: date | None = None


@transaction.atomic
def write_down(
    newsroom: Newsroom,
    account: ProcessorAccount,
    terms: Terms,
    *,
    code: str,
    mail_sealed: bytes | None,
    method_sealed: bytes | None,
    actor: str,
    day: date,
    pk: uuid.UUID | None = None,
) -> Contribution:
    """The promise, paused without an end. `code` is its new supporter code, of which a hash is kept."""
    row = Contribution(
        newsroom=newsroom,
        account=account,
        frequency=terms.frequency,
        amount_minor=terms.amount.minor,
        currency=terms.amount.currency,
        state=ContributionState.PAUSED,
        language=terms.language,
        started_on=terms.started_on,
        next_number=FIRST_NUMBER,
        last_due_date=terms.last_due_date,
        code_hash=code_hash(code),
        mail_sealed=mail_sealed,
        method_sealed=method_sealed,
        **({"pk": pk} if pk else {}),
    )
    count_from(row, terms.next_due, terms.due_day)
    row.save(force_insert=True)
    note(row, "imported", actor=actor, day=day)
    return row


@transaction.atomic
def set_going(
    contribution: Contribution, next_due: date, due_day: int, *, actor: str, day: date
) -> Contribution:
    """From now on we collect it, on `next_due` for the first time; that day may be past. Doing it twice is no error.

    Raises `NotPossible` for a promise without a card.
    """
    row = locked(contribution.pk)
    if row.state != ContributionState.PAUSED or row.resume_on is not None:
        return row
    if not row.method_sealed:
        raise NotPossible("This promise has no card yet.")
    count_from(row, next_due, due_day)
    set_state(row, ContributionState.ACTIVE)
    row.save()
    note(row, "set_going", actor=actor, day=day, next=next_due.isoformat())
    return row


@transaction.atomic
def hold(contribution: Contribution) -> bool:
    """Pauses an imported promise again before it is undone. `False` when something has happened to it."""
    row = locked(contribution.pk)
    if not can_be_undone(row):
        return False
    set_state(row, ContributionState.PAUSED)
    row.save()
    return True


def waits_for_card(contribution: Contribution) -> bool:
    """Whether it was promised elsewhere and its supporter has not given a card here yet."""
    paused = contribution.state == ContributionState.PAUSED and contribution.resume_on is None
    return paused and not contribution.method_sealed and contribution.events.filter(kind="imported").exists()


def can_be_undone(contribution: Contribution) -> bool:
    """Whether nothing has happened to an imported promise yet: no payment, and nothing by its supporter."""
    touched = contribution.events.exclude(kind__in=("imported", "set_going")).exists()
    return not touched and not contribution.installments.exists()


@transaction.atomic
def undo(contribution: Contribution) -> bool:
    """Takes an imported promise out again, with its history. `False`, and nothing done, when something has happened."""
    row = locked(contribution.pk)
    if not can_be_undone(row):
        return False
    row.delete()
    return True
