"""From a processor's fact to our books: attempt, installment, payment, transfers, letter, next date, in one commit.

The same `apply` serves the first payment, renewals, look-ups, the inbox, reconciliation and import. Applying a fact
twice changes nothing, and a try that is over hears of nothing but money. Money always wins: a success that comes late
is booked, whatever we had made of it.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from mainstay.contributions.actions import (
    locked,
    locked_again,
    locked_attempt,
    locked_installment,
    note,
    set_installment,
    set_state,
)
from mainstay.contributions.models import Attempt, Contribution, Installment
from mainstay.contributions.port import Outcome, RemoteFact
from mainstay.contributions.retry import STANDARD, NextTry
from mainstay.contributions.schedule import due_date
from mainstay.contributions.states import (
    ATTEMPT,
    OPEN_ATTEMPT,
    RENEWING,
    AttemptState,
    ContributionState,
    InstallmentState,
    step,
)
from mainstay.core.frequency import Frequency
from mainstay.core.ids import remote_hash
from mainstay.core.money import Money
from mainstay.core.search import Search, given_id, given_text
from mainstay.ledger.events import Books
from mainstay.letters.outbox import queue

from . import differences
from .models import Difference, Payment
from .sealed import seal_method, seal_remote
from .sending import letter_words, sends

_UNPAID_FIRST = (ContributionState.PENDING, ContributionState.ABANDONED)
_UNDONE = (AttemptState.REJECTED, AttemptState.NOT_EXECUTED, AttemptState.CANCELLED, AttemptState.EXPIRED)
OPEN_MINUTES = 30
FOUND_UNDONE_MINUTES = 1


def apply(attempt: Attempt, fact: RemoteFact, now: datetime) -> Attempt:
    """Writes down what the fact means, in one transaction, and returns the attempt as it then is."""
    with transaction.atomic():
        contribution = locked_again(attempt.installment.contribution)
        installment = locked_installment(attempt.installment_id)
        row = _told_of(attempt, fact)
        row.installment, installment.contribution = installment, contribution
        if row.state == AttemptState.SUCCEEDED:
            _compare(contribution, installment, fact, now)
            return row
        if row.state not in OPEN_ATTEMPT and fact.outcome != Outcome.SUCCEEDED:
            return row
        if fact.outcome not in (Outcome.NOT_FOUND, Outcome.UNKNOWN):
            row.missing_since = None
        if fact.outcome == Outcome.SUCCEEDED and not _as_asked(row, fact):
            _quarantine(contribution, row, fact, now)
        else:
            _HANDLERS[fact.outcome](contribution, row, fact, now)
        installment.claim_token, installment.claim_until = "", None
        installment.save()
        contribution.save()
        row.save()
    return row


def _told_of(attempt: Attempt, fact: RemoteFact) -> Attempt:
    """The attempt as the database has it now.

    All tries share one object: money on it that was asked about for a try that is over belongs to the one that is open.
    """
    row = locked_attempt(attempt.pk)
    if fact.outcome != Outcome.SUCCEEDED or row.state in OPEN_ATTEMPT:
        return row
    newer = (*OPEN_ATTEMPT, AttemptState.SUCCEEDED)
    rows = Attempt.objects.select_for_update().filter(installment=row.installment_id, state__in=newer)
    return rows.first() or row


def _as_asked(attempt: Attempt, fact: RemoteFact) -> bool:
    """Money of another amount or currency is never booked as if it were what we asked for."""
    return fact.amount == attempt.amount and bool(fact.charge_id)


def _quarantine(contribution: Contribution, attempt: Attempt, fact: RemoteFact, now: datetime) -> None:
    """Staff must see it; nothing is booked, and the attempt stays open so that nothing is tried beside it."""
    day = _day(contribution, now)
    told = _plain(fact.amount)
    differences.report(
        contribution.account,
        Difference.Kind.AMOUNT,
        fact.charge_id or fact.remote_id,
        day=day,
        contribution=str(contribution.pk),
        asked=_plain(attempt.amount),
        told=told,
    )
    if attempt.state in (AttemptState.SENT, AttemptState.ACTION_REQUIRED, AttemptState.PENDING):
        note(contribution, "amount_differs", actor="worker", day=day, remote=told)
    if attempt.state in OPEN_ATTEMPT:
        _unknown(contribution, attempt, fact, now)


def _plain(amount: Money | None) -> str:
    return f"{amount.minor} {amount.currency}" if amount else ""


def _compare(contribution: Contribution, installment: Installment, fact: RemoteFact, now: datetime) -> None:
    """A success that was applied before: learns its fee, and reports a second charge for the same installment."""
    payment = Payment.objects.filter(installment=installment).first()
    if payment is None or fact.outcome != Outcome.SUCCEEDED or not fact.charge_id:
        return
    if payment.remote_hash == remote_hash(fact.charge_id):
        learn_fee(payment, fact, _day(contribution, now))
        return
    differences.report(
        contribution.account,
        Difference.Kind.UNKNOWN_PAYMENT,
        fact.charge_id,
        day=_day(contribution, now),
        contribution=str(contribution.pk),
        told=_plain(fact.amount),
    )


def learn_fee(payment: Payment, fact: RemoteFact, day: date) -> None:
    """Books the processor's fee when it is told after the payment. Inside the caller's transaction."""
    if payment.fee_minor is not None or fact.fee is None:
        return
    payment.fee_minor = fact.fee.minor
    payment.save(update_fields=["fee_minor"])
    Books(payment.newsroom, payment.account_id, day).fee(payment.remote_hash, fact.fee)


def _succeeded(contribution: Contribution, attempt: Attempt, fact: RemoteFact, now: datetime) -> None:
    day, installment = _day(contribution, now), attempt.installment
    _note_if_late(contribution, attempt, fact, day)
    _move(attempt, AttemptState.SUCCEEDED)
    set_installment(installment, InstallmentState.PAID)
    installment.next_action_at = installment.next_try_on = None
    first = contribution.state in _UNPAID_FIRST
    payment = _book(contribution, attempt, fact, day)
    installment.remote_id = ""
    if fact.method and contribution.frequency != Frequency.ONCE and (first or not contribution.method_sealed):
        contribution.method_sealed = seal_method(contribution.newsroom, fact.method)
    if first:
        _begin(contribution, day)
    elif contribution.state == ContributionState.FAILING:
        set_state(contribution, ContributionState.ACTIVE)
    note(contribution, "paid", actor="worker", day=day, minor=payment.gross_minor, currency=payment.currency)
    _receipt(contribution, payment, now)


def _note_if_late(contribution: Contribution, attempt: Attempt, fact: RemoteFact, day: date) -> None:
    """Money that comes after its installment was given up is booked, and shown to staff as what it is."""
    before = attempt.installment.state
    if before not in (InstallmentState.SKIPPED, InstallmentState.UNCOLLECTIBLE):
        return
    note(contribution, "paid_late", actor="worker", day=day, before=before)
    differences.report(
        contribution.account,
        Difference.Kind.LATE,
        fact.charge_id,
        day=day,
        contribution=str(contribution.pk),
        told=_plain(fact.amount),
    )


def _begin(contribution: Contribution, day: date) -> None:
    """The first payment arrived: the promise begins on that day."""
    if contribution.frequency == Frequency.ONCE:
        set_state(contribution, ContributionState.COMPLETED)
        contribution.ended_on = day
        return
    set_state(contribution, ContributionState.ACTIVE)
    contribution.anchor, contribution.anchor_number, contribution.next_number = day, 1, 2
    contribution.next_due_date = due_date(day, 1, contribution.frequency)


def _book(contribution: Contribution, attempt: Attempt, fact: RemoteFact, day: date) -> Payment:
    account, newsroom, installment = contribution.account, contribution.newsroom, attempt.installment
    hashed = remote_hash(fact.charge_id)
    gross = attempt.amount
    payment = _booked.first(account=account.pk, hashed=hashed) or Payment.objects.create(
        account=account,
        remote_hash=hashed,
        newsroom=newsroom,
        contribution=contribution,
        installment=installment,
        object_hash=remote_hash(fact.remote_id),
        remote_sealed=seal_remote(newsroom, fact.remote_id, fact.charge_id),
        gross_minor=gross.minor,
        fee_minor=fact.fee.minor if fact.fee else None,
        currency=gross.currency,
        frequency=contribution.frequency,
        campaign=contribution.label_campaign,
        first=installment.number == 1,
        day=day,
    )
    Books(newsroom, account.pk, day).charge(
        hashed, gross, campaign=contribution.label_campaign, fee=fact.fee, settled=fact.settled
    )
    return payment


@Search
def _booked() -> QuerySet[Payment]:
    return Payment.objects.filter(account=given_id("account"), remote_hash=given_text("hashed"))


def _receipt(contribution: Contribution, payment: Payment, now: datetime) -> None:
    following = contribution.next_due_date
    _letter(
        contribution,
        "receipt",
        f"receipt:{payment.pk}",
        now,
        amount_minor=payment.gross_minor,
        currency=payment.currency,
        day=payment.day.isoformat(),
        frequency=contribution.frequency,
        next_day=following.isoformat() if following else None,
        newsroom_legal=contribution.newsroom.legal_name,
        receipt_number=str(payment.pk),
    )


def _letter(contribution: Contribution, kind: str, dedupe_key: str, now: datetime, **payload: object) -> None:
    """Queues a letter, if the supporter gave an address."""
    if contribution.mail_sealed:
        queue(
            kind=kind,
            newsroom=contribution.newsroom,
            language=contribution.language,
            dedupe_key=dedupe_key,
            recipient_sealed=bytes(contribution.mail_sealed),
            payload=payload,
            day=_day(contribution, now),
            now=now,
        )


def _declined(
    contribution: Contribution, attempt: Attempt, fact: RemoteFact, now: datetime, *, hard: bool
) -> None:
    installment = attempt.installment
    _move(attempt, AttemptState.DECLINED)
    attempt.decline_code = fact.decline_code
    set_installment(installment, InstallmentState.RETRYING)
    installment.next_action_at = installment.next_try_on = None
    note(contribution, "declined", actor="worker", day=_day(contribution, now), code=fact.decline_code)
    if contribution.state in _UNPAID_FIRST:
        return
    if contribution.state not in RENEWING:
        set_installment(installment, InstallmentState.SKIPPED)
        return
    if not hard:
        installment.tries += 1
    if hard:
        following = STANDARD.after_hard_decline()
    else:
        today = _day(contribution, now)
        following = STANDARD.after_soft_decline(installment.due_date, installment.tries, today)
    installment.next_try_on = following.day
    _failing(contribution, attempt, following, now)


def _failing(contribution: Contribution, attempt: Attempt, following: NextTry, now: datetime) -> None:
    """A supporter who is on the page just now reads it there, not in a letter."""
    installment, day = attempt.installment, _day(contribution, now)
    if contribution.state == ContributionState.ACTIVE:
        set_state(contribution, ContributionState.FAILING)
        note(contribution, "failing", actor="worker", day=day)
    if following.tell and not attempt.reader_present:
        _letter(
            contribution,
            "payment_failed",
            f"failed:{attempt.pk}",
            now,
            amount_minor=installment.amount_minor,
            currency=installment.currency,
            due=installment.due_date.isoformat(),
            next_try=following.day.isoformat() if following.day else None,
        )


def _action_required(contribution: Contribution, attempt: Attempt, fact: RemoteFact, now: datetime) -> None:
    installment, day = attempt.installment, _day(contribution, now)
    news = attempt.state != AttemptState.ACTION_REQUIRED
    _move(attempt, AttemptState.ACTION_REQUIRED)
    set_installment(installment, InstallmentState.ACTION_REQUIRED)
    if attempt.reader_present:
        if news:
            installment.next_action_at = now + timedelta(minutes=OPEN_MINUTES)
        elif installment.next_action_at is None or installment.next_action_at <= now:
            installment.next_action_at = now + STANDARD.look_up_after(attempt.look_ups)
        return
    installment.next_action_at = now + STANDARD.look_up_after(attempt.look_ups)
    if sends(contribution):
        _ask_to_send(contribution, attempt, fact, now)
        return
    if contribution.state == ContributionState.ACTIVE:
        set_state(contribution, ContributionState.FAILING)
    if news and contribution.state in RENEWING:
        note(contribution, "authentication_needed", actor="worker", day=day)
        _letter(
            contribution,
            "authentication_needed",
            f"authenticate:{attempt.pk}",
            now,
            amount_minor=installment.amount_minor,
            currency=installment.currency,
            due=installment.due_date.isoformat(),
        )


def _ask_to_send(contribution: Contribution, attempt: Attempt, fact: RemoteFact, now: datetime) -> None:
    """A gift that its reader sends is due: one letter says how. Until it comes, nothing has failed."""
    if contribution.state in RENEWING:
        _letter(
            contribution,
            "please_send",
            f"send:{attempt.installment_id}",
            now,
            amount_minor=attempt.amount_minor,
            currency=attempt.currency,
            due=attempt.installment.due_date.isoformat(),
            frequency=contribution.frequency,
            **letter_words(fact),
        )


def _unknown(contribution: Contribution, attempt: Attempt, fact: RemoteFact, now: datetime) -> None:
    if attempt.state in (AttemptState.SENT, AttemptState.ACTION_REQUIRED):
        _move(attempt, AttemptState.UNKNOWN)
        note(contribution, "unknown", actor="worker", day=_day(contribution, now))
    if attempt.state == AttemptState.UNKNOWN:
        set_installment(attempt.installment, InstallmentState.UNKNOWN)
    attempt.installment.next_action_at = now + STANDARD.look_up_after(attempt.look_ups)


def _pending(contribution: Contribution, attempt: Attempt, fact: RemoteFact, now: datetime) -> None:
    """The bank has it under way, as with a direct debit: nothing is booked before the money is there."""
    if attempt.state != AttemptState.PENDING:
        note(contribution, "pending", actor="worker", day=_day(contribution, now))
    _move(attempt, AttemptState.PENDING)
    set_installment(attempt.installment, InstallmentState.PENDING)
    attempt.installment.next_action_at = now + STANDARD.look_up_after(max(attempt.look_ups, 3))


def _not_done(
    contribution: Contribution, attempt: Attempt, fact: RemoteFact, now: datetime, *, after: AttemptState
) -> None:
    """Nothing happened at the bank, and it is not the reader's doing: no letter, no try counted."""
    installment = attempt.installment
    _move(attempt, after)
    attempt.decline_code = fact.decline_code
    again = contribution.state in (*RENEWING, *_UNPAID_FIRST)
    set_installment(installment, InstallmentState.RETRYING if again else InstallmentState.SKIPPED)
    waits = contribution.state in RENEWING
    installment.next_action_at = now + _wait_after_undone(attempt, fact) if waits else None
    if fact.outcome in (Outcome.CANCELLED, Outcome.NOT_FOUND):
        installment.remote_id = ""
        installment.remote_generation += 1
    if fact.outcome == Outcome.CANCELLED and waits and sends(contribution):
        _not_sent(contribution, installment, now)


