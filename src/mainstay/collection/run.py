"""The worker's hand on one due installment: claim it, then collect, look up, or let go what was left open."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from mainstay.contributions.actions import locked, locked_installment, note, set_installment, stop, try_again
from mainstay.contributions.models import Attempt, Contribution, Installment
from mainstay.contributions.port import Flow, Outcome, Processor, Source
from mainstay.contributions.retry import STANDARD
from mainstay.contributions.states import LIVING, OPEN_ATTEMPT, RENEWING, AttemptState, InstallmentState
from mainstay.core.search import Search, given_day, given_id
from mainstay.jobs.claims import FREE, claim, due, release
from mainstay.newsrooms.models import Newsroom
from mainstay.newsrooms.policy import State
from mainstay.newsrooms.searching import found_in, renewing
from mainstay.processors.registry import adapter_for
from mainstay.sealing.keyring import KeyRing

from . import declines
from .checkout import decide_for
from .outcome import abandon_if_over, apply
from .sealed import open_method
from .sending import sends
from .steps import ask_processor, carry_out, open_attempt
from .watch import awake, is_awake

SENT_WITHIN_DAYS = 35
_TO_COLLECT = (InstallmentState.DUE, InstallmentState.RETRYING)


def due_installments(now: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Installments to collect or to look up, those due longest first. Stopped renewals are still looked up."""
    found = _due.ids(limit, now=now)
    room = limit - len(found)
    if not room:
        return found
    return found + found_in(renewing(), _retries, room, lambda one: {"now": now, "today": one.today(now)})


@Search
def _due() -> QuerySet[Installment, tuple[uuid.UUID]]:
    stopped = Newsroom.objects.exclude(renewals_stopped_reason="")
    held = Q(state__in=_TO_COLLECT, contribution__newsroom__in=stopped)
    return awake(due(Installment.objects.exclude(held)), "contribution__account")


@Search
def _retries() -> QuerySet[Installment, tuple[uuid.UUID]]:
    """Declined installments whose next day has come."""
    rows = Installment.objects.filter(
        FREE,
        contribution__newsroom=given_id("newsroom"),
        state=InstallmentState.RETRYING,
        next_try_on__lte=given_day("today"),
        next_action_at__isnull=True,
    )
    return awake(rows, "contribution__account").values_list("pk")


def collect(installment_id: uuid.UUID, ring: KeyRing, public_url: str, now: datetime) -> None:
    """Works on one due installment, if nobody else has it. One that fails is left to its lease, not tried at once."""
    token = claim(Installment, installment_id, now)
    if token is not None:
        _work_on(installment_id, ring, public_url, now)
        release(Installment, installment_id, token)


def _work_on(installment_id: uuid.UUID, ring: KeyRing, public_url: str, now: datetime) -> None:
    if not _open_attempt.any(installment=installment_id):
        _collect(installment_id, ring, public_url, now)
        return
    attempt = _whole(installment_id)
    if attempt is not None:
        _resolve(attempt, ring, public_url, now)


@Search
def _open_attempt() -> QuerySet[Attempt, tuple[uuid.UUID]]:
    rows = Attempt.objects.filter(installment=given_id("installment"), state__in=OPEN_ATTEMPT)
    return rows.values_list("pk")


def _whole(installment_id: uuid.UUID) -> Attempt | None:
    """Its open attempt, with all that it belongs to; `None` when it was settled a moment ago."""
    rows = Attempt.objects.filter(installment=installment_id, state__in=OPEN_ATTEMPT)
    return rows.select_related(
        "installment__contribution__newsroom", "installment__contribution__account"
    ).first()


def _resolve(attempt: Attempt, ring: KeyRing, public_url: str, now: datetime) -> None:
    """Goes on with an open attempt: never a new one beside it."""
    contribution = attempt.installment.contribution
    processor = adapter_for(contribution.account)
    begun = attempt.state in (AttemptState.CREATED, AttemptState.PREPARED)
    if begun and not attempt.reader_present:
        _renew(attempt, contribution, ring, public_url, now)
        return
    if attempt.state == AttemptState.ACTION_REQUIRED:
        _resolve_waiting(attempt, processor, now)
        return
    abandon_if_over(ask_processor(attempt, processor, now))


def _close(attempt: Attempt, processor: Processor, now: datetime) -> Attempt:
    """Closes the remote object for good; the attempt stays open unless the processor says that it is closed."""
    installment = Installment.objects.get(pk=attempt.installment_id)
    fact = processor.cancel(installment.remote_id, f"{installment.prepare_key}:cancel")
    closed = fact.outcome in (Outcome.CANCELLED, Outcome.SUCCEEDED)
    return apply(attempt, fact, now) if closed else attempt


