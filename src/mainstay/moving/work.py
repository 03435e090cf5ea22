"""The due work of this room, for the worker."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from mainstay.jobs.work import DueWork
from mainstay.newsrooms.models import Newsroom

from . import move
from .imports import batch


def due_work() -> list[DueWork]:
    """What was brought in or moved is forgotten after 35 days: then it can't be undone any more."""
    return [DueWork("forget where promises came from", _find, _forget, workers=1)]


def _find(now: datetime, limit: int) -> Sequence[Newsroom]:
    return [newsroom for newsroom in Newsroom.objects.all() if _has_old(newsroom, now)][:limit]


def _has_old(newsroom: Newsroom, now: datetime) -> bool:
    before = newsroom.today(now) - timedelta(days=batch.KEPT_DAYS)
    return batch.older(newsroom, before).exists() or move.older(newsroom, before).exists()


def _forget(newsroom: Newsroom, now: datetime) -> None:
    before = newsroom.today(now) - timedelta(days=batch.KEPT_DAYS)
    batch.older(newsroom, before).delete()
    move.let_old_cards_go(list(move.older(newsroom, before)), now)
