"""What is done is forgotten: saved cards of ended promises, links to old payments, hashes of old checkouts."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from mainstay.contributions.actions import locked, set_state
from mainstay.contributions.models import Attempt, Contribution, Installment
from mainstay.contributions.port import Outcome
from mainstay.contributions.retry import STANDARD
from mainstay.contributions.schedule import months_after
from mainstay.contributions.states import OPEN_ATTEMPT, ContributionState, InstallmentState
from mainstay.core.search import Given, Search, given_day, given_id
from mainstay.jobs.claims import claim, due, release
from mainstay.newsrooms.models import Newsroom
from mainstay.newsrooms.searching import all_newsrooms, found_in
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
    return _with_card.ids(limit)


@Search
def _with_card() -> QuerySet[Contribution, tuple[uuid.UUID]]:
    rows = Contribution.objects.filter(state__in=_ENDED, method_sealed__isnull=False)
    return rows.exclude(Exists(_open_attempts())).values_list("pk")


def _open_attempts() -> QuerySet[Attempt]:
    """Those of a promise."""
    return Attempt.objects.filter(installment__contribution=OuterRef("pk"), state__in=OPEN_ATTEMPT)


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
    left = timedelta(days=UNFINISHED_DAYS)
    return found_in(all_newsrooms(), _unfinished, limit, lambda newsroom: {"old": newsroom.today(now) - left})


@Search
def _unfinished() -> QuerySet[Contribution, tuple[uuid.UUID]]:
    rows = Contribution.objects.filter(newsroom=given_id("newsroom"), state=ContributionState.PENDING)
    return rows.filter(started_on__lte=given_day("old")).exclude(Exists(_open_attempts())).values_list("pk")


def abandon(contribution_id: uuid.UUID, now: datetime) -> None:
    """A checkout that was left. Its reader may still take it up again, and a late success still makes it a promise."""
    with transaction.atomic():
        row = locked(contribution_id)
        if row.state == ContributionState.PENDING:
            set_state(row, ContributionState.ABANDONED)
            row.save(update_fields=["state"])


def due_detachments(now: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Cards to be forgotten at the processor."""
    return _due_detachments.ids(limit, now=now)


@Search
def _due_detachments() -> QuerySet[Detachment, tuple[uuid.UUID]]:
    return due(Detachment.objects.all())


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
    return found_in(all_newsrooms(), _untidy, limit, lambda newsroom: _days(newsroom, now))


def _days(newsroom: Newsroom, now: datetime) -> dict[str, date]:
    """Up to which days things are `old`, 35 days, or `long_ago`, 13 months."""
    today = newsroom.today(now)
    return {"old": today - timedelta(days=CHECKOUT_DAYS), "long_ago": months_after(today, -LINK_MONTHS)}


@Search
def _untidy() -> QuerySet[Newsroom, tuple[uuid.UUID]]:
    about = _About(given_id("newsroom"), old=given_day("old"), long_ago=given_day("long_ago"))
    anything = Q(Exists(_unconfirmed(about)))
    for rows, _blank in _to_blank(about):
        anything |= Q(Exists(rows))
    return Newsroom.objects.filter(anything, pk=about.newsroom).values_list("pk")


def tidy(newsroom_id: uuid.UUID, now: datetime) -> None:
    """Cuts and blanks what is old, and forgets statements nobody confirmed."""
    about = _About(newsroom_id, **_days(Newsroom.objects.get(pk=newsroom_id), now))
    with transaction.atomic():
        for rows, blank in _to_blank(about):
            rows.update(**blank)
        _unconfirmed(about).delete()


class _About(NamedTuple):
    """Whose rows, and the days before which they are old; or where these are told to a search."""

    newsroom: uuid.UUID | Given
    old: date | Given
    long_ago: date | Given


def _to_blank(about: _About) -> Sequence[tuple[QuerySet[Any], dict[str, Any]]]:
    """Old rows, and what their fields become."""
    payments, contributions = _outlived(about)
    hashed_lines, hashed_statements = _known_by_hash(about)
    return (
        (payments, {"contribution": None, "installment": None}),
        (contributions, {"checkout_hash": None}),
        (_came_to_nothing(about), {"remote_id": ""}),
        (_old_at_the_bank(about), {"installment": None}),
        (hashed_lines, {"fingerprint": ""}),
        (hashed_statements, {"content_hash": ""}),
    )


def _outlived(about: _About) -> tuple[QuerySet[Payment], QuerySet[Contribution]]:
    linked = Q(contribution__isnull=False) | Q(installment__isnull=False)
    payments = Payment.objects.filter(linked, newsroom=about.newsroom, day__lt=about.long_ago)
    contributions = Contribution.objects.filter(
        newsroom=about.newsroom, checkout_hash__isnull=False, started_on__lt=about.old
    )
    return payments, contributions


def _came_to_nothing(about: _About) -> QuerySet[Installment]:
    """Installments given up 35 days ago that still say which remote object was theirs. A late success names them."""
    mine = Contribution.objects.filter(pk=OuterRef("contribution"), newsroom=about.newsroom)
    no_try = Q(state=InstallmentState.RETRYING, next_try_on__isnull=True, next_action_at__isnull=True)
    given_up = (
        Q(state__in=_GIVEN_UP)
        | Exists(mine.filter(state=ContributionState.ABANDONED))
        | no_try & Exists(mine.filter(state=ContributionState.LAPSED))
    )
    rows = Installment.objects.filter(Exists(mine), given_up, remote_id__gt="", due_date__lt=about.old)
    open_ones = Attempt.objects.filter(installment=OuterRef("pk"), state__in=OPEN_ATTEMPT)
    return rows.exclude(Exists(open_ones))


def _old_at_the_bank(about: _About) -> QuerySet[BankLine]:
    """Lines of statements that still name their gift."""
    lines = BankLine.objects.filter(account__newsroom=about.newsroom, installment__isnull=False)
    return lines.filter(day__lt=about.long_ago)


def _unconfirmed(about: _About) -> QuerySet[BankStatement]:
    """Files of 35 days ago of which nothing was booked."""
    booked = BankLine.objects.exclude(state=BankLine.State.READ).values("statement")
    statements = BankStatement.objects.filter(account__newsroom=about.newsroom, confirmed=False)
    return statements.filter(read_on__lt=about.old).exclude(pk__in=booked)


def _known_by_hash(about: _About) -> tuple[QuerySet[BankLine], QuerySet[BankStatement]]:
    """Settled lines and files of 35 days ago that still have a hash: a dictionary of names may find what it is of."""
    unsettled = (BankLine.State.READ, BankLine.State.WAITING)
    lines = BankLine.objects.filter(account__newsroom=about.newsroom, statement__read_on__lt=about.old)
    statements = BankStatement.objects.filter(
        account__newsroom=about.newsroom, confirmed=True, read_on__lt=about.old
    )
    return lines.exclude(fingerprint="").exclude(state__in=unsettled), statements.exclude(content_hash="")
