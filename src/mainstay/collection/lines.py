"""A line of a processor's own books, compared with ours: what we have already is confirmed, what we lack is fetched.

What is missing is booked by the same functions that serve a webhook. What doesn't fit is a difference that staff see.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db import transaction

from mainstay.contributions.port import BalanceLine, LineKind, Outcome, Processor
from mainstay.core.errors import MainstayError
from mainstay.core.ids import remote_hash
from mainstay.core.money import Money
from mainstay.ledger.events import Books
from mainstay.ledger.models import Transfer
from mainstay.newsrooms.models import ProcessorAccount
from mainstay.sealing.keyring import KeyRing

from . import differences
from .disputes import apply_dispute
from .models import Difference, Payment
from .news import Told, payment_of
from .payouts import apply_payout
from .refunds import apply_refund
from .restore import book_missing

Kind = Difference.Kind
SECONDS_OF_DAY = 86_400


class NotYet(MainstayError):
    """A line can't be compared just now: its object is in another process's hands, or the processor can't tell."""

    def __init__(self) -> None:
        super().__init__("One payment is still under way. The comparison goes on in a minute.")


@dataclass
class Comparing:
    """One account while it is compared."""

    account: ProcessorAccount
    processor: Processor
    ring: KeyRing
    now: datetime
    payments_booked: int = 0
    matched: list[uuid.UUID] = field(default_factory=list)
    """Payments whose line was found, and that are not marked yet."""

    @property
    def today(self) -> date:
        """The newsroom's day."""
        return self.account.newsroom.today(self.now)

    @property
    def books(self) -> Books:
        """The account's books, on that day."""
        return Books(self.account.newsroom, self.account.pk, self.today)

    def report(self, kind: Kind, object_id: str, **detail: object) -> None:
        """Makes sure that staff see a difference."""
        differences.report(self.account, kind, object_id, day=self.today, **detail)

    def settle(self, kind: Kind, object_id: str) -> None:
        """A difference is gone, if there was one when the comparison began."""
        if (kind, remote_hash(object_id)) in self._shown:
            differences.settle(self.account, kind, object_id, day=self.today)

    @cached_property
    def _shown(self) -> set[tuple[str, str]]:
        """The differences that are not settled. Nearly always none, so that most lines need no query for it."""
        rows = Difference.objects.filter(account=self.account).exclude(state=Difference.State.SETTLED)
        return set(rows.values_list("kind", "object_hash"))


def moved(line: BalanceLine) -> Money:
    """What the line moved the balance by."""
    return Money(line.amount_minor - line.fee_minor, line.currency)


def compare(line: BalanceLine, at: Comparing) -> None:
    """Makes our books agree with one line, or reports why they don't. Raises `NotYet`."""
    _KINDS[line.kind](line, at)


def _charge(line: BalanceLine, at: Comparing) -> None:
    payment = payment_of(at.account, line.source)
    if payment is None:
        payment = _missing(line, at)
    if payment is None:
        return
    _compare_amount(line, payment, at)
    _compare_fee(line, payment, at)
    if payment.matched_on is None:
        at.matched.append(payment.pk)
    at.settle(Kind.UNKNOWN_PAYMENT, line.source)
    at.settle(Kind.MISSING_THERE, line.source)


def _missing(line: BalanceLine, at: Comparing) -> Payment | None:
    """A payment that we don't have: fetched and booked, or shown to staff as money that waits."""
    fact = at.processor.look_up_charge(line.source)
    if fact.outcome in (Outcome.UNKNOWN, Outcome.PENDING, Outcome.NOT_EXECUTED):
        raise NotYet
    told = book_missing(at.account, fact, _paid_on(line, at), at.now)
    if isinstance(told, Payment):
        at.payments_booked += 1
        return told
    if told == Told.LATER:
        raise NotYet
    if not _reported(at, Kind.AMOUNT, line.source):
        _let_wait(line, at)
    return None