def _not_found(contribution: Contribution, attempt: Attempt, fact: RemoteFact, now: datetime) -> None:
    """The company has no such object. Told by the call itself, it moved nothing; told by a look-up, it may have."""
    today = _day(contribution, now)
    asked = attempt.state != AttemptState.SENT or attempt.look_ups
    attempt.missing_since = attempt.missing_since or today
    if not asked or STANDARD.is_gone(attempt.missing_since, today):
        _not_done(contribution, attempt, fact, now, after=AttemptState.EXPIRED)
        return
    if attempt.state == AttemptState.PENDING:
        _move(attempt, AttemptState.UNKNOWN)
    _unknown(contribution, attempt, fact, now)


def _wait_after_undone(attempt: Attempt, fact: RemoteFact) -> timedelta:
    """When a look-up finds the first try undone, a worker was killed before it called: no company has to recover."""
    if fact.outcome == Outcome.EXECUTABLE and attempt.number == 1:
        return timedelta(minutes=FOUND_UNDONE_MINUTES)
    undone = attempt.installment.attempts.filter(state__in=_UNDONE).exclude(pk=attempt.pk)
    return STANDARD.undone_after(undone.count() + 1)


def _not_sent(contribution: Contribution, installment: Installment, now: datetime) -> None:
    """The reader did not send it. That is nothing to be asked about again; after two in a row the promise ends."""
    day, due = _day(contribution, now), installment.due_date.isoformat()
    set_installment(installment, InstallmentState.SKIPPED)
    installment.next_action_at = None
    note(contribution, "skipped", actor="worker", day=day, due=due)
    before = contribution.installments.filter(number=installment.number - 1, state=InstallmentState.SKIPPED)
    if not before.exists():
        return
    set_state(contribution, ContributionState.CANCELLED)
    contribution.next_due_date, contribution.ended_on, contribution.ended_why = None, day, "not_sent"
    note(contribution, "stopped", actor="worker", day=day, why="not_sent")
    _letter(
        contribution,
        "ended",
        f"ended:{contribution.pk}:{day}",
        now,
        amount_minor=contribution.amount_minor,
        currency=contribution.currency,
        frequency=contribution.frequency,
        day=day.isoformat(),
        why="not_sent",
    )


