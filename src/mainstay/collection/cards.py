"""A supporter gives another card, or confirms a renewal with their bank. Both in the web process."""

from datetime import datetime

from django.db import transaction

from mainstay.contributions.actions import set_method
from mainstay.contributions.models import Attempt, Contribution
from mainstay.contributions.port import Outcome
from mainstay.contributions.states import OPEN_ATTEMPT, InstallmentState
from mainstay.core.ids import digest
from mainstay.processors.registry import adapter_for

from .checkout import Progress, Step, country_step
from .models import Detachment
from .sealed import seal_method
from .steps import ask_processor


def replace_card(contribution: Contribution, token: str, now: datetime, warned: str = "") -> Progress:
    """Saves another card. The country is decided first, as at checkout; nothing is charged by this.

    `Step.PAID` means saved: what was due is then collected by the worker with the new card.
    """
    processor = adapter_for(contribution.account)
    stopped = country_step(contribution.newsroom, processor, token, warned)
    if stopped is not None:
        return stopped
    fact = processor.save_method(token, f"v1:{contribution.pk}:card:{digest(token, 'token')[:16]}")
    if fact.outcome != Outcome.SUCCEEDED or fact.method is None:
        unclear = fact.outcome in (Outcome.UNKNOWN, Outcome.NOT_EXECUTED)
        return Progress(Step.TROUBLE if unclear else Step.DECLINED, contribution, decline=fact.decline_code)
    with transaction.atomic():
        _forget_old_card(contribution, now)
        sealed = seal_method(contribution.newsroom, fact.method)
        set_method(contribution, sealed, actor="reader", day=contribution.newsroom.today(now))
        waiting = contribution.installments.filter(state=InstallmentState.RETRYING)
        waiting.update(next_action_at=now, next_try_on=None)
    return Progress(Step.PAID, contribution)


def _forget_old_card(contribution: Contribution, now: datetime) -> None:
    old = Contribution.objects.values_list("method_sealed", flat=True).get(pk=contribution.pk)
    if old:
        Detachment.objects.create(account=contribution.account, method_sealed=bytes(old), next_action_at=now)


def confirm_url(contribution: Contribution, now: datetime) -> str:
    """The bank's page for a renewal that waits for its supporter, or "" when nothing waits any more."""
    attempt = waiting_for_bank(contribution)
    if attempt is None:
        return ""
    return adapter_for(contribution.account).look_up(attempt.installment.remote_id).action_url


def waiting_for_bank(contribution: Contribution) -> Attempt | None:
    """The attempt that waits for the supporter's bank."""
    attempts = Attempt.objects.select_related("installment__contribution__newsroom")
    return attempts.filter(
        installment__contribution=contribution,
        installment__state=InstallmentState.ACTION_REQUIRED,
        state__in=OPEN_ATTEMPT,
    ).first()


def confirmed(contribution: Contribution, now: datetime) -> None:
    """The supporter came back from the bank's page: looks the payment up and applies what is true."""
    attempt = waiting_for_bank(contribution)
    if attempt is not None:
        ask_processor(attempt, adapter_for(contribution.account), now)
