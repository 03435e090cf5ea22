"""The worker's part: what was counted is deleted when it is over, so that it tells nobody when a card was tried."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from mainstay.core.search import Search, given_moment
from mainstay.jobs.work import DueWork

from .breaker import calm_again, forget
from .models import SpentPuzzle
from .puzzles import forget_old


def due_work() -> list[DueWork]:
    """Deleting used puzzles, and the counts of newsrooms that are calm again."""
    return [DueWork("old counts", _find, _forget, workers=1)]


def _find(now: datetime, limit: int) -> Sequence[str]:
    return ["old"] if _old_puzzles.any(now=now) or calm_again(now) else []


@Search
def _old_puzzles() -> QuerySet[SpentPuzzle, tuple[Any]]:
    return SpentPuzzle.objects.filter(until__lte=given_moment("now")).values_list("pk")


def _forget(_old: str, now: datetime) -> None:
    forget_old(now)
    for row in calm_again(now):
        forget(row)
