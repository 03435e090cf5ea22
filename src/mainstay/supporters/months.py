"""The keys of the months: made ahead, and destroyed when a month is over and none of its reminders is left."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Count, QuerySet

from mainstay.core.search import Search, given_day, given_id
from mainstay.jobs.work import DueWork
from mainstay.newsrooms.found import make_month_keys
from mainstay.newsrooms.models import Newsroom, PublicKey
from mainstay.newsrooms.searching import all_newsrooms
from mainstay.sealing.keyring import KeyRing

from .models import Reminder


def month_work(ring: KeyRing) -> DueWork:
    """Looks after each newsroom's month keys, once for each of its days."""
    seen: dict[uuid.UUID, str] = {}
    return DueWork("month keys", partial(_find, ring, seen), partial(_do, ring, seen), workers=1)


def _find(ring: KeyRing, seen: dict[uuid.UUID, str], now: datetime, limit: int) -> Sequence[Newsroom]:
    return [
        newsroom
        for newsroom in all_newsrooms()
        if seen.get(newsroom.pk) != _state(newsroom, now) and ring.folder(newsroom.slug).path.is_dir()
    ][:limit]


def _do(ring: KeyRing, seen: dict[uuid.UUID, str], newsroom: Newsroom, now: datetime) -> None:
    folder = ring.folder(newsroom.slug)
    make_month_keys(newsroom, folder, newsroom.today(now))
    for month in over(newsroom, folder.months(), now):
        PublicKey.objects.filter(newsroom=newsroom, kind=PublicKey.Kind.MONTH, month=month).delete()
        folder.destroy_month_key(month)
    seen[newsroom.pk] = _state(newsroom, now)


def over(newsroom: Newsroom, months: Sequence[str], now: datetime) -> list[str]:
    """Those of `months` that are over and have no reminder left."""
    current = f"{newsroom.today(now):%Y-%m}"
    due_dates = Reminder.objects.filter(newsroom=newsroom).values_list("due_date", flat=True)
    needed = {f"{day:%Y-%m}" for day in due_dates.distinct()}
    return [month for month in months if month < current and month not in needed]


@transaction.atomic
def forget_month(newsroom: Newsroom, month: str) -> int:
    """Drops a month ("2026-12") whose key is gone: nobody can read its reminders. Returns how many there were."""
    year, number = (int(part) for part in month.split("-"))
    rows = Reminder.objects.filter(newsroom=newsroom, due_date__year=year, due_date__month=number)
    lost, _kinds = rows.delete()
    PublicKey.objects.filter(newsroom=newsroom, kind=PublicKey.Kind.MONTH, month=month).delete()
    return lost


def _state(newsroom: Newsroom, now: datetime) -> str:
    """Changes with the newsroom's day, and with the number of reminders that wait."""
    today = newsroom.today(now)
    return f"{today} {_waiting.ids(1, newsroom=newsroom.pk, month=today.replace(day=1))}"


@Search
def _waiting() -> QuerySet[Reminder, tuple[int]]:
    rows = Reminder.objects.filter(newsroom=given_id("newsroom"), due_date__lt=given_day("month"))
    return rows.values("newsroom").annotate(number=Count("pk")).values_list("number")
