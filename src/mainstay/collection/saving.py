"""A card whose bank wants its holder before it is saved: the bank's page, the way back, and a window that was closed.

Nothing is paid by it. Whoever comes back finds the card saved; for those who don't, the worker asks after half an hour.
A card that was given up meanwhile, for another one or with the promise, is forgotten at the processor.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from mainstay.contributions.actions import NotPossible, locked, set_installment, set_method
from mainstay.contributions.models import Contribution, Installment
from mainstay.contributions.moved import change_account
from mainstay.contributions.port import AsksBeforeSaving, Method, MethodFact, Outcome
from mainstay.contributions.retry import STANDARD
from mainstay.contributions.states import ATTEMPT, OPEN_ATTEMPT, AttemptState, InstallmentState, step
from mainstay.core.search import Search
from mainstay.jobs.claims import claim, due, release
from mainstay.newsrooms.models import ProcessorAccount
from mainstay.newsrooms.policy import State
from mainstay.processors.registry import adapter_for

from .checkout import Progress, Step, decide_for, last_day_after_warning
from .models import Detachment, Saving
from .outcome import OPEN_MINUTES
from .sealed import seal_method
from .watch import awake, unless_refused

MOST_TRIES = 35
"""Look-ups come to be daily: whatever can't be learned within a month is given up."""
OVERDUE = (InstallmentState.RETRYING, InstallmentState.ACTION_REQUIRED)
_OPEN = (Outcome.ACTION_REQUIRED, Outcome.UNKNOWN, Outcome.NOT_EXECUTED)


def wait_for_bank(contribution: Contribution, fact: MethodFact, warned: bool, now: datetime) -> Progress:
    """Writes down that the bank wants the card's holder, and leads to its page. An earlier card is given up."""
    with transaction.atomic():
        locked(contribution.pk)
        give_up_others(contribution, now)
        Saving.objects.create(
            contribution=contribution,
            account=contribution.card_account,
            remote_id=fact.remote_id,
            warned=warned,
            next_action_at=now + timedelta(minutes=OPEN_MINUTES),
        )
    return Progress(Step.ACTION, contribution, action_url=fact.action_url)


def give_up_others(contribution: Contribution, now: datetime) -> None:
    """Cards that still wait for their bank are not wanted any more: another one was given."""
    contribution.savings.filter(wanted=True).update(wanted=False, next_action_at=now)


def waits_for_bank(contribution: Contribution) -> bool:
    """Whether a card of this promise waits for its holder."""
    return contribution.savings.filter(wanted=True).exists()


def page_at_bank(contribution: Contribution, now: datetime) -> str:
    """The bank's page for a card that waits, or "" when none waits any more."""
    row = contribution.savings.select_related("account").filter(wanted=True).first()
    return _look_up(row, now, rests=False).action_url if row else ""


def back_from_bank(contribution: Contribution, now: datetime) -> Progress | None:
    """The supporter came back from the bank's page: what became of the card, or `None` when none waited.

    `Step.PAID` means saved, `Step.ACTION` that nothing is known yet.
    """
    row = contribution.savings.select_related("account").filter(wanted=True).first()
    token = claim(Saving, row.pk, now) if row else None
    if row is None or token is None:
        return None
    try:
        fact = _look_up(row, now, rests=False)
        if fact.outcome in _OPEN:
            return Progress(Step.ACTION, contribution)
        saved = _apply(row.pk, fact, now)
    finally:
        release(Saving, row.pk, token)
    return Progress(Step.PAID if saved else Step.DECLINED, contribution, decline=fact.decline_code)


