"""A supporter gives another card, or confirms a renewal with their bank. Both in the web process.

A payment that is overdue is then collected at once with the new card, while its supporter is there: on the same
installment and the same remote object, so that paying by hand and a retry can never be two charges.
"""

from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import transaction

from mainstay.contributions.actions import locked, locked_installment
from mainstay.contributions.models import Attempt, Contribution, Installment
from mainstay.contributions.moved import is_under_way
from mainstay.contributions.port import Method, MethodFact, Outcome, Source
from mainstay.contributions.states import (
    ATTEMPT,
    OPEN_ATTEMPT,
    RENEWING,
    AttemptState,
    ContributionState,
    InstallmentState,
    step,
)
from mainstay.core.ids import digest
from mainstay.jobs.claims import claim, release
from mainstay.processors.registry import adapter_for

from .checkout import Progress, Step, country_step
from .models import Payment
from .run import bank_return_url
from .saving import OVERDUE, keep, wait_for_bank
from .steps import ask_processor, carry_out, open_attempt
from .watch import unless_refused

_STOPPED = (ContributionState.CANCELLED, ContributionState.PAUSED)


def replace_card(contribution: Contribution, token: str, now: datetime, warned: str = "") -> Progress:
    """Saves another card, and pays with it what is overdue. The country is decided first, as at checkout.

    `Step.PAID` means saved. `payment` is then what was overdue and is paid now, `decline` why it was declined again,
    `action_url` the bank's page where its supporter is wanted first. `Step.ACTION`: the bank wants them before it lets
    the card be saved.
    """
    processor = adapter_for(contribution.card_account)
    if contribution.moving_to and is_under_way(contribution):
        return Progress(Step.TROUBLE, contribution)
    stopped = country_step(contribution.newsroom, processor, token, warned)
    if stopped is not None:
        return stopped
    key = f"v1:{contribution.pk}:card:{digest(token, 'token')[:16]}"
    call = partial(processor.save_method, token, key, bank_return_url(settings.PUBLIC_URL, contribution))
    fact = unless_refused(contribution.card_account, call, MethodFact(Outcome.NOT_EXECUTED), now, rests=False)
    if fact.outcome == Outcome.ACTION_REQUIRED and fact.action_url:
        return wait_for_bank(contribution, fact, bool(warned), now)
    if fact.outcome != Outcome.SUCCEEDED or fact.method is None:
        unclear = fact.outcome in (Outcome.UNKNOWN, Outcome.NOT_EXECUTED)
        return Progress(Step.TROUBLE if unclear else Step.DECLINED, contribution, decline=fact.decline_code)
    with transaction.atomic():
        keep(contribution, contribution.card_account, fact.method, warned=bool(warned), now=now)
    return _pay_overdue(contribution, fact.method, now)


def _pay_overdue(contribution: Contribution, method: Method, now: datetime) -> Progress:
    saved = Progress(Step.PAID, contribution)
    waiting = contribution.installments.filter(state__in=OVERDUE, number__gt=1).order_by("-number").first()
    token = claim(Installment, waiting.pk, now) if waiting else None
    if waiting is None or token is None:
        return saved
    try:
        attempt = _open_overdue(contribution, waiting, now)
        if attempt is None:
            return saved
        return_url = bank_return_url(settings.PUBLIC_URL, contribution)
        processor = adapter_for(contribution.account)
        attempt = carry_out(attempt, processor, lambda row: _if_renewing(row, method), return_url, now)
    finally:
        release(Installment, waiting.pk, token)
    payment = Payment.objects.filter(installment=waiting).first()
    action_url = confirm_url(contribution, now) if attempt.state == AttemptState.ACTION_REQUIRED else ""
    return Progress(Step.PAID, contribution, payment, attempt.decline_code, action_url)


def _open_overdue(contribution: Contribution, installment: Installment, now: datetime) -> Attempt | None:
    """The next attempt on an overdue installment. One that waits for the bank is asked about first, then closed.

    `None` when it is paid or under way already.
    """
    waiting = waiting_for_bank(contribution)
    if waiting is not None and waiting.installment_id == installment.pk:
        ask_processor(waiting, adapter_for(contribution.account), now)
    with transaction.atomic():
        row = locked(contribution.pk)
        installment = locked_installment(installment.pk)
        installment.contribution = row
        if row.state not in RENEWING or installment.state not in OVERDUE:
            return None
        for attempt in installment.attempts.filter(state=AttemptState.ACTION_REQUIRED):
            attempt.state = step(ATTEMPT, "attempt", attempt.state, AttemptState.CANCELLED)
            attempt.save(update_fields=["state"])
        return open_attempt(installment, reader_present=True, now=now)


def _if_renewing(row: Contribution, method: Method) -> Source | None:
    return Source(method=method) if row.state in RENEWING else None


def confirm_url(contribution: Contribution, now: datetime) -> str:
    """The bank's page for a renewal that waits for its supporter, or "" when nothing waits any more."""
    attempt = waiting_for_bank(contribution)
    if attempt is None:
        return ""
    return adapter_for(contribution.account).look_up(attempt.installment.remote_id).action_url


def waiting_for_bank(contribution: Contribution) -> Attempt | None:
    """The attempt that waits for the supporter's bank."""
    attempts = Attempt.objects.select_related(
        "installment__contribution__newsroom", "installment__contribution__account"
    )
    waiting = attempts.filter(
        installment__contribution=contribution,
        installment__state=InstallmentState.ACTION_REQUIRED,
        state__in=OPEN_ATTEMPT,
    )
    return waiting.exclude(installment__contribution__state__in=_STOPPED).first()


def confirmed(contribution: Contribution, now: datetime) -> None:
    """The supporter came back from the bank's page: looks the payment up and applies what is true."""
    attempt = waiting_for_bank(contribution)
    if attempt is not None:
        ask_processor(attempt, adapter_for(contribution.account), now)
