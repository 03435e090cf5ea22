"""Saved cards as time goes by: a letter before one expires, and what the processor says of one that was renewed.

When a card expires is sealed with it, so the worker opens the cards of those who gave an address, once a day. No
index of cards is kept: news of one card is matched by opening them too.
"""

import uuid
from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from mainstay.contributions.actions import locked, renew_method, stop
from mainstay.contributions.models import Contribution
from mainstay.contributions.port import Method, MethodFact, Outcome
from mainstay.contributions.states import RENEWING, ContributionState
from mainstay.core.search import Search, given_day, given_id
from mainstay.jobs.claims import claim, release
from mainstay.letters.outbox import queue
from mainstay.newsrooms.models import Newsroom, ProcessorAccount
from mainstay.newsrooms.policy import State
from mainstay.newsrooms.searching import all_newsrooms, found_in
from mainstay.sealing.keyring import KeyRing

from .checkout import decide_for
from .models import AccountWatch
from .news import Told
from .sealed import open_method, seal_method

WARN_DAYS = 30


def accounts_to_read(now: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Accounts whose cards have not been read today."""
    return found_in(all_newsrooms(), _not_read, limit, lambda newsroom: {"today": newsroom.today(now)})


@Search
def _not_read() -> QuerySet[AccountWatch, tuple[uuid.UUID]]:
    not_today = Q(cards_read_on__isnull=True) | ~Q(cards_read_on=given_day("today"))
    return AccountWatch.objects.filter(not_today, account__newsroom=given_id("newsroom")).values_list("pk")


def read_cards(account_id: uuid.UUID, ring: KeyRing, now: datetime) -> None:
    """Queues a letter for each card that expires within 30 days, once for a card."""
    token = claim(AccountWatch, account_id, now)
    if token is None:
        return
    account = ProcessorAccount.objects.select_related("newsroom").get(pk=account_id)
    today = account.newsroom.today(now)
    rows = account.contributions.filter(state__in=RENEWING, mail_sealed__isnull=False)
    for contribution, method in _cards(account.newsroom, rows, ring):
        last_day = _last_day(method.expires)
        if last_day and today <= last_day <= today + timedelta(days=WARN_DAYS):
            _warn(contribution, last_day, today, now)
    AccountWatch.objects.filter(pk=account_id).update(cards_read_on=today)
    release(AccountWatch, account_id, token)


def _cards(
    newsroom: Newsroom, rows: "QuerySet[Contribution]", ring: KeyRing
) -> Iterator[tuple[Contribution, Method]]:
    """The newsroom's promises in `rows` that have a card, each with it."""
    for contribution in rows.filter(method_sealed__isnull=False).iterator(chunk_size=500):
        contribution.newsroom = newsroom
        method = open_method(ring, contribution)
        if method is not None:
            yield contribution, method


def _last_day(expires: str) -> date | None:
    """The last day of `YYYY-MM`; `None` for what has no end."""
    year, _, month = expires.partition("-")
    if not (year.isdigit() and month.isdigit() and 1 <= int(month) <= 12):
        return None
    return date(int(year), int(month), monthrange(int(year), int(month))[1])


def _warn(contribution: Contribution, last_day: date, today: date, now: datetime) -> None:
    if contribution.mail_sealed:
        queue(
            kind="card_expires",
            newsroom=contribution.newsroom,
            language=contribution.language,
            dedupe_key=f"card_expires:{contribution.pk}:{last_day}",
            recipient_sealed=bytes(contribution.mail_sealed),
            payload={"last_day": last_day.isoformat(), "frequency": contribution.frequency},
            day=today,
            now=now,
        )


def apply_method(
    account: ProcessorAccount, method_id: str, fact: MethodFact, ring: KeyRing, now: datetime
) -> Told:
    """Renews a saved card that the processor has updated. Its country is decided anew before it is used again.

    A card that is gone there stays as it is here: the next renewal says so to its supporter.
    """
    if fact.outcome != Outcome.SUCCEEDED or fact.method is None:
        return Told.LATER if fact.outcome in (Outcome.UNKNOWN, Outcome.NOT_EXECUTED) else Told.DONE
    living = (*RENEWING, ContributionState.PAUSED)
    rows = account.contributions.filter(state__in=living)
    for contribution, method in _cards(account.newsroom, rows, ring):
        if method.method == method_id and method != fact.method:
            _renew(contribution, fact.method, account.newsroom.today(now))
    return Told.DONE


def _renew(contribution: Contribution, method: Method, today: date) -> None:
    with transaction.atomic():
        row = locked(contribution.pk)
        renew_method(row, seal_method(row.newsroom, method), day=today)
        if decide_for(row.newsroom, method.country).state == State.REFUSE:
            stop(row, why="country", actor="worker", day=today)