def abandon_if_over(attempt: Attempt) -> None:
    """A first payment that came to nothing leaves a checkout that the reader may take up again, or not."""
    with transaction.atomic():
        row = locked(attempt.installment.contribution_id)
        still = Attempt.objects.filter(installment=attempt.installment_id, state__in=OPEN_ATTEMPT).exists()
        over = attempt.state not in OPEN_ATTEMPT and attempt.state != AttemptState.SUCCEEDED
        if row.state == ContributionState.PENDING and over and not still:
            set_state(row, ContributionState.ABANDONED)
            row.save()


def _move(attempt: Attempt, after: AttemptState) -> None:
    attempt.state = step(ATTEMPT, "attempt", attempt.state, after)


def _day(contribution: Contribution, now: datetime) -> date:
    return contribution.newsroom.today(now)


_HANDLERS: dict[Outcome, Callable[[Contribution, Attempt, RemoteFact, datetime], None]] = {
    Outcome.SUCCEEDED: _succeeded,
    Outcome.PENDING: _pending,
    Outcome.ACTION_REQUIRED: _action_required,
    Outcome.DECLINED_SOFT: partial(_declined, hard=False),
    Outcome.DECLINED_HARD: partial(_declined, hard=True),
    Outcome.REJECTED: partial(_not_done, after=AttemptState.REJECTED),
    Outcome.NOT_EXECUTED: partial(_not_done, after=AttemptState.NOT_EXECUTED),
    Outcome.EXECUTABLE: partial(_not_done, after=AttemptState.NOT_EXECUTED),
    Outcome.NOT_FOUND: _not_found,
    Outcome.CANCELLED: partial(_not_done, after=AttemptState.CANCELLED),
    Outcome.UNKNOWN: _unknown,
}
