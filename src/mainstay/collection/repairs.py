"""What staff can do about a difference. Each repair is for the kinds that it fits; each is written into the log."""

import uuid
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from mainstay.audit import log
from mainstay.contributions.actions import locked, resume, stop
from mainstay.contributions.models import Attempt
from mainstay.contributions.states import OPEN_ATTEMPT
from mainstay.core.errors import MainstayError
from mainstay.core.money import Money
from mainstay.ledger.events import Books
from mainstay.ledger.models import Transfer

from . import differences
from .models import Difference, Payment
from .reconcile import ask_for_check

Kind = Difference.Kind


class Repair(StrEnum):
    """What can be done."""

    ASK_AGAIN = "ask_again"
    FROM_THE_BEGINNING = "from_the_beginning"
    IS_A_GIFT = "is_a_gift"
    IS_A_FEE = "is_a_fee"
    IS_A_RESERVE = "is_a_reserve"
    THEIR_FEE = "their_fee"
    AS_IT_ARRIVED = "as_it_arrived"
    TAKE_OUT = "take_out"
    GO_ON = "go_on"
    STOP = "stop"
    ACCEPT = "accept"


class NotThisRepair(MainstayError):
    """The difference has changed meanwhile, or this repair is for another kind."""

    def __init__(self) -> None:
        super().__init__("This can't be done about this difference any more. Nothing was changed.")


OFFERED: dict[Kind, tuple[Repair, ...]] = {
    Kind.AMOUNT: (Repair.AS_IT_ARRIVED, Repair.ACCEPT),
    Kind.FEE: (Repair.THEIR_FEE, Repair.ACCEPT),
    Kind.UNKNOWN_PAYMENT: (Repair.IS_A_GIFT, Repair.ACCEPT),
    Kind.UNKNOWN_OBJECT: (Repair.ASK_AGAIN, Repair.ACCEPT),
    Kind.UNKNOWN_LINE: (Repair.IS_A_FEE, Repair.IS_A_RESERVE, Repair.ACCEPT),
    Kind.MISSING_THERE: (Repair.ASK_AGAIN, Repair.TAKE_OUT, Repair.ACCEPT),
    Kind.MISSING_PROMISE: (Repair.GO_ON, Repair.STOP),
    Kind.REFUND: (Repair.FROM_THE_BEGINNING, Repair.ACCEPT),
    Kind.DISPUTE: (Repair.FROM_THE_BEGINNING, Repair.ACCEPT),
    Kind.BALANCE: (Repair.FROM_THE_BEGINNING, Repair.ACCEPT),
    Kind.UNRESOLVED: (Repair.ASK_AGAIN,),
    Kind.LATE: (Repair.ACCEPT,),
    Kind.WRONG_ACCOUNT: (Repair.ACCEPT,),
}


def carry_out(difference: Difference, repair: Repair, *, actor: str, now: datetime) -> None:
    """Does one repair, in one commit. Raises `NotThisRepair`, and what the promise's own actions raise."""
    with transaction.atomic():
        row = Difference.objects.select_for_update().get(pk=difference.pk)
        if row.state != Difference.State.OPEN or repair not in OFFERED[Kind(row.kind)]:
            raise NotThisRepair
        _DO[repair](row, actor, now)
        newsroom = row.account.newsroom
        log.record(
            f"difference.{repair.value}",
            actor=actor,
            day=newsroom.today(now),
            newsroom_id=newsroom.pk,
            subject=str(row.pk),
            detail={"kind": row.kind},
        )


def _ask_again(row: Difference, actor: str, now: datetime) -> None:
    """The worker looks at it again in its next pass."""
    contribution = row.detail.get("contribution")
    if row.kind == Kind.UNRESOLVED and contribution:
        for attempt in _open_attempts(contribution):
            installment = attempt.installment
            installment.next_action_at = now
            installment.save(update_fields=["next_action_at"])
    ask_for_check(row.account, now)


def _from_the_beginning(row: Difference, actor: str, now: datetime) -> None:
    ask_for_check(row.account, now, from_the_beginning=True)


def _is_a_gift(row: Difference, actor: str, now: datetime) -> None:
    """Money that waited becomes income."""
    waiting = Transfer.objects.filter(reference=f"unapplied:{row.object_hash}").first()
    if waiting is None:
        raise NotThisRepair
    _books(row, now).applied(row.object_hash, Money(waiting.amount_minor, waiting.currency), campaign="")
    _accept(row, actor, now)


