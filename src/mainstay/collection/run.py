"""The worker's hand on one due installment: claim it, then collect, look up, or let go what was left open."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from mainstay.contributions.actions import locked, note, set_installment, set_state, stop
from mainstay.contributions.models import Attempt, Contribution, Installment
from mainstay.contributions.port import Outcome, Processor, Source
from mainstay.contributions.retry import lapses_on
from mainstay.contributions.states import (
    OPEN_ATTEMPT,
    RENEWING,
    AttemptState,
    ContributionState,
    InstallmentState,
)
from mainstay.jobs.claims import claim, release
from mainstay.newsrooms.models import Newsroom
from mainstay.newsrooms.policy import State
from mainstay.processors.registry import adapter_for
from mainstay.sealing.keyring import KeyRing

from .checkout import decide_for
from .outcome import apply
from .sealed import open_method
from .steps import ask_processor, carry_out, open_attempt

_TO_COLLECT = (InstallmentState.DUE, InstallmentState.RETRYING)


def due_installments(now: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Installments to collect or to look up, those due longest first. Stopped renewals are still looked up."""
    free = Q(claim_until__isnull=True) | Q(claim_until__lt=now)
    stopped = Newsroom.objects.exclude(renewals_stopped_reason="")
    held = Q(state__in=_TO_COLLECT, contribution__newsroom__in=stopped)
    rows = Installment.objects.filter(free, next_action_at__lte=now).exclude(held)
    found = list(rows.order_by("next_action_at").values_list("pk", flat=True)[:limit])
    return found + _retries_due(now, limit - len(found)) if len(found) < limit else found


def _retries_due(now: datetime, limit: int) -> list[uuid.UUID]:
    """Declined installments whose next day has come. Days follow each newsroom's calendar."""
    found: list[uuid.UUID] = []
    for newsroom in Newsroom.objects.filter(renewals_stopped_reason=""):
        rows = Installment.objects.filter(
            contribution__newsroom=newsroom,
            state=InstallmentState.RETRYING,
            next_try_on__lte=newsroom.today(now),
            next_action_at__isnull=True,
        )
        found += rows.values_list("pk", flat=True)[: limit - len(found)]
    return found


def collect(installment_id: uuid.UUID, ring: KeyRing, public_url: str, now: datetime) -> None:
    """Works on one due installment, if nobody else has it."""
    token = claim(Installment, installment_id, now)
    if token is None:
        return
    try:
        _work_on(installment_id, ring, public_url, now)
    finally:
        release(Installment, installment_id, token)


def _work_on(installment_id: uuid.UUID, ring: KeyRing, public_url: str, now: datetime) -> None:
    attempts = Attempt.objects.select_related(
        "installment__contribution__newsroom", "installment__contribution__account"
    )
    attempt = attempts.filter(installment=installment_id, state__in=OPEN_ATTEMPT).first()
    if attempt is not None:
        _resolve(attempt, ring, public_url, now)
    else:
        _collect(installment_id, ring, public_url, now)


def _resolve(attempt: Attempt, ring: KeyRing, public_url: str, now: datetime) -> None:
    """Goes on with an open attempt: never a new one beside it."""
    contribution = attempt.installment.contribution
    processor = adapter_for(contribution.account)
    begun = attempt.state in (AttemptState.CREATED, AttemptState.PREPARED)
    if begun and not attempt.reader_present and contribution.state in RENEWING:
        method = open_method(ring, contribution)
        if method is not None:
            carry_out(attempt, processor, Source(method=method), _return_url(public_url, contribution), now)
            return
    if attempt.state == AttemptState.ACTION_REQUIRED:
        _resolve_waiting(attempt, processor, now)
        return
    attempt = ask_processor(attempt, processor, now)
    _abandon_if_over(attempt, now)


def _resolve_waiting(attempt: Attempt, processor: Processor, now: datetime) -> None:
    """The bank waits for the reader: look up; when it was left open too long, cancel remotely, only then expire."""
    attempt = ask_processor(attempt, processor, now)
    installment = Installment.objects.select_related("contribution__newsroom").get(pk=attempt.installment_id)
    if attempt.state != AttemptState.ACTION_REQUIRED:
        _abandon_if_over(attempt, now)
        return
    today = installment.contribution.newsroom.today(now)
    over = attempt.reader_present or today >= lapses_on(installment.due_date)
    if over:
        fact = processor.cancel(installment.remote_id, f"{installment.prepare_key}:cancel")
        if fact.outcome in (Outcome.CANCELLED, Outcome.SUCCEEDED):
            attempt = apply(attempt, fact, now)
            _abandon_if_over(attempt, now)


def _abandon_if_over(attempt: Attempt, now: datetime) -> None:
    """A first payment that came to nothing leaves a checkout that the reader may take up again, or not."""
    with transaction.atomic():
        row = locked(attempt.installment.contribution_id)
        closed = not Attempt.objects.filter(
            installment=attempt.installment_id, state__in=OPEN_ATTEMPT
        ).exists()
        if row.state == ContributionState.PENDING and closed and attempt.state != AttemptState.SUCCEEDED:
            set_state(row, ContributionState.ABANDONED)
            row.save()


def _collect(installment_id: uuid.UUID, ring: KeyRing, public_url: str, now: datetime) -> None:
    with transaction.atomic():
        contribution_id = Installment.objects.values_list("contribution_id", flat=True).get(pk=installment_id)
        row = locked(contribution_id)
        installment = Installment.objects.select_for_update().get(pk=installment_id)
        installment.contribution = row
        if installment.state not in _TO_COLLECT:
            return
        if not _allowed(row, installment, ring, now):
            return
        attempt = open_attempt(installment, reader_present=False, now=now)
    method = open_method(ring, row)
    if attempt is not None and method is not None:
        carry_out(attempt, adapter_for(row.account), Source(method=method), _return_url(public_url, row), now)


def _allowed(row: Contribution, installment: Installment, ring: KeyRing, now: datetime) -> bool:
    """Whether this installment may be collected now: a living promise, a card, a country that is not refused."""
    today = row.newsroom.today(now)
    if row.state not in RENEWING:
        _let_go(installment, InstallmentState.SKIPPED)
        return False
    method = open_method(ring, row)
    if method is None:
        _let_go(installment, InstallmentState.SKIPPED)
        note(row, "skipped", actor="worker", day=today, due=installment.due_date.isoformat())
        return False
    if decide_for(row.newsroom, method.country).state == State.REFUSE:
        _let_go(installment, InstallmentState.SKIPPED)
        stop(row, why="country", actor="worker", day=today)
        return False
    return True


def _let_go(installment: Installment, state: InstallmentState) -> None:
    set_installment(installment, state)
    installment.next_action_at = installment.next_try_on = None
    installment.save()


def _return_url(public_url: str, contribution: Contribution) -> str:
    """Where the bank's page sends a supporter back to, should it want to see them."""
    return f"{public_url}/my/{contribution.newsroom.slug}/bank/"
