"""The due work of this room, for the worker."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from mainstay.core.search import Search, given_day, given_id
from mainstay.jobs.work import DueWork
from mainstay.newsrooms.models import Newsroom
from mainstay.newsrooms.searching import all_newsrooms

from . import move
from .imports import batch
from .models import ImportedPromise, MovedPromise


def due_work() -> list[DueWork]:
    """What was brought in or moved is forgotten after 35 days: then it can't be undone any more."""
    return [DueWork("forget where promises came from", _find, _forget, workers=1)]


def _find(now: datetime, limit: int) -> Sequence[Newsroom]:
    return [newsroom for newsroom in all_newsrooms() if _has_old(newsroom, now)][:limit]


def _has_old(newsroom: Newsroom, now: datetime) -> bool:
    told = {"newsroom": newsroom.pk, "before": _kept_since(newsroom, now)}
    return _old_imports.any(**told) or _old_moves.any(**told)


def _kept_since(newsroom: Newsroom, now: datetime) -> date:
    return newsroom.today(now) - timedelta(days=batch.KEPT_DAYS)


@Search
def _old_imports() -> QuerySet[ImportedPromise, tuple[Any]]:
    return batch.older(given_id("newsroom"), given_day("before")).values_list("pk")


@Search
def _old_moves() -> QuerySet[MovedPromise, tuple[Any]]:
    return move.older(given_id("newsroom"), given_day("before")).values_list("pk")


def _forget(newsroom: Newsroom, now: datetime) -> None:
    before = _kept_since(newsroom, now)
    batch.older(newsroom, before).delete()
    move.let_old_cards_go(list(move.older(newsroom, before)), now)
