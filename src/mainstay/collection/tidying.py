"""What is done is forgotten: saved cards of ended promises, links to old payments, hashes of old checkouts."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from mainstay.contributions.actions import locked, set_state
from mainstay.contributions.models import Attempt, Contribution, Installment
from mainstay.contributions.port import Outcome
from mainstay.contributions.retry import STANDARD
from mainstay.contributions.schedule import months_after
from mainstay.contributions.states import OPEN_ATTEMPT, ContributionState, InstallmentState
from mainstay.jobs.claims import claim, due_ids, release
from mainstay.newsrooms.models import Newsroom
from mainstay.processors.registry import adapter_for
from mainstay.sealing.keyring import KeyRing

from .models import BankLine, BankStatement, Detachment, Payment
from .sealed import read_method

LINK_MONTHS = 13
CHECKOUT_DAYS = 35
UNFINISHED_DAYS = 2
_ENDED = (ContributionState.CANCELLED, ContributionState.COMPLETED)
_GIVEN_UP = (InstallmentState.SKIPPED, InstallmentState.UNCOLLECTIBLE)


def ended_with_card(now: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Ended promises whose card the processor still keeps, and with nothing open at the bank."""
    open_ones = Attempt.objects.filter(installment__contribution=OuterRef("pk"), state__in=OPEN_ATTEMPT)
    rows = Contribution.objects.filter(state__in=_ENDED, method_sealed__isnull=False).exclude(
        Exists(open_ones)
    )
    return list(rows.values_list("pk", flat=True)[:limit])


def let_card_go(contribution_id: uuid.UUID, now: datetime) -> None:
    """Blanks the sealed card and writes down that the processor shall forget it."""
    with transaction.atomic():
        row = locked(contribution_id)
        if row.method_sealed and row.state in _ENDED:
            Detachment.objects.create(
                account=row.account, method_sealed=bytes(row.method_sealed), next_action_at=now
            )
            row.method_sealed = None
            row.save(update_fields=["method_sealed"])


def unfinished(now: datetime, limit: int) -> Sequence[uuid.UUID]:
    """First payments that came to nothing and were not taken up again for a day or two."""
    open_ones = Attempt.objects.filter(installment__contribution=OuterRef("pk"), state__in=OPEN_ATTEMPT)
    found: list[uuid.UUID] = []
    for newsroom in Newsroom.objects.all():
        old = newsroom.today(now) - timedelta(days=UNFINISHED_DAYS)
        rows = newsroom.contributions.filter(state=ContributionState.PENDING, started_on__lte=old)
        found += rows.exclude(Exists(open_ones)).values_list("pk", flat=True)[: limit - len(found)]
    return found


def abandon(contribution_id: uuid.UUID, now: datetime) -> None:
    """A checkout that was left. Its reader may still take it up again, and a late success still makes it a promise."""
    with transaction.atomic():
        row = locked(contribution_id)
        if row.state == ContributionState.PENDING:
            set_state(row, ContributionState.ABANDONED)
            row.save(update_fields=["state"])