def _is_a_fee(row: Difference, actor: str, now: datetime) -> None:
    """A line that the company took is its fee; one that it gave is a fee that came back."""
    _books(row, now).account_fee(row.object_hash, Money(-row.detail["minor"], row.detail["currency"]))
    _settle(row, now)


def _is_a_reserve(row: Difference, actor: str, now: datetime) -> None:
    """A line that the company took was set aside; one that it gave had been set aside before."""
    minor, books = row.detail["minor"], _books(row, now)
    book = books.reserve_held if minor < 0 else books.reserve_released
    book(row.object_hash, Money(abs(minor), row.detail["currency"]))
    _settle(row, now)


def _their_fee(row: Difference, actor: str, now: datetime) -> None:
    """The fee that was booked is turned round, and the one that the company took is booked."""
    books, told = _books(row, now), _money(row.detail["told"])
    books.correct(f"fee:{row.object_hash}")
    books.account_fee(row.object_hash, told)
    payment = Payment.objects.select_for_update().get(account=row.account, remote_hash=row.object_hash)
    payment.fee_minor = told.minor
    payment.save(update_fields=["fee_minor"])
    _accept(row, actor, now)


def _as_it_arrived(row: Difference, actor: str, now: datetime) -> None:
    """The installment becomes what arrived; the worker then looks it up and books it like any other."""
    attempts = _open_attempts(row.detail.get("contribution"))
    if len(attempts) != 1:
        raise NotThisRepair
    attempt, told = attempts[0], _money(row.detail["told"])
    installment = attempt.installment
    for thing in (attempt, installment):
        thing.amount_minor, thing.currency = told.minor, told.currency
    installment.next_action_at = now
    attempt.save(update_fields=["amount_minor", "currency"])
    installment.save(update_fields=["amount_minor", "currency", "next_action_at"])
    _settle(row, now)


def _take_out(row: Difference, actor: str, now: datetime) -> None:
    """A payment that the company never had: its transfers are turned round, and the row goes."""
    payment = Payment.objects.select_for_update().get(account=row.account, remote_hash=row.object_hash)
    if payment.refunds.exists() or payment.disputes.exists():
        raise NotThisRepair
    for event in ("charge", "settled", "fee"):
        reference = f"{event}:{payment.remote_hash}"
        if Transfer.objects.filter(reference=reference).exists():
            _books(row, now).correct(reference)
    payment.delete()
    _settle(row, now)


def _go_on(row: Difference, actor: str, now: datetime) -> None:
    resume(locked(uuid.UUID(row.detail["contribution"])), actor=actor, day=row.account.newsroom.today(now))
    _settle(row, now)


def _stop(row: Difference, actor: str, now: datetime) -> None:
    today = row.account.newsroom.today(now)
    stop(locked(uuid.UUID(row.detail["contribution"])), why="desk", actor=actor, day=today)
    _settle(row, now)


def _accept(row: Difference, actor: str, now: datetime) -> None:
    differences.accept(row, day=row.account.newsroom.today(now))


def _settle(row: Difference, now: datetime) -> None:
    row.state, row.settled_on = Difference.State.SETTLED, row.account.newsroom.today(now)
    row.save(update_fields=["state", "settled_on"])


def _open_attempts(contribution: str | None) -> list[Attempt]:
    if contribution is None:
        return []
    rows = Attempt.objects.select_related("installment").select_for_update(of=("self",))
    return list(rows.filter(installment__contribution=uuid.UUID(contribution), state__in=OPEN_ATTEMPT))


def _books(row: Difference, now: datetime) -> Books:
    return Books(row.account.newsroom, row.account_id, row.account.newsroom.today(now))


def _money(written: str) -> Money:
    minor, _, currency = written.partition(" ")
    return Money(int(minor), currency)


_DO: dict[Repair, Callable[[Difference, str, datetime], None]] = {
    Repair.ASK_AGAIN: _ask_again,
    Repair.FROM_THE_BEGINNING: _from_the_beginning,
    Repair.IS_A_GIFT: _is_a_gift,
    Repair.IS_A_FEE: _is_a_fee,
    Repair.IS_A_RESERVE: _is_a_reserve,
    Repair.THEIR_FEE: _their_fee,
    Repair.AS_IT_ARRIVED: _as_it_arrived,
    Repair.TAKE_OUT: _take_out,
    Repair.GO_ON: _go_on,
    Repair.STOP: _stop,
    Repair.ACCEPT: _accept,
}