def _paid_on(line: BalanceLine, at: Comparing) -> date:
    """The line's day on the newsroom's calendar, which only in a sandbox is another than the processor's."""
    return line.day + timedelta(days=at.account.newsroom.clock_offset_seconds // SECONDS_OF_DAY)


def _reported(at: Comparing, kind: Kind, object_id: str) -> bool:
    rows = Difference.objects.filter(account=at.account, kind=kind, object_hash=remote_hash(object_id))
    return rows.filter(state=Difference.State.OPEN).exists()


def _let_wait(line: BalanceLine, at: Comparing) -> None:
    """Money that no promise asked for is in the books from the first day, apart from gifts, until staff decide."""
    fee = Money(line.fee_minor, line.currency) if line.fee_minor else None
    with transaction.atomic():
        at.books.unapplied(remote_hash(line.source), Money(line.amount_minor, line.currency), fee=fee)
        at.report(Kind.UNKNOWN_PAYMENT, line.source, minor=line.amount_minor, currency=line.currency)


def _compare_amount(line: BalanceLine, payment: Payment, at: Comparing) -> None:
    theirs = Money(line.amount_minor, line.currency)
    if theirs.currency != payment.currency:
        _exchange(line, payment.gross, f"settled:{payment.remote_hash}", at)
    elif theirs != payment.gross:
        at.report(
            Kind.AMOUNT,
            line.source,
            payment=str(payment.pk),
            asked=_plain(payment.gross),
            told=_plain(theirs),
        )
    else:
        at.settle(Kind.AMOUNT, line.source)


def _plain(amount: Money) -> str:
    return f"{amount.minor} {amount.currency}"


def _compare_fee(line: BalanceLine, payment: Payment, at: Comparing) -> None:
    """Learns the fee, or reports that it is another than is booked. A line without a fee says nothing."""
    if not line.fee_minor:
        return
    told = Money(line.fee_minor, line.currency)
    booked = Transfer.objects.filter(reference=f"fee:{payment.remote_hash}").first()
    if booked is None:
        with transaction.atomic():
            at.books.fee(payment.remote_hash, told)
            Payment.objects.filter(pk=payment.pk, fee_minor__isnull=True).update(fee_minor=told.minor)
    elif (booked.amount_minor, booked.currency) != (told.minor, told.currency):
        ours = _plain(Money(booked.amount_minor, booked.currency))
        at.report(Kind.FEE, line.source, payment=str(payment.pk), booked=ours, told=_plain(told))
    else:
        at.settle(Kind.FEE, line.source)


def _exchange(line: BalanceLine, ours: Money, already: str, at: Comparing) -> None:
    """Books that the processor moved another currency than the reader's, unless it was booked with the payment."""
    if line.currency != ours.currency and not Transfer.objects.filter(reference=already).exists():
        theirs = Money(line.amount_minor, line.currency)
        with transaction.atomic():
            at.books.exchanged(remote_hash(line.remote_id), ours, theirs)


def _refund(line: BalanceLine, at: Comparing) -> None:
    _follow_refund(line, f"refund:{remote_hash(line.source)}", at)


def _refund_failed(line: BalanceLine, at: Comparing) -> None:
    _follow_refund(line, f"refund_failed:{remote_hash(line.source)}", at)


def _follow_refund(line: BalanceLine, reference: str, at: Comparing) -> None:
    if not Transfer.objects.filter(reference=reference).exists():
        fact = at.processor.look_up_refund(line.source)
        _heard(apply_refund(at.account, fact, at.now))
    _settle_or_show(line, reference, Kind.REFUND, at)


def _dispute(line: BalanceLine, at: Comparing) -> None:
    _follow_dispute(line, f"dispute:{remote_hash(line.source)}:opened", at)


def _dispute_returned(line: BalanceLine, at: Comparing) -> None:
    _follow_dispute(line, f"dispute:{remote_hash(line.source)}:won", at)


def _follow_dispute(line: BalanceLine, reference: str, at: Comparing) -> None:
    if not Transfer.objects.filter(reference=reference).exists():
        fact = at.processor.look_up_dispute(line.source)
        _heard(apply_dispute(at.account, fact, at.now))
    _settle_or_show(line, reference, Kind.DISPUTE, at)


def _heard(told: Told) -> None:
    if told == Told.LATER:
        raise NotYet


def _settle_or_show(line: BalanceLine, reference: str, kind: Kind, at: Comparing) -> None:
    """After fetching: the transfer is booked with the line's amount, or staff see what the line says."""
    booked = Transfer.objects.filter(reference=reference).first()
    if booked is None:
        at.report(kind, line.source, minor=line.amount_minor, currency=line.currency)
        return
    sign = 1 if line.amount_minor > 0 else -1
    ours = Money(sign * booked.amount_minor, booked.currency)
    if ours.currency != line.currency:
        _exchange(line, ours, f"exchanged:{remote_hash(line.remote_id)}:ours", at)
    elif ours.minor != line.amount_minor:
        at.report(kind, line.source, booked=_plain(ours), minor=line.amount_minor, currency=line.currency)
        return
    at.settle(kind, line.source)


def _payout(line: BalanceLine, at: Comparing) -> None:
    _heard(apply_payout(at.account, at.processor.look_up_payout(line.source), at.now))


def _fee(line: BalanceLine, at: Comparing) -> None:
    """The fee of a payment, learned after it, or a fee of the account."""
    payment = payment_of(at.account, line.source)
    taken = Money(-moved(line).minor, line.currency)
    with transaction.atomic():
        unknown = payment and not Transfer.objects.filter(reference=f"fee:{payment.remote_hash}").exists()
        if payment and unknown and taken.minor > 0:
            at.books.fee(payment.remote_hash, taken)
            Payment.objects.filter(pk=payment.pk).update(fee_minor=taken.minor)
        elif payment is None or not _same_fee(payment, taken):
            at.books.account_fee(remote_hash(line.remote_id), taken)


def _same_fee(payment: Payment, taken: Money) -> bool:
    rows = Transfer.objects.filter(reference=f"fee:{payment.remote_hash}")
    return rows.filter(amount_minor=taken.minor, currency=taken.currency).exists()


def _adjustment(line: BalanceLine, at: Comparing) -> None:
    """Only a person can say what this was. It is booked when somebody has."""
    hashed = remote_hash(line.remote_id)
    said = (f"account_fee:{hashed}", f"reserve:{hashed}:held", f"reserve:{hashed}:released")
    if not Transfer.objects.filter(reference__in=said).exists():
        amount = moved(line)
        at.report(Kind.UNKNOWN_LINE, line.remote_id, minor=amount.minor, currency=amount.currency)


_KINDS: dict[LineKind, Callable[[BalanceLine, Comparing], None]] = {
    LineKind.CHARGE: _charge,
    LineKind.REFUND: _refund,
    LineKind.REFUND_FAILED: _refund_failed,
    LineKind.DISPUTE: _dispute,
    LineKind.DISPUTE_RETURNED: _dispute_returned,
    LineKind.PAYOUT: _payout,
    LineKind.PAYOUT_FAILED: _payout,
    LineKind.FEE: _fee,
    LineKind.ADJUSTMENT: _adjustment,
}
