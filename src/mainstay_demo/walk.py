"""The calendar moved on day by day, so that each day's renewals are collected on their day.

A thread of the web process moves the calendar; the worker does what is due, as on any day. The goal lies in a file, so
that a walk goes on after a restart.
"""

import json
import threading
import time
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from mainstay.collection import renewals, run
from mainstay.collection.models import Refund
from mainstay.core.clock import clock
from mainstay.core.search import Search
from mainstay.jobs.claims import due
from mainstay.letters.models import Letter
from mainstay.newsrooms.calendar import day_ahead, move_calendar
from mainstay.newsrooms.models import Newsroom, newsroom_by_slug
from mainstay.supporters import reminder_run
from mainstay.supporters.models import Reminder

from .places import NEWSROOM, Place, write_private

MOST_COUNTED = 500
GLANCE_SECONDS = 0.1
PATIENCE_SECONDS = 30.0
_walking = threading.Lock()


@dataclass
class Walk:
    """The last walk: from which day to which, how many there were, and what had happened before it."""

    start: str = ""
    goal: str = ""
    walks: int = 0
    under_way: bool = False
    payments_before: int = 0
    letters_before: int = 0
    reminders_before: int = 0


def last_walk(place: Place) -> Walk:
    """The last walk, or an empty one."""
    path = _path(place)
    return Walk(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else Walk()


def due_count(newsroom: Newsroom, now: datetime) -> int:
    """How much waits for the worker now: promises, payments, refunds, reminders and letters."""
    finds = (
        renewals.pauses_over,
        renewals.notices_due,
        renewals.due_contributions,
        run.due_installments,
        renewals.lapsing,
    )
    waiting = sum(len(find(now, MOST_COUNTED)) for find in finds)
    rows = sum(len(search.ids(MOST_COUNTED, now=now)) for search in (_refunds, _letters))
    return waiting + rows + len(reminder_run.due_ids(newsroom, now, MOST_COUNTED))


@Search
def _refunds() -> QuerySet[Refund, tuple[Any]]:
    return due(Refund.objects.all())


@Search
def _letters() -> QuerySet[Letter, tuple[Any]]:
    return due(Letter.objects.filter(state=Letter.State.WAITING))


def begin(place: Place, *, days: int, months: int, letters: int) -> None:
    """Sets the goal and starts walking, unless a walk is under way. `letters` is the newest letter's number."""
    before, newsroom = last_walk(place), newsroom_by_slug(NEWSROOM)
    if before.under_way:
        return
    today = newsroom.today(clock.now())
    walk = Walk(
        start=today.isoformat(),
        goal=day_ahead(today, days=days, months=months).isoformat(),
        walks=before.walks + 1,
        under_way=True,
        payments_before=newsroom.payments.count(),
        letters_before=letters,
        reminders_before=Reminder.objects.filter(newsroom=newsroom).count(),
    )
    _keep(place, walk)
    go_on(place)


def go_on(place: Place) -> None:
    """Starts the thread that walks, when a goal is not reached and nobody walks."""
    if last_walk(place).under_way and not _walking.locked():
        threading.Thread(target=_walk, args=(place,), daemon=True).start()


def _walk(place: Place) -> None:
    if not _walking.acquire(blocking=False):
        return
    try:
        walk = last_walk(place)
        goal, left = date.fromisoformat(walk.goal), 0
        while _today() < goal:
            left = _let_the_worker_finish(left)
            move_calendar(newsroom_by_slug(NEWSROOM), days=1, now=clock.now())
        _let_the_worker_finish(left)
        walk.under_way = False
        _keep(place, walk)
    finally:
        connection.close()
        _walking.release()


def _let_the_worker_finish(left: int) -> int:
    """Waits until no more is due than was `left` undone before; returns what is left undone now.

    A day must not pass before its work is done, however slow the machine. But a walk never stands for ever: when
    nothing changes for half a minute, what is left is left, and the next days don't wait for it again.
    """
    count, since = -1, time.monotonic()
    while time.monotonic() - since < PATIENCE_SECONDS:
        now_due = due_count(newsroom_by_slug(NEWSROOM), clock.now())
        if now_due <= left:
            return now_due
        if now_due != count:
            count, since = now_due, time.monotonic()
        time.sleep(GLANCE_SECONDS)
    return count


def _today() -> date:
    return newsroom_by_slug(NEWSROOM).today(clock.now())


def _path(place: Place) -> Path:
    return place.state / "walk.json"


def _keep(place: Place, walk: Walk) -> None:
    unfinished = _path(place).with_suffix(".part")
    write_private(unfinished, json.dumps(asdict(walk)))
    unfinished.rename(_path(place))
