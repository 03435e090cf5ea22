"""What a restored backup has lost, made again from what the processor keeps.

A payment that we don't have names its promise and its number. Where the promise is there, its installment is made,
and the payment is booked by the same `apply` as any other. Where the promise itself is lost, it is rebuilt, paused:
the desk decides whether it goes on. What the processor doesn't have can't come back: the mail address, the label of
the message, the language, and what the reader had changed since. The supporter code opens the page again, since its
hash is in the remote object's metadata.
"""

from datetime import date, datetime

from django.db import transaction

from mainstay.contributions.actions import locked, note
from mainstay.contributions.models import Contribution, Installment
from mainstay.contributions.port import RemoteFact
from mainstay.contributions.schedule import due_date
from mainstay.contributions.states import ContributionState, InstallmentState
from mainstay.core.frequency import Frequency
from mainstay.core.ids import code_hash, new_code
from mainstay.core.money import Money
from mainstay.newsrooms.models import ProcessorAccount

from . import differences
from .models import Difference, Payment
from .news import Told, apply_payment, payment_of, reference_of

LARGEST_GAP = 400


def book_missing(account: ProcessorAccount, fact: RemoteFact, paid_on: date, now: datetime) -> Payment | Told:
    """Books a payment that the processor has and we don't; makes its installment and its promise where they are lost.

    `NOT_OURS` when it names no promise of this account, or another payment is booked in its place; `LATER` when
    another process has it in hands.
    """
    with transaction.atomic():
        if fact.amount is not None:
            _make_room(account, fact, fact.amount, paid_on, now)
    told = apply_payment(account, fact, now)
    if told != Told.DONE:
        return told
    return payment_of(account, fact.charge_id) or Told.NOT_OURS


def _make_room(
    account: ProcessorAccount, fact: RemoteFact, amount: Money, paid_on: date, now: datetime
) -> None:
    """Makes sure that the promise and the installment are there, in the caller's transaction."""
    contribution_id, number = reference_of(fact)
    if contribution_id is None:
        return
    promise = Contribution.objects.filter(pk=contribution_id).first()
    if promise is None:
        if fact.metadata.get("frequency", Frequency.ONCE) not in Frequency.values:
            return
        promise = _rebuild(account, fact, amount, number, paid_on, now)
    if promise.account_id == account.pk:
        _make_installments(locked(promise.pk), number, amount, paid_on)


def _rebuild(
    account: ProcessorAccount, fact: RemoteFact, amount: Money, number: int, paid_on: date, now: datetime
) -> Contribution:
    """The promise as its paid installment shows it: paused until the desk says that it goes on."""
    contribution_id, _number = reference_of(fact)
    frequency = Frequency(fact.metadata.get("frequency", Frequency.ONCE))
    once = frequency == Frequency.ONCE
    today = account.newsroom.today(now)
    promise = Contribution.objects.create(
        pk=contribution_id,
        newsroom=account.newsroom,
        account=account,
        frequency=frequency,
        amount_minor=amount.minor,
        currency=amount.currency,
        state=ContributionState.COMPLETED if once else ContributionState.PAUSED,
        language=account.newsroom.language,
        started_on=paid_on,
        ended_on=today if once else None,
        anchor=None if once else paid_on,
        anchor_number=number,
        next_number=number + 1,
        next_due_date=None if once else due_date(paid_on, 1, frequency),
        code_hash=fact.metadata.get("code") or code_hash(new_code()),
    )
    note(promise, "rebuilt", actor="worker", day=today)
    if not once:
        kind = Difference.Kind.MISSING_PROMISE
        differences.report(account, kind, str(promise.pk), day=today, contribution=str(promise.pk))
    return promise


def _make_installments(promise: Contribution, number: int, amount: Money, paid_on: date) -> None:
    """The installment that was paid, and those before it that the backup doesn't have; these are left out."""
    if promise.installments.filter(number=number).exists():
        return
    for _turn in range(LARGEST_GAP):
        if promise.next_number >= number or promise.next_due_date is None or promise.anchor is None:
            break
        _make(promise, promise.next_number, promise.next_due_date, promise.amount, InstallmentState.SKIPPED)
        _advance(promise)
    due = promise.next_due_date if promise.next_number == number else paid_on
    _make(promise, number, due or paid_on, amount, InstallmentState.DUE)
    if promise.next_number == number:
        _advance(promise)
    promise.save()


def _make(promise: Contribution, number: int, due: date, amount: Money, state: InstallmentState) -> None:
    Installment.objects.create(
        contribution=promise,
        number=number,
        due_date=due,
        amount_minor=amount.minor,
        currency=amount.currency,
        state=state,
    )


def _advance(promise: Contribution) -> None:
    promise.next_number += 1
    if promise.anchor is not None and promise.next_due_date is not None:
        steps = promise.next_number - promise.anchor_number
        promise.next_due_date = due_date(promise.anchor, steps, promise.frequency)
