"""The only writer of contributions: what a reader, the desk or the worker does to a promise.

Each function works on the row as the database has it now (locked for the caller's transaction), checks the state's
transitions, and writes one line of history.
"""

import uuid
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from mainstay.core.errors import MainstayError
from mainstay.core.frequency import Frequency
from mainstay.core.ids import code_hash, new_code
from mainstay.core.money import Money
from mainstay.core.search import Search, given_id
from mainstay.newsrooms.searching import account_now, newsroom_now

from .models import Attempt, Contribution, ContributionEvent, Installment
from .schedule import anchor_on, due_date, first_step_from, months_after
from .states import CONTRIBUTION, INSTALLMENT, LIVING, ContributionState, InstallmentState, step

LARGEST_PAUSE_MONTHS = 12


class NotPossible(MainstayError):
    """The promise is not in a state in which this can be done."""


def locked(contribution_id: uuid.UUID) -> Contribution:
    """The contribution, locked until the caller's transaction ends, with its newsroom and account as they are now."""
    row = _contribution.one(pk=contribution_id)
    row.newsroom, row.account = newsroom_now(row.newsroom_id), account_now(row.account_id)
    return row


def locked_again(known: Contribution) -> Contribution:
    """`known` as the database has it now, locked; its newsroom and account are those that it came with.

    For who needs no setting of theirs as it is this very moment.
    """
    row = _contribution.one(pk=known.pk)
    row.newsroom = known.newsroom
    if row.account_id == known.account_id:
        row.account = known.account
    return row


@Search
def _contribution() -> QuerySet[Contribution]:
    return Contribution.objects.select_for_update().filter(pk=given_id("pk"))


def locked_installment(pk: uuid.UUID) -> Installment:
    """The installment, locked until the caller's transaction ends. Its contribution is locked before it."""
    return _installment.one(pk=pk)


@Search
def _installment() -> QuerySet[Installment]:
    return Installment.objects.select_for_update().filter(pk=given_id("pk"))


def locked_attempt(pk: uuid.UUID) -> Attempt:
    """The attempt, locked until the caller's transaction ends. Its contribution is locked before it."""
    return _attempt.one(pk=pk)


@Search
def _attempt() -> QuerySet[Attempt]:
    return Attempt.objects.select_for_update().filter(pk=given_id("pk"))


def note(contribution: Contribution, kind: str, *, actor: str, day: date, **detail: Any) -> None:
    """Writes one line of history."""
    last = next(iter(_numbers.ids(1, contribution=contribution.pk)), 0)
    ContributionEvent.objects.create(
        contribution=contribution, number=last + 1, day=day, kind=kind, actor=actor, detail=detail
    )


@Search
def _numbers() -> QuerySet[ContributionEvent, tuple[int]]:
    """Of a promise's lines of history, the last one first."""
    rows = ContributionEvent.objects.filter(contribution=given_id("contribution"))
    return rows.order_by("-number").values_list("number")


def set_state(contribution: Contribution, after: str) -> None:
    """Moves the promise; raises `IllegalTransition` when the machine has no such step. The caller saves."""
    contribution.state = step(CONTRIBUTION, "contribution", contribution.state, after)


def set_installment(installment: Installment, after: str) -> None:
    """Moves the installment; raises `IllegalTransition`. The caller saves."""
    installment.state = step(INSTALLMENT, "installment", installment.state, after)


@transaction.atomic
def change_amount(contribution: Contribution, amount: Money, *, actor: str, day: date) -> Contribution:
    """A new amount from the next installment that is not made yet."""
    row = _renewing(contribution)
    if amount.currency != row.currency:
        raise NotPossible(
            "The currency of a running contribution can't be changed. Stop it and begin a new one."
        )
    before, row.amount_minor = row.amount_minor, amount.minor
    row.save(update_fields=["amount_minor"])
    note(
        row, "amount_changed", actor=actor, day=day, before=before, after=amount.minor, currency=row.currency
    )
    return row


