"""Giving money back. The desk asks here; the worker, whose key can refund, does it and books it."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import QuerySet, Sum

from mainstay.contributions.actions import note
from mainstay.contributions.port import Outcome, Processor, RefundFact
from mainstay.contributions.retry import STANDARD
from mainstay.contributions.states import REFUND, RefundState
from mainstay.core.errors import MainstayError
from mainstay.core.ids import remote_hash
from mainstay.core.money import Money
from mainstay.core.search import Search
from mainstay.jobs.claims import claim, due, release
from mainstay.ledger.events import Books
from mainstay.letters.outbox import queue
from mainstay.newsrooms.models import ProcessorAccount
from mainstay.processors.registry import adapter_for
from mainstay.sealing.keyring import KeyRing

from . import differences
from .disputes import blocks_refund
from .models import Difference, Payment, Refund
from .news import Told, payment_of
from .sealed import open_remote, seal_remote
from .watch import awake, unless_refused

AT_THE_PROCESSOR = "processor"
"""Who asked, in the history, for a refund that was made on the processor's own pages."""
_WAITING = (RefundState.UNKNOWN, RefundState.PENDING)
_STATES = {
    Outcome.SUCCEEDED: RefundState.SUCCEEDED,
    Outcome.PENDING: RefundState.PENDING,
    Outcome.REJECTED: RefundState.FAILED,
    Outcome.DECLINED_SOFT: RefundState.FAILED,
    Outcome.DECLINED_HARD: RefundState.FAILED,
    Outcome.CANCELLED: RefundState.FAILED,
}
"""What an answer makes of a refund. All others leave it open."""


class RefundTooLarge(MainstayError):
    """More than is left of the payment was asked back."""

    def __init__(self) -> None:
        super().__init__("That is more than is left of this payment. Look at the refunds already made.")


class RefundDisputed(MainstayError):
    """The reader's bank has the money already, or is deciding about it."""

    def __init__(self) -> None:
        super().__init__("This payment is disputed at the reader's bank. A refund would give it back twice.")


@transaction.atomic
def request_refund(
    payment: Payment, amount: Money, *, request_token: str, reason: str, actor: str, now: datetime
) -> Refund:
    """Asks for a refund. The same `request_token` asks once, however often the form is sent.

    Raises `RefundTooLarge`, `RefundDisputed`, `MixedCurrencies`.
    """
    row = Payment.objects.select_for_update(of=("self",)).select_related("newsroom").get(pk=payment.pk)
    asked = row.refunds.filter(request_token=request_token).first()
    if asked is not None:
        return asked
    if blocks_refund(row):
        raise RefundDisputed
    counting = row.refunds.exclude(state=RefundState.FAILED)
    already = counting.aggregate(total=Sum("amount_minor"))["total"] or 0
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


