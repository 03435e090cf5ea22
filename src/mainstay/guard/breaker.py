"""Attack mode as all web processes share it: one row for each newsroom, without any address.

Several processes may each be in the middle of a try when the last decline is counted: so many more can pass.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from mainstay.core.search import Search, given_moment
from mainstay.newsrooms.models import Newsroom

from . import pressure
from .models import Pressure
from .pressure import Standing


def standing(newsroom: Newsroom, now: datetime) -> Standing:
    """How the newsroom's card pages are doing. Reads only."""
    row = Pressure.objects.filter(newsroom=newsroom).first()
    return pressure.at(_read(row), now) if row else pressure.calm(now)


def count_try(newsroom: Newsroom, now: datetime, *, declined: bool) -> None:
    """Counts one card that the processor was asked about."""
    with transaction.atomic():
        Pressure.objects.get_or_create(newsroom=newsroom, defaults={"began_at": pressure.calm(now).began_at})
        row = Pressure.objects.select_for_update().get(newsroom=newsroom)
        counted = pressure.after(_read(row), now, declined=declined)
        row.level, row.began_at = counted.level, counted.began_at
        row.tried, row.declined = counted.tried, counted.declined
        row.save()


def calm_again(now: datetime) -> list[Pressure]:
    """The rows of newsrooms whose ten minutes are over and that are calm."""
    over = _over.all(before=now - pressure.WINDOW)
    return [row for row in over if pressure.at(_read(row), now).level == 0]


@Search
def _over() -> QuerySet[Pressure]:
    return Pressure.objects.filter(began_at__lte=given_moment("before"))


def forget(row: Pressure) -> None:
    """Deletes what was counted, unless more was counted meanwhile."""
    Pressure.objects.filter(pk=row.pk, began_at=row.began_at).delete()


def _read(row: Pressure) -> Standing:
    return Standing(row.level, row.began_at, row.tried, row.declined)