def _resolve_waiting(attempt: Attempt, processor: Processor, now: datetime) -> None:
    """The bank waits for the reader: look up; when it was left open too long, cancel remotely, only then expire."""
    attempt = ask_processor(attempt, processor, now)
    installment = Installment.objects.select_related("contribution__newsroom").get(pk=attempt.installment_id)
    if attempt.state == AttemptState.ACTION_REQUIRED and _waited_enough(attempt, installment, processor, now):
        attempt = _close(attempt, processor, now)
    abandon_if_over(attempt)


def _waited_enough(attempt: Attempt, installment: Installment, processor: Processor, now: datetime) -> bool:
    """The checkout was left, the window of tries is over, or the promise was stopped: the bank's page must close.

    Money that a reader is to send may take weeks, and what comes later still counts.
    """
    contribution = installment.contribution
    today = contribution.newsroom.today(now)
    if processor.capabilities.flow == Flow.PUSH:
        waited = (today - attempt.opened_on).days
        return waited >= SENT_WITHIN_DAYS or contribution.state not in LIVING
    lapsed = today >= STANDARD.lapses_on(installment.due_date)
    return attempt.reader_present or lapsed or contribution.state not in RENEWING


def _collect(installment_id: uuid.UUID, ring: KeyRing, public_url: str, now: datetime) -> None:
    with transaction.atomic():
        row = locked(_promise_of.value(installment=installment_id))
        installment = locked_installment(installment_id)
        installment.contribution = row
        if installment.state not in _TO_COLLECT or _stopped(row, now):
            return
        if _source(row, ring, now) is None:
            _let_go(row, installment, now)
            return
        attempt = open_attempt(installment, reader_present=False, now=now)
    if attempt is not None:
        _renew(attempt, row, ring, public_url, now)


def _stopped(row: Contribution, now: datetime) -> bool:
    """Whether nothing is collected for now: that may have been said after this one was found among others."""
    if row.newsroom.renewals_stopped_reason or declines.stopped(row.account_id, now):
        return True
    return not is_awake(row.account_id, now)


@Search
def _promise_of() -> QuerySet[Installment, tuple[uuid.UUID]]:
    return Installment.objects.filter(pk=given_id("installment")).values_list("contribution_id")


def _renew(attempt: Attempt, row: Contribution, ring: KeyRing, public_url: str, now: datetime) -> None:
    """Carries a renewal out, from its beginning or from where a process that died had left it."""
    card = _CardNow(ring, now)
    attempt = carry_out(attempt, adapter_for(row.account), card, bank_return_url(public_url, row), now)
    if card.used is None:
        return  # Another process has gone on with it, or nobody pays by card: how it ended is not ours to count.
    declines.count(row.account, attempt.state, now)
    if attempt.state == AttemptState.DECLINED:
        _try_newer_card(row.pk, card.used, now)


class _CardNow:
    """The card to collect with, asked at the last moment, and which one that was."""

    def __init__(self, ring: KeyRing, now: datetime) -> None:
        self._ring, self._now = ring, now
        self.used: bytes | memoryview | None = None

    def __call__(self, row: Contribution) -> Source | None:
        self.used = row.method_sealed
        return _source(row, self._ring, self._now)


def _try_newer_card(contribution_id: uuid.UUID, used: bytes | memoryview | None, now: datetime) -> None:
    """A card that was saved while the one before it was declined is tried next: its supporter has done their part."""
    with transaction.atomic():
        row = locked(contribution_id)
        if row.method_sealed != used:
            try_again(row, row.newsroom.today(now))


def _source(row: Contribution, ring: KeyRing, now: datetime) -> Source | None:
    """The card to collect with now; `None` without a living promise, a card, or a country that isn't refused.

    A promise whose country has come to be refused is stopped here, inside the caller's transaction. Who sends the
    money needs no card, but an address to be asked at.
    """
    if row.state in RENEWING and sends(row):
        return Source() if row.mail_sealed else None
    method = open_method(ring, row) if row.state in RENEWING else None
    if method is None:
        return None
    if decide_for(row.newsroom, method.country).state == State.REFUSE:
        stop(row, why="country", actor="worker", day=row.newsroom.today(now))
        return None
    return Source(method=method)


def _let_go(row: Contribution, installment: Installment, now: datetime) -> None:
    set_installment(installment, InstallmentState.SKIPPED)
    installment.next_action_at = installment.next_try_on = None
    installment.save()
    if row.state in RENEWING and not row.method_sealed:
        due = installment.due_date.isoformat()
        note(row, "skipped", actor="worker", day=row.newsroom.today(now), due=due)


def bank_return_url(public_url: str, contribution: Contribution) -> str:
    """Where the bank's page sends a supporter back to, should it want to see them."""
    return f"{public_url}/my/{contribution.newsroom.slug}/bank/"