@transaction.atomic
def change_frequency(contribution: Contribution, frequency: str, *, actor: str, day: date) -> Contribution:
    """Monthly to annual or back. The next due date stays, and becomes the new anchor."""
    row = _renewing(contribution)
    if frequency not in (Frequency.MONTHLY, Frequency.ANNUAL):
        raise NotPossible("A running contribution is monthly or annual.")
    before, row.frequency = row.frequency, frequency
    count_from(row, row.next_due_date)
    row.noticed_number = row.noticed_early_number = 0
    row.save()
    note(row, "frequency_changed", actor=actor, day=day, before=before, after=frequency)
    return row


@transaction.atomic
def change_day(contribution: Contribution, day_of_month: int, *, actor: str, day: date) -> Contribution:
    """Another day of the month (1 to 31). The next payment never moves before tomorrow, nor is one left out."""
    row = _renewing(contribution)
    if not 1 <= day_of_month <= 31:
        raise NotPossible("A day of the month is a number from 1 to 31.")
    target = anchor_on(row.next_due_date or day, day_of_month)
    if target <= day:
        target = anchor_on(months_after(target.replace(day=1), 1), day_of_month)
    count_from(row, target, day_of_month)
    row.save()
    note(row, "day_changed", actor=actor, day=day, next=target.isoformat())
    return row


@transaction.atomic
def pause(contribution: Contribution, months: int, *, actor: str, day: date) -> Contribution:
    """No payment for so many months from the next one on (1 to 12); then it goes on by itself."""
    row = _renewing(contribution)
    if not 1 <= months <= LARGEST_PAUSE_MONTHS:
        raise NotPossible("A pause lasts from 1 to 12 months.")
    skip_open_installments(row)
    row.resume_on = months_after(row.next_due_date or day, months)
    set_state(row, ContributionState.PAUSED)
    row.save()
    note(row, "paused", actor=actor, day=day, until=row.resume_on.isoformat())
    return row


@transaction.atomic
def resume(contribution: Contribution, *, actor: str, day: date) -> Contribution:
    """Goes on: the next payment is on the promise's own day, at the earliest tomorrow; at its time when asked early."""
    row = locked(contribution.pk)
    if row.state != ContributionState.PAUSED or row.anchor is None:
        raise NotPossible("This contribution is not paused.")
    earliest = max(date.fromordinal(day.toordinal() + (actor != "worker")), row.next_due_date or day)
    skipped = first_step_from(row.anchor, row.frequency, earliest)
    row.next_due_date = due_date(row.anchor, skipped, row.frequency)
    row.anchor_number = row.next_number - skipped
    row.resume_on = None
    set_state(row, ContributionState.ACTIVE)
    row.save()
    note(row, "resumed", actor=actor, day=day, next=row.next_due_date.isoformat())
    return row


@transaction.atomic
def stop(contribution: Contribution, *, why: str, actor: str, day: date) -> Contribution:
    """Ends the promise at once. A payment that the bank already has under way stands, and is shown honestly."""
    row = locked(contribution.pk)
    if row.state not in (*LIVING, ContributionState.LAPSED):
        return row
    skip_open_installments(row)
    row.next_due_date = row.resume_on = None
    row.ended_on, row.ended_why = day, why
    set_state(row, ContributionState.CANCELLED)
    row.save()
    note(row, "stopped", actor=actor, day=day, why=why)
    return row


@transaction.atomic
def set_mail(contribution: Contribution, mail_sealed: bytes | None, *, actor: str, day: date) -> Contribution:
    """Adds, changes or removes the sealed mail address."""
    row = locked(contribution.pk)
    row.mail_sealed = mail_sealed
    row.save(update_fields=["mail_sealed"])
    note(row, "mail_added" if mail_sealed else "mail_removed", actor=actor, day=day)
    return row


