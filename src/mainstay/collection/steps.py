"""The two steps of one attempt: prepare (no money), then execute, with a commit around each call.

    tx A     attempt row, policy checked           commit        `open_attempt`
    prepare  remote object WITHOUT money
    tx B     remote id stored, attempt = prepared  commit
             attempt = sent, if it still may be    commit        a stop, a pause or another card counts until here
    execute  the call that moves money
    tx C     outcome                               one commit    `outcome.apply`

Each step can be taken again after a crash: the state says where to go on. No call is made inside a transaction.
"""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from mainstay.contributions.actions import locked, set_installment
from mainstay.contributions.models import Attempt, Contribution, Installment
from mainstay.contributions.port import Order, Outcome, Processor, RemoteFact, Source
from mainstay.contributions.states import ATTEMPT, OPEN_ATTEMPT, AttemptState, InstallmentState, step
from mainstay.core.errors import MainstayError
from mainstay.core.frequency import Frequency
from mainstay.core.money import Money
from mainstay.core.search import Search, given_id

from .outcome import apply
from .watch import unless_refused

CRASHED_AFTER_SECONDS = 150
SourceNow = Callable[[Contribution], Source | None]
"""Where the money comes from, asked with the contribution locked; `None` when nothing may be collected any more."""


class TakenOver(MainstayError):
    """This process stood still for so long that another one went on with its attempt."""

    def __init__(self) -> None:
        super().__init__("Another worker has gone on with this payment meanwhile. It is left to that one.")


def open_attempt(installment: Installment, *, reader_present: bool, now: datetime) -> Attempt | None:
    """tx A, inside the caller's transaction and with the installment locked. `None` when one is open already.

    The installment falls due again after a while, so that a crash is found and resolved.
    """
    before = _states.columns(installment=installment.pk)
    if any(state in OPEN_ATTEMPT for (state,) in before):
        return None
    set_installment(installment, InstallmentState.COLLECTING)
    installment.next_action_at = now + timedelta(seconds=CRASHED_AFTER_SECONDS)
    installment.next_try_on = None
    installment.save()
    number = len(before) + 1
    return Attempt.objects.create(
        installment=installment,
        number=number,
        key=f"v1:{installment.reference}:{number}",
        amount_minor=installment.amount_minor,
        currency=installment.currency,
        reader_present=reader_present,
        opened_on=installment.contribution.newsroom.today(now),
    )


@Search
def _states() -> QuerySet[Attempt, tuple[str]]:
    return Attempt.objects.filter(installment=given_id("installment")).values_list("state")


def carry_out(
    attempt: Attempt, processor: Processor, source_now: SourceNow, return_url: str, now: datetime
) -> Attempt:
    """Goes on from where the attempt is: prepares, stores the id, marks it sent, executes, applies the outcome.

    Where another process has taken the attempt over meanwhile, nothing more is done.
    """
    try:
        return _go_on(attempt, processor, source_now, return_url, now)
    except TakenOver:
        return attempt


def _go_on(
    attempt: Attempt, processor: Processor, source_now: SourceNow, return_url: str, now: datetime
) -> Attempt:
    account = attempt.installment.contribution.account
    not_done, rests = RemoteFact(Outcome.NOT_EXECUTED), not attempt.reader_present
    if attempt.state == AttemptState.CREATED:
        call = partial(_prepare, attempt.installment, processor)
        prepared = unless_refused(account, call, not_done, now, rests=rests)
        if prepared.outcome != Outcome.EXECUTABLE or not prepared.remote_id:
            return apply(attempt, _without_money(prepared), now)
        _store(attempt, prepared.remote_id)
    remote_id = attempt.installment.remote_id
    source = _mark_sent(attempt, source_now)
    if source is None:
        call = partial(_cancelled, attempt.installment, processor)
        return apply(attempt, unless_refused(account, call, not_done, now, rests=rests), now)
    call = partial(processor.execute, remote_id, source, attempt.key, return_url, attempt.reader_present)
    return apply(attempt, unless_refused(account, call, not_done, now, rests=rests), now)