def due_savings(now: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Cards that were left at their bank's page, or given up."""
    return _due.ids(limit, now=now)


@Search
def _due() -> QuerySet[Saving, tuple[uuid.UUID]]:
    return awake(due(Saving.objects.all()))


def resolve(saving_id: uuid.UUID, now: datetime) -> None:
    """Left open for half an hour, or given up: cancelled remotely, unless the card was saved meanwhile."""
    token = claim(Saving, saving_id, now)
    if token is None:
        return
    row = Saving.objects.select_related("account").get(pk=saving_id)
    fact = _look_up(row, now, rests=True)
    processor = adapter_for(row.account)
    if fact.outcome == Outcome.ACTION_REQUIRED and isinstance(processor, AsksBeforeSaving):
        call = partial(processor.cancel_saving, row.remote_id, f"v1:saving:{row.pk}:cancel")
        fact = unless_refused(row.account, call, MethodFact(Outcome.UNKNOWN), now)
    if fact.outcome in _OPEN and row.tries < MOST_TRIES:
        wait = STANDARD.look_up_after(row.tries)
        Saving.objects.filter(pk=row.pk).update(tries=row.tries + 1, next_action_at=now + wait)
    else:
        _apply(saving_id, fact, now)
    release(Saving, saving_id, token)


def _look_up(row: Saving, now: datetime, *, rests: bool) -> MethodFact:
    processor = adapter_for(row.account)
    if not isinstance(processor, AsksBeforeSaving):
        return MethodFact(Outcome.NOT_FOUND)
    call = partial(processor.look_up_saving, row.remote_id)
    return unless_refused(row.account, call, MethodFact(Outcome.UNKNOWN), now, rests=rests)


def _apply(saving_id: uuid.UUID, fact: MethodFact, now: datetime) -> bool:
    """What became of it, in one commit. Returns whether the card is the promise's now."""
    with transaction.atomic():
        row = Saving.objects.select_for_update(of=("self",)).select_related("account").get(pk=saving_id)
        row.delete()
        if fact.outcome != Outcome.SUCCEEDED or fact.method is None:
            return False
        kept = row.wanted and _kept(row, fact.method, now)
        if not kept:
            _forget(row.account, seal_method(row.account.newsroom, fact.method), now)
        return kept


def _kept(row: Saving, method: Method, now: datetime) -> bool:
    """Takes the card, unless its promise has ended or its country came to be refused."""
    contribution = locked(row.contribution_id)
    if decide_for(contribution.newsroom, method.country).state == State.REFUSE:
        return False
    try:
        with transaction.atomic():
            keep(contribution, row.account, method, warned=row.warned, now=now)
    except NotPossible:
        return False
    _try_soon(contribution, now)
    return True


def keep(
    contribution: Contribution, account: ProcessorAccount, method: Method, *, warned: bool, now: datetime
) -> None:
    """From now on that card pays, at that account; the old one is forgotten there. In the caller's transaction.

    Raises `NotPossible` when the promise has ended, or can't move while a payment is under way.
    """
    give_up_others(contribution, now)
    row = locked(contribution.pk)
    if row.method_sealed:
        _forget(row.account, bytes(row.method_sealed), now)
    sealed, today = seal_method(row.newsroom, method), row.newsroom.today(now)
    last = last_day_after_warning(today) if warned else None
    if account != row.account:
        change_account(row, account, sealed, actor="reader", day=today, last=last)
        contribution.account, contribution.moving_to = account, None
    else:
        set_method(row, sealed, actor="reader", day=today, last=last)


def _forget(account: ProcessorAccount, sealed: bytes, now: datetime) -> None:
    Detachment.objects.create(account=account, method_sealed=sealed, next_action_at=now)


def _try_soon(contribution: Contribution, now: datetime) -> None:
    """What is overdue is tried with the new card at the worker's next turn, not with the old one at its bank.

    One that somebody works on just now goes on as it is.
    """
    for installment in contribution.installments.filter(state__in=OVERDUE, number__gt=1):
        if claim(Installment, installment.pk, now) is None:
            continue
        for attempt in installment.attempts.filter(state__in=OPEN_ATTEMPT):
            attempt.state = step(ATTEMPT, "attempt", attempt.state, AttemptState.CANCELLED)
            attempt.save(update_fields=["state"])
        set_installment(installment, InstallmentState.RETRYING)
        installment.next_try_on, installment.next_action_at = contribution.newsroom.today(now), None
        installment.claim_token, installment.claim_until = "", None
        installment.save()
