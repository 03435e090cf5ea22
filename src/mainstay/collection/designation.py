"""Designation day: every promise whose card comes from one country is stopped, and its card is forgotten.

The rule is set first, so that from this moment the checkout and the worker refuse by themselves. Then each promise is
looked at in a transaction of its own. Who is interrupted starts again: what was stopped is not found a second time.
Only where the collection key is: the database alone cannot say who is where.
"""

import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from mainstay.contributions.actions import locked, stop
from mainstay.contributions.models import Attempt, Contribution
from mainstay.contributions.states import LIVING, OPEN_ATTEMPT, ContributionState, InstallmentState
from mainstay.newsrooms.models import Newsroom
from mainstay.sealing.boxes import CannotOpen
from mainstay.sealing.keyring import KeyRing

from .sealed import open_method
from .tidying import let_card_go

AT_ONCE = 500
_STANDING = (*LIVING, ContributionState.LAPSED)


class Fate(StrEnum):
    """What came of looking at one promise."""

    STOPPED = "stopped"
    KEPT = "kept"
    UNREADABLE = "unreadable"


def with_cards(newsroom: Newsroom) -> list[uuid.UUID]:
    """The promises that still stand and have a saved card."""
    rows = newsroom.contributions.filter(state__in=_STANDING, method_sealed__isnull=False)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def first_payments_open(newsroom: Newsroom) -> int:
    """How many first payments wait for a bank's answer: the country of their cards is not kept before it has come."""
    waiting = newsroom.contributions.filter(state=ContributionState.PENDING, method_sealed__isnull=True)
    return waiting.filter(installments__attempts__state__in=OPEN_ATTEMPT).distinct().count()


def designate(
    newsroom: Newsroom, country: str, ring: KeyRing, *, actor: str, now: datetime, dry_run: bool = False
) -> Iterator[Counter[Fate]]:
    """Stops the promises of one country, one after the other; yields the counts so far after each.

    `country` is an ISO 3166-1 alpha-2 code. With `dry_run` nothing is written. The caller has set the rule before.
    """
    counts: Counter[Fate] = Counter()
    for contribution_id in with_cards(newsroom):
        counts[_look_at(contribution_id, country, ring, actor, now, dry_run)] += 1
        yield counts


def _look_at(
    contribution_id: uuid.UUID, country: str, ring: KeyRing, actor: str, now: datetime, dry_run: bool
) -> Fate:
    with transaction.atomic():
        row = locked(contribution_id)
        try:
            method = open_method(ring, row)
        except CannotOpen:
            return Fate.UNREADABLE
        if method is None or (method.country or "").upper() != country or row.state not in _STANDING:
            return Fate.KEPT
        if not dry_run:
            _end(row, actor, now)
        return Fate.STOPPED


def _end(row: Contribution, actor: str, now: datetime) -> None:
    stop(row, why="country", actor=actor, day=row.newsroom.today(now))
    open_ones = Attempt.objects.filter(installment__contribution=row, state__in=OPEN_ATTEMPT)
    if open_ones.exists():
        # The worker cancels what waits for the reader's bank, and lets the card go when nothing is open any more.
        row.installments.filter(state=InstallmentState.ACTION_REQUIRED).update(next_action_at=now)
    else:
        let_card_go(row.pk, now)