def _prepare(installment: Installment, processor: Processor) -> RemoteFact:
    if installment.remote_id:
        return RemoteFact(Outcome.EXECUTABLE, remote_id=installment.remote_id)
    prepared = processor.prepare(_order(installment), installment.prepare_key)
    if prepared.outcome in (Outcome.DECLINED_SOFT, Outcome.DECLINED_HARD) and prepared.remote_id:
        return RemoteFact(Outcome.EXECUTABLE, remote_id=prepared.remote_id)
    return prepared


def _order(installment: Installment) -> Order:
    row = installment.contribution
    return order_of(row.pk, installment.number, installment.amount, row.frequency, row.code_hash)


def order_of(contribution: uuid.UUID, number: int, amount: Money, frequency: str, hashed: str) -> Order:
    """What the processor is asked for. Its metadata rebuilds a promise that was lost with a backup: no person in it.

    `hashed` is what the database holds of the supporter code.
    """
    return Order(
        amount=amount,
        reference=f"{contribution}:{number}",
        metadata={
            "contribution": str(contribution),
            "number": str(number),
            "frequency": frequency,
            "code": hashed,
        },
        save_method=frequency != Frequency.ONCE and number == 1,
    )


def _without_money(prepared: RemoteFact) -> RemoteFact:
    """Preparing moves no money, so whatever went wrong with it, nothing was carried out."""
    rejected = prepared.outcome == Outcome.REJECTED
    return RemoteFact(
        Outcome.REJECTED if rejected else Outcome.NOT_EXECUTED, decline_code=prepared.decline_code
    )


def _store(attempt: Attempt, remote_id: str) -> None:
    """tx B. Raises `TakenOver`."""
    with transaction.atomic():
        locked(attempt.installment.contribution_id)
        _must_still_be(AttemptState.CREATED, attempt)
        attempt.installment.remote_id = remote_id
        attempt.installment.save(update_fields=["remote_id"])
        attempt.state = step(ATTEMPT, "attempt", attempt.state, AttemptState.PREPARED)
        attempt.save(update_fields=["state"])


def _mark_sent(attempt: Attempt, source_now: SourceNow) -> Source | None:
    """The last moment at which a stop counts. `None` when nothing may be collected any more; then nothing was sent.

    Raises `TakenOver`.
    """
    with transaction.atomic():
        row = locked(attempt.installment.contribution_id)
        _must_still_be(AttemptState.PREPARED, attempt)
        source = source_now(row)
        if source is not None:
            attempt.state = step(ATTEMPT, "attempt", attempt.state, AttemptState.SENT)
            attempt.save(update_fields=["state"])
    return source


def _must_still_be(state: AttemptState, attempt: Attempt) -> None:
    """Asked with the contribution locked, as all who move an attempt lock it."""
    attempt.state = _state_now.value(attempt=attempt.pk)
    if attempt.state != state:
        raise TakenOver


@Search
def _state_now() -> QuerySet[Attempt, tuple[str]]:
    return Attempt.objects.filter(pk=given_id("attempt")).values_list("state")


def _cancelled(installment: Installment, processor: Processor) -> RemoteFact:
    """The remote object of a try that was taken back, closed for good. Nothing had been sent: no money moved by us."""
    fact = processor.cancel(installment.remote_id, f"{installment.prepare_key}:cancel")
    closed = fact.outcome in (Outcome.CANCELLED, Outcome.SUCCEEDED)
    return fact if closed else RemoteFact(Outcome.NOT_EXECUTED)


def ask_processor(attempt: Attempt, processor: Processor, now: datetime) -> Attempt:
    """Looks the remote object up and applies what is true."""
    attempt.look_ups += 1
    Attempt.objects.filter(pk=attempt.pk).update(look_ups=attempt.look_ups)
    if attempt.state in (AttemptState.CREATED, AttemptState.PREPARED):
        return apply(attempt, RemoteFact(Outcome.NOT_EXECUTED), now)
    account = attempt.installment.contribution.account
    call = partial(processor.look_up, attempt.installment.remote_id)
    fact = unless_refused(account, call, RemoteFact(Outcome.UNKNOWN), now, rests=not attempt.reader_present)
    return apply(attempt, fact, now)