def due_detachments(now: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Cards to be forgotten at the processor."""
    return due_ids(Detachment.objects.all(), now, limit)


def detach(detachment_id: uuid.UUID, ring: KeyRing, now: datetime) -> None:
    """Asks the processor to forget one card; the row goes when it has."""
    token = claim(Detachment, detachment_id, now)
    if token is None:
        return
    row = Detachment.objects.select_related("account__newsroom").get(pk=detachment_id)
    method = read_method(ring, row.account.newsroom, bytes(row.method_sealed))
    if adapter_for(row.account).detach(method) == Outcome.SUCCEEDED:
        row.delete()
        return
    row.tries += 1
    row.next_action_at = now + STANDARD.look_up_after(row.tries)
    row.save(update_fields=["tries", "next_action_at"])
    release(Detachment, detachment_id, token)


def newsrooms_to_tidy(now: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Newsrooms with links, names of remote objects or hashes that have outlived their time."""
    found = []
    for newsroom in Newsroom.objects.all():
        outlived = [rows for rows, _blank in _to_blank(newsroom, now)]
        if any(rows.exists() for rows in (*outlived, _unconfirmed(newsroom, now))):
            found.append(newsroom.pk)
    return found[:limit]


def tidy(newsroom_id: uuid.UUID, now: datetime) -> None:
    """Cuts and blanks what is old, and forgets statements nobody confirmed."""
    newsroom = Newsroom.objects.get(pk=newsroom_id)
    with transaction.atomic():
        for rows, blank in _to_blank(newsroom, now):
            rows.update(**blank)
        _unconfirmed(newsroom, now).delete()


def _to_blank(newsroom: Newsroom, now: datetime) -> Sequence[tuple[QuerySet[Any], dict[str, Any]]]:
    """Old rows, and what their fields become."""
    payments, contributions = _outlived(newsroom, now)
    hashed_lines, hashed_statements = _known_by_hash(newsroom, now)
    return (
        (payments, {"contribution": None, "installment": None}),
        (contributions, {"checkout_hash": None}),
        (_came_to_nothing(newsroom, now), {"remote_id": ""}),
        (_old_at_the_bank(newsroom, now), {"installment": None}),
        (hashed_lines, {"fingerprint": ""}),
        (hashed_statements, {"content_hash": ""}),
    )


def _outlived(newsroom: Newsroom, now: datetime) -> tuple[QuerySet[Payment], QuerySet[Contribution]]:
    today = newsroom.today(now)
    linked = Q(contribution__isnull=False) | Q(installment__isnull=False)
    payments = newsroom.payments.filter(linked, day__lt=months_after(today, -LINK_MONTHS))
    old = today - timedelta(days=CHECKOUT_DAYS)
    contributions = newsroom.contributions.filter(checkout_hash__isnull=False, started_on__lt=old)
    return payments, contributions


def _came_to_nothing(newsroom: Newsroom, now: datetime) -> QuerySet[Installment]:
    """Installments given up 35 days ago that still say which remote object was theirs. A late success names them."""
    old = newsroom.today(now) - timedelta(days=CHECKOUT_DAYS)
    mine = Contribution.objects.filter(pk=OuterRef("contribution"), newsroom=newsroom)
    no_try = Q(state=InstallmentState.RETRYING, next_try_on__isnull=True, next_action_at__isnull=True)
    given_up = (
        Q(state__in=_GIVEN_UP)
        | Exists(mine.filter(state=ContributionState.ABANDONED))
        | no_try & Exists(mine.filter(state=ContributionState.LAPSED))
    )
    rows = Installment.objects.filter(Exists(mine), given_up, remote_id__gt="", due_date__lt=old)
    open_ones = Attempt.objects.filter(installment=OuterRef("pk"), state__in=OPEN_ATTEMPT)
    return rows.exclude(Exists(open_ones))


def _old_at_the_bank(newsroom: Newsroom, now: datetime) -> QuerySet[BankLine]:
    """Lines of statements that still name their gift."""
    lines = BankLine.objects.filter(account__newsroom=newsroom, installment__isnull=False)
    return lines.filter(day__lt=months_after(newsroom.today(now), -LINK_MONTHS))


def _unconfirmed(newsroom: Newsroom, now: datetime) -> QuerySet[BankStatement]:
    """Files of 35 days ago of which nothing was booked."""
    booked = BankLine.objects.exclude(state=BankLine.State.READ).values("statement")
    old = newsroom.today(now) - timedelta(days=CHECKOUT_DAYS)
    statements = BankStatement.objects.filter(account__newsroom=newsroom, confirmed=False, read_on__lt=old)
    return statements.exclude(pk__in=booked)


def _known_by_hash(newsroom: Newsroom, now: datetime) -> tuple[QuerySet[BankLine], QuerySet[BankStatement]]:
    """Settled lines and files of 35 days ago that still have a hash: a dictionary of names may find what it is of."""
    old = newsroom.today(now) - timedelta(days=CHECKOUT_DAYS)
    unsettled = (BankLine.State.READ, BankLine.State.WAITING)
    lines = BankLine.objects.filter(account__newsroom=newsroom, statement__read_on__lt=old)
    statements = BankStatement.objects.filter(account__newsroom=newsroom, confirmed=True, read_on__lt=old)
    return lines.exclude(fingerprint="").exclude(state__in=unsettled), statements.exclude(content_hash="")
