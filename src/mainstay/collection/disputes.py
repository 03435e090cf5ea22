"""A reader's objection at their bank. Our books follow what the processor says it took, and the promise ends at once.

A promise that was disputed is never collected again, whoever wins: a gift is never a debt. What the processor says
after a dispute was closed is shown to staff and not booked by itself.
"""

from datetime import date, datetime

from django.db import transaction

from mainstay.contributions.actions import note, stop
from mainstay.contributions.port import DisputeFact, DisputeStage, Outcome
from mainstay.contributions.states import DISPUTE
from mainstay.core.ids import remote_hash
from mainstay.core.money import Money
from mainstay.ledger.events import Books
from mainstay.newsrooms.models import ProcessorAccount

from . import differences
from .models import Difference, Dispute, Payment
from .news import Told, payment_of
from .sealed import seal_remote

_TOOK_MONEY = (DisputeStage.OPENED, DisputeStage.WON, DisputeStage.LOST)


def blocks_refund(payment: Payment) -> bool:
    """Whether the payment is disputed, so that giving it back as well would give it back twice."""
    return payment.disputes.filter(stage__in=(DisputeStage.OPENED, DisputeStage.LOST)).exists()


def apply_dispute(
    account: ProcessorAccount, fact: DisputeFact, now: datetime, *, ends_promise: bool = True
) -> Told:
    """Writes down and books what is true about a dispute, in one commit. Applying it twice changes nothing.

    `ends_promise` is false where nobody objected: an account was short of money when it was debited.
    """
    if fact.outcome == Outcome.NOT_FOUND:
        return Told.NOT_OURS
    if fact.outcome != Outcome.SUCCEEDED or fact.amount is None:
        return Told.LATER
    payment = payment_of(account, fact.charge_id)
    if payment is None:
        return Told.NOT_OURS
    with transaction.atomic():
        row = Payment.objects.select_for_update(of=("self",)).get(pk=payment.pk)
        dispute, new = _row(row, fact, fact.amount, account.newsroom.today(now))
        if new or dispute.stage != fact.stage:
            _move(dispute, row, fact, new, account.newsroom.today(now))
            if ends_promise and row.contribution is not None:
                stop(row.contribution, why="dispute", actor="worker", day=account.newsroom.today(now))
    return Told.DONE


def _row(payment: Payment, fact: DisputeFact, amount: Money, today: date) -> tuple[Dispute, bool]:
    return Dispute.objects.get_or_create(
        remote_hash=remote_hash(fact.remote_id),
        defaults={
            "payment": payment,
            "remote_sealed": seal_remote(payment.newsroom, fact.remote_id, fact.charge_id),
            "stage": fact.stage,
            "amount_minor": amount.minor,
            "currency": amount.currency,
            "fee_minor": fact.fee.minor if fact.fee else 0,
            "fee_currency": fact.fee.currency if fact.fee else amount.currency,
            "opened_on": today,
        },
    )


def _move(dispute: Dispute, payment: Payment, fact: DisputeFact, new: bool, today: date) -> None:
    if not new and fact.stage not in DISPUTE[dispute.stage]:
        _show(payment, fact, today, before=dispute.stage, after=fact.stage)
        return
    took_before = not new and dispute.stage != DisputeStage.INQUIRY
    dispute.stage, dispute.fee_returned = fact.stage, fact.fee_returned
    if fact.amount is not None and not took_before:
        dispute.amount_minor, dispute.currency = fact.amount.minor, fact.amount.currency
        dispute.fee_minor = fact.fee.minor if fact.fee else 0
        dispute.fee_currency = fact.fee.currency if fact.fee else fact.amount.currency
    if fact.stage in (DisputeStage.WON, DisputeStage.LOST):
        dispute.closed_on = today
    dispute.save()
    _book(dispute, payment, Books(payment.newsroom, payment.account_id, today), took_before)
    if fact.stage in _TOOK_MONEY and dispute.amount.currency == payment.currency:
        _check_sum(payment, fact, today)
    _tell(dispute, payment, today)


def _book(dispute: Dispute, payment: Payment, books: Books, took_before: bool) -> None:
    """What was taken first, then how it ended: a dispute may be heard of for the first time when it is over.

    An inquiry takes nothing, so one that ended without money being taken books nothing.
    """
    hashed, fee = dispute.remote_hash, Money(dispute.fee_minor, dispute.fee_currency)
    if dispute.stage == DisputeStage.INQUIRY:
        return
    if not took_before:
        books.dispute_opened(hashed, dispute.amount, fee=fee)
    if dispute.stage == DisputeStage.WON:
        books.dispute_won(hashed, dispute.amount, fee_back=fee if dispute.fee_returned else None)
    elif dispute.stage == DisputeStage.LOST:
        books.dispute_lost(hashed, dispute.amount)


def _check_sum(payment: Payment, fact: DisputeFact, today: date) -> None:
    """More was taken than is left after refunds and other disputes: it is booked as taken, and staff can object."""
    taken = sum(
        payment.disputes.filter(stage__in=(DisputeStage.OPENED, DisputeStage.LOST)).values_list(
            "amount_minor", flat=True
        )
    )
    if taken + payment.refunded_minor > payment.gross_minor:
        _show(
            payment, fact, today, disputed=taken, refunded=payment.refunded_minor, gross=payment.gross_minor
        )


def _show(payment: Payment, fact: DisputeFact, today: date, **detail: object) -> None:
    differences.report(
        payment.account, Difference.Kind.DISPUTE, fact.remote_id, day=today, payment=str(payment.pk), **detail
    )


def _tell(dispute: Dispute, payment: Payment, today: date) -> None:
    """The history."""
    contribution = payment.contribution
    if contribution is None:
        return
    note(
        contribution,
        f"dispute_{dispute.stage}",
        actor="worker",
        day=today,
        minor=dispute.amount_minor,
        currency=dispute.currency,
    )
