"""Giving money back. The desk asks here; the worker, whose key can refund, does it and books it."""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from mainstay.contributions.actions import note
from mainstay.contributions.port import Outcome, RefundFact
from mainstay.contributions.retry import look_up_after
from mainstay.core.errors import MainstayError
from mainstay.core.ids import digest
from mainstay.core.money import Money
from mainstay.jobs.claims import claim, release
from mainstay.ledger import post as ledger
from mainstay.processors.registry import adapter_for
from mainstay.sealing.keyring import KeyRing

from .models import Payment, Refund
from .sealed import open_remote

_COUNTING = (Refund.State.REQUESTED, Refund.State.UNKNOWN, Refund.State.SUCCEEDED)


class RefundTooLarge(MainstayError):
    """More than is left of the payment was asked back."""

    def __init__(self) -> None:
        super().__init__("That is more than is left of this payment. Look at the refunds already made.")


@transaction.atomic
def request_refund(
    payment: Payment, amount: Money, *, request_token: str, reason: str, actor: str, now: datetime
) -> Refund:
    """Asks for a refund. The same `request_token` asks once, however often the form is sent.

    Raises `RefundTooLarge`, `MixedCurrencies`.
    """
    row = Payment.objects.select_for_update(of=("self",)).select_related("newsroom").get(pk=payment.pk)
    asked = row.refunds.filter(request_token=request_token).first()
    if asked is not None:
        return asked
    already = row.refunds.filter(state__in=_COUNTING).aggregate(total=Sum("amount_minor"))["total"] or 0
    if row.gross < amount + Money(already, row.currency) or amount.minor < 1:
        raise RefundTooLarge
    return Refund.objects.create(
        payment=row,
        request_token=request_token,
        amount_minor=amount.minor,
        currency=amount.currency,
        requested_by=actor,
        reason=reason,
        day=row.newsroom.today(now),
        next_action_at=now,
    )


def carry_out_refund(refund_id: uuid.UUID, ring: KeyRing, now: datetime) -> None:
    """Does one refund that is due. The same key at the processor never gives back twice."""
    token = claim(Refund, refund_id, now)
    if token is None:
        return
    refund = Refund.objects.select_related(
        "payment__newsroom", "payment__account", "payment__contribution"
    ).get(pk=refund_id)
    payment = refund.payment
    charge_id = open_remote(ring, payment.newsroom, bytes(payment.remote_sealed))["charge_id"]
    fact = adapter_for(payment.account).refund(charge_id, refund.amount, refund.key)
    with transaction.atomic():
        _apply_refund(refund, fact, now)
        release(Refund, refund.pk, token)


def _apply_refund(refund: Refund, fact: RefundFact, now: datetime) -> None:
    row = Refund.objects.select_for_update().get(pk=refund.pk)
    if row.state in (Refund.State.SUCCEEDED, Refund.State.FAILED):
        return
    row.tries += 1
    if fact.outcome == Outcome.SUCCEEDED:
        row.state, row.next_action_at = Refund.State.SUCCEEDED, None
        _book(refund.payment, row, fact, now)
    elif fact.outcome == Outcome.REJECTED:
        row.state, row.next_action_at, row.why_failed = Refund.State.FAILED, None, fact.why
        _note(refund.payment, "refund_failed", row, now)
    else:
        row.state = Refund.State.UNKNOWN
        row.next_action_at = now + (look_up_after(row.tries - 1) if row.tries < 20 else timedelta(days=1))
    row.save()


def _book(payment: Payment, refund: Refund, fact: RefundFact, now: datetime) -> None:
    row = Payment.objects.select_for_update(of=("self",)).get(pk=payment.pk)
    row.refunded_minor += refund.amount_minor
    row.save(update_fields=["refunded_minor"])
    processor = ledger.processor_code(payment.account_id)
    reference = f"refund:{digest(fact.remote_id, 'remote')}"
    ledger.post(
        payment.newsroom, processor, ledger.REFUNDS, refund.amount, reference, payment.newsroom.today(now)
    )
    _note(payment, "refunded", refund, now)


def _note(payment: Payment, kind: str, refund: Refund, now: datetime) -> None:
    if payment.contribution is not None:
        note(
            payment.contribution,
            kind,
            actor=refund.requested_by,
            day=payment.newsroom.today(now),
            minor=refund.amount_minor,
            currency=refund.currency,
        )