@transaction.atomic
def forget_person(contribution: Contribution, *, actor: str, day: date) -> Contribution:
    """Takes away the address and every way into the page: the code's hash is replaced by one that nobody knows."""
    row = locked(contribution.pk)
    row.mail_sealed = row.checkout_hash = None
    row.code_hash = code_hash(new_code())
    row.save(update_fields=["mail_sealed", "checkout_hash", "code_hash"])
    note(row, "forgotten", actor=actor, day=day)
    return row


@transaction.atomic
def set_method(
    contribution: Contribution, method_sealed: bytes, *, actor: str, day: date, last: date | None = None
) -> Contribution:
    """Another card, sealed to the collection key. A promise that was failing or lapsed is active again.

    One that was imported and only waited for a card goes on, at its next due date. With `last` it renews until that
    day at the longest: the card comes from a country with a warning.
    """
    row = locked(contribution.pk)
    if row.state not in (
        ContributionState.ACTIVE,
        ContributionState.PAUSED,
        ContributionState.FAILING,
        ContributionState.LAPSED,
    ):
        raise NotPossible("This contribution has ended. A new one can be begun at any time.")
    waited = row.state == ContributionState.PAUSED and not row.method_sealed and row.resume_on is None
    row.method_sealed = method_sealed
    if last:
        row.last_due_date = min(last, row.last_due_date or last)
    if row.state == ContributionState.LAPSED:
        set_state(row, ContributionState.ACTIVE)
        count_from(row, day, day.day)
        row.ended_on, row.ended_why = None, ""
    row.save()
    try_again(row, day)
    note(row, "card_changed", actor=actor, day=day)
    return resume(row, actor=actor, day=day) if waited else row


def try_again(row: Contribution, day: date) -> None:
    """What no try was planned for any more, because its card was declined for good, is tried with the card of now."""
    waiting = row.installments.filter(
        state=InstallmentState.RETRYING, next_try_on__isnull=True, next_action_at__isnull=True
    )
    waiting.update(next_try_on=day)


@transaction.atomic
def renew_method(contribution: Contribution, method_sealed: bytes, *, day: date) -> Contribution:
    """The same card with a new number or end, as the processor tells it. Nothing else about the promise changes."""
    row = locked(contribution.pk)
    row.method_sealed = method_sealed
    row.save(update_fields=["method_sealed"])
    note(row, "card_renewed", actor="worker", day=day)
    return row


def count_from(row: Contribution, next_due: date | None, day_of_month: int | None = None) -> None:
    """Counts from `next_due` on. An anchor in a short month keeps the wished day: it is put on a month that has it."""
    if next_due is None:
        raise NotPossible("This contribution has no next payment.")
    wished = day_of_month or (
        row.anchor.day if row.anchor and row.anchor.day > next_due.day else next_due.day
    )
    anchor, steps = next_due, 0
    while anchor.day < wished:
        steps += 1
        anchor = anchor_on(
            months_after(next_due.replace(day=1), -steps * (12 if row.frequency == "annual" else 1)), wished
        )
        if steps > 8:
            anchor, steps, wished = next_due, 0, next_due.day
    row.anchor, row.anchor_number, row.next_due_date = anchor, row.next_number - steps, next_due


def _renewing(contribution: Contribution) -> Contribution:
    row = locked(contribution.pk)
    if (
        row.state not in (ContributionState.ACTIVE, ContributionState.FAILING, ContributionState.PAUSED)
        or not row.next_due_date
    ):
        raise NotPossible("This contribution has no next payment that could be changed.")
    return row


def skip_open_installments(row: Contribution) -> None:
    """What nobody has begun to collect is skipped. What the bank has under way is left to its outcome."""
    waiting = (InstallmentState.SCHEDULED, InstallmentState.DUE, InstallmentState.RETRYING)
    for installment in row.installments.select_for_update().filter(state__in=waiting):
        set_installment(installment, InstallmentState.SKIPPED)
        installment.next_action_at = installment.next_try_on = None
        installment.save()
