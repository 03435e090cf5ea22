"""What a fetched payment means for our rows, whoever told of it: a webhook, a poll, reconciliation or an import.

It is found by the id that an open installment has, then by the hash that a payment keeps, then by our reference, which
every remote object carries and which a restored backup knows too.
"""

import uuid
from collections.abc import Collection
from datetime import datetime
from enum import Enum

from django.db import transaction

from mainstay.contributions.models import Attempt, Installment
from mainstay.contributions.port import Outcome, RemoteFact
from mainstay.contributions.states import OPEN_ATTEMPT, AttemptState
from mainstay.core.ids import remote_hash
from mainstay.jobs.claims import claim, release
from mainstay.newsrooms.models import ProcessorAccount

from .models import Payment
from .outcome import abandon_if_over, apply, learn_fee

LARGEST_NUMBER = 10_000
_IN_HAND = (AttemptState.CREATED, AttemptState.PREPARED, AttemptState.SENT)
_OPEN = {str(state) for state in OPEN_ATTEMPT}


class Told(Enum):
    """What became of the news."""

    DONE = "done"
    LATER = "later"
    """Another process works on it just now, or the processor can't tell: ask again."""
    NOT_OURS = "not_ours"
    """Nothing of ours is known by this object, and money moved."""


def apply_payment(account: ProcessorAccount, fact: RemoteFact, now: datetime) -> Told:
    """Applies what is true about a remote object of this account to whatever we have of it."""
    payment = payment_of(account, fact.charge_id)
    if payment is not None:
        with transaction.atomic():
            learn_fee(payment, fact, account.newsroom.today(now))
        return Told.DONE
    installment = installment_of(account, fact)
    if installment is None:
        return Told.NOT_OURS if fact.outcome == Outcome.SUCCEEDED else Told.DONE
    return _apply_to(installment, fact, now)


def payment_of(account: ProcessorAccount, charge_id: str) -> Payment | None:
    """The payment that a charge is booked as."""
    rows = Payment.objects.select_related("newsroom", "account", "contribution")
    return rows.filter(account=account, remote_hash=remote_hash(charge_id)).first() if charge_id else None


def booked(account: ProcessorAccount, object_ids: Collection[str]) -> set[str]:
    """Those remote objects whose one success is booked with its fee: nothing more can be learned of them."""
    by_hash = {remote_hash(object_id): object_id for object_id in object_ids}
    rows = Payment.objects.filter(account=account, object_hash__in=by_hash, fee_minor__isnull=False)
    return {by_hash[hashed] for hashed in rows.values_list("object_hash", flat=True)}


def installment_of(account: ProcessorAccount, fact: RemoteFact) -> Installment | None:
    """The installment that a remote object was made for."""
    rows = Installment.objects.select_related("contribution__newsroom", "contribution__account")
    rows = rows.filter(contribution__account=account)
    found = rows.filter(remote_id=fact.remote_id).first() if fact.remote_id else None
    if found is not None:
        return found
    contribution, number = reference_of(fact)
    return rows.filter(contribution=contribution, number=number).first() if contribution else None


def reference_of(fact: RemoteFact) -> tuple[uuid.UUID | None, int]:
    """The contribution and the number of the installment that a remote object names; `None` when it names none."""
    written, _, number = fact.reference.partition(":")
    try:
        contribution = uuid.UUID(written or fact.metadata.get("contribution", ""))
        counted = int(number or fact.metadata["number"])
    except (ValueError, KeyError):
        return None, 0
    return (contribution, counted) if 1 <= counted <= LARGEST_NUMBER else (None, 0)


def _apply_to(installment: Installment, fact: RemoteFact, now: datetime) -> Told:
    token = claim(Installment, installment.pk, now)
    if token is None:
        return Told.LATER
    try:
        attempt = _attempt_for(installment, fact, now)
        if attempt is None:
            return Told.DONE
        if fact.outcome != Outcome.SUCCEEDED and _in_hand(attempt, now):
            return Told.LATER
        if fact.outcome == Outcome.ACTION_REQUIRED and attempt.state == AttemptState.ACTION_REQUIRED:
            # No news: when we ask, and close the bank's page, stays as it was.
            return Told.DONE
        abandon_if_over(apply(attempt, fact, now))
    finally:
        release(Installment, installment.pk, token)
    return Told.LATER if fact.outcome == Outcome.UNKNOWN else Told.DONE


def _attempt_for(installment: Installment, fact: RemoteFact, now: datetime) -> Attempt | None:
    """The attempt that the fact is about. Without money, only an open one on the same remote object is of interest."""
    attempts = list(
        installment.attempts.select_related(
            "installment__contribution__newsroom", "installment__contribution__account"
        ).order_by("number")
    )
    opened = next((attempt for attempt in attempts if attempt.state in _OPEN), None)
    if fact.outcome != Outcome.SUCCEEDED:
        return opened if fact.remote_id == installment.remote_id else None
    succeeded = next((attempt for attempt in attempts if attempt.state == AttemptState.SUCCEEDED), None)
    return succeeded or opened or (attempts[-1] if attempts else _lost_attempt(installment, fact, now))


def _lost_attempt(installment: Installment, fact: RemoteFact, now: datetime) -> Attempt:
    """An attempt whose row was lost with a backup, or that a person made at the processor: its object is there."""
    return Attempt.objects.create(
        installment=installment,
        number=1,
        key=f"v1:{installment.reference}:1",
        state=AttemptState.PREPARED,
        amount_minor=installment.amount_minor,
        currency=installment.currency,
        opened_on=installment.contribution.newsroom.today(now),
    )


def _in_hand(attempt: Attempt, now: datetime) -> bool:
    """Whether another process is between its calls: what the object looked like before them means nothing."""
    due = attempt.installment.next_action_at
    return attempt.state in _IN_HAND and due is not None and due > now