def due_refunds(now: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Refunds to ask for or to look up. Those at a resting account wait."""
    return _due.ids(limit, now=now)


@Search
def _due() -> QuerySet[Refund, tuple[uuid.UUID]]:
    return awake(due(Refund.objects.all()), "payment__account")


def carry_out_refund(refund_id: uuid.UUID, ring: KeyRing, now: datetime) -> None:
    """Does one refund that is due. It is looked for first, under its key: a worker may have been killed after it asked.

    The same key never gives back twice while the processor remembers it; the look-up covers the time after.
    """
    token = claim(Refund, refund_id, now)
    if token is None:
        return
    refund = _with_payment().get(pk=refund_id)
    payment = refund.payment
    charge_id = open_remote(ring, payment.newsroom, bytes(payment.remote_sealed))["charge_id"]
    call = partial(_ask, adapter_for(payment.account), refund, charge_id)
    fact = unless_refused(payment.account, call, RefundFact(Outcome.NOT_EXECUTED), now)
    with transaction.atomic():
        _apply(refund, fact, now)
        release(Refund, refund.pk, token)


def _ask(processor: Processor, refund: Refund, charge_id: str) -> RefundFact:
    for fact in processor.find_refunds(charge_id):
        if fact.reference == refund.key:
            return fact
    if blocks_refund(refund.payment):
        return RefundFact(Outcome.REJECTED, why="disputed")
    return processor.refund(charge_id, refund.amount, refund.key)


def apply_refund(account: ProcessorAccount, fact: RefundFact, now: datetime) -> Told:
    """Applies what is true about a refund that the inbox or the reconciliation has fetched.

    It is found by its id, then by the key that we asked with; one that was made at the processor gets a row.
    """
    if fact.outcome in (Outcome.UNKNOWN, Outcome.NOT_EXECUTED):
        return Told.LATER
    with transaction.atomic():
        refund = _known(account, fact) or _made_there(account, fact, now)
        if refund is None:
            return Told.NOT_OURS
        _apply(refund, fact, now)
    return Told.DONE


def _with_payment() -> "QuerySet[Refund]":
    return Refund.objects.select_related("payment__newsroom", "payment__account", "payment__contribution")


def _known(account: ProcessorAccount, fact: RefundFact) -> Refund | None:
    rows = _with_payment().filter(payment__account=account)
    found = rows.filter(remote_hash=remote_hash(fact.remote_id)).first()
    asked = [
        row for row in rows.filter(payment=payment_of(account, fact.charge_id)) if row.key == fact.reference
    ]
    return found or (asked[0] if asked else None)


def _made_there(account: ProcessorAccount, fact: RefundFact, now: datetime) -> Refund | None:
    """A refund that somebody made on the processor's own pages."""
    payment = payment_of(account, fact.charge_id)
    if payment is None or fact.amount is None:
        return None
    token = remote_hash(fact.remote_id)
    refund, _new = Refund.objects.get_or_create(
        payment=payment,
        request_token=token,
        defaults={
            "amount_minor": fact.amount.minor,
            "currency": fact.amount.currency,
            "requested_by": AT_THE_PROCESSOR,
            "day": payment.newsroom.today(now),
        },
    )
    return refund


def _apply(refund: Refund, fact: RefundFact, now: datetime) -> None:
    """Moves the row to what is true, and the books with it. The payment is locked first, as when it is asked for."""
    payment = Payment.objects.select_for_update(of=("self",)).get(pk=refund.payment_id)
    row = Refund.objects.select_for_update().get(pk=refund.pk)
    after = _STATES.get(
        fact.outcome, RefundState.PENDING if row.state == RefundState.PENDING else RefundState.UNKNOWN
    )
    if fact.remote_id and not row.remote_hash:
        row.remote_hash = remote_hash(fact.remote_id)
        row.remote_sealed = seal_remote(payment.newsroom, fact.remote_id, fact.charge_id)
    if row.state != after and after not in REFUND[row.state]:
        row.save()
        return
    if fact.claim_url and after == RefundState.PENDING:
        _tell_to_claim(payment, row, fact.claim_url, now)
    before, row.state = row.state, after
    row.tries += 1
    row.next_action_at = now + STANDARD.look_up_after(row.tries - 1) if after in _WAITING else None
    if before != after:
        _follow(payment, row, before, fact, now)
    row.save()


def _tell_to_claim(payment: Payment, refund: Refund, claim_url: str, now: datetime) -> None:
    """A refund that its reader must fetch: one letter leads to where, if there is an address."""
    contribution = payment.contribution
    if contribution is not None and contribution.mail_sealed:
        queue(
            kind="refund_claim",
            newsroom=payment.newsroom,
            language=contribution.language,
            dedupe_key=f"claim:{refund.pk}",
            recipient_sealed=bytes(contribution.mail_sealed),
            payload={
                "amount_minor": refund.amount_minor,
                "currency": refund.currency,
                "claim_url": claim_url,
            },
            day=payment.newsroom.today(now),
            now=now,
        )


def _follow(payment: Payment, row: Refund, before: str, fact: RefundFact, now: datetime) -> None:
    """Books and tells what a step means."""
    if row.state == RefundState.SUCCEEDED:
        _book(payment, row, fact, now)
    elif row.state == RefundState.FAILED:
        row.why_failed = fact.why
        if before == RefundState.SUCCEEDED:
            _take_back(payment, row, now)
        _note(payment, "refund_failed", row, now)


def _book(payment: Payment, refund: Refund, fact: RefundFact, now: datetime) -> None:
    """Books what went back. Another amount than was asked for is shown, and counts as what it is if it can be."""
    if fact.amount is not None and fact.amount != refund.amount:
        differences.report(
            payment.account,
            Difference.Kind.REFUND,
            fact.remote_id,
            day=payment.newsroom.today(now),
            payment=str(payment.pk),
            asked=refund.amount_minor,
            told=fact.amount.minor,
        )
        if fact.amount.currency != payment.currency or payment.left < fact.amount:
            return
        refund.amount_minor = fact.amount.minor
    payment.refunded_minor += refund.amount_minor
    payment.save(update_fields=["refunded_minor"])
    _books(payment, now).refund(refund.remote_hash, refund.amount)
    _note(payment, "refunded", refund, now)


def _take_back(payment: Payment, refund: Refund, now: datetime) -> None:
    """The reader's bank did not take a refund that had seemed to succeed: the money is back at the processor."""
    payment.refunded_minor -= refund.amount_minor
    payment.save(update_fields=["refunded_minor"])
    _books(payment, now).refund_failed(refund.remote_hash)


def _books(payment: Payment, now: datetime) -> Books:
    return Books(payment.newsroom, payment.account_id, payment.newsroom.today(now))


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
