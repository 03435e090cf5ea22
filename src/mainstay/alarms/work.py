"""The worker's part: it looks once a minute, and tells what is to be told."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from mainstay.core.search import Search
from mainstay.jobs.claims import due
from mainstay.jobs.work import DueWork

from .models import Alarm
from .tell import tell
from .watch import look

LOOK_SECONDS = 60


class Lookout:
    """Remembers when it looked last, so that a busy worker doesn't count after every batch."""

    def __init__(self) -> None:
        self._looked: datetime | None = None

    def find(self, now: datetime, limit: int) -> Sequence[str]:
        """One thing to do, when a minute has passed; also when the clock was set back."""
        since = self._looked
        if since is not None and since <= now < since + timedelta(seconds=LOOK_SECONDS):
            return []
        return ["look"]

    def do(self, thing: str, now: datetime) -> None:
        """Looks."""
        self._looked = now
        look(now)


@Search
def _to_tell() -> QuerySet[Alarm, tuple[Any]]:
    return due(Alarm.objects.all())


def due_work() -> list[DueWork]:
    """What the worker does about alarms."""
    lookout = Lookout()
    return [
        DueWork("look for alarms", lookout.find, lookout.do, workers=1),
        DueWork("tell of alarms", lambda now, limit: _to_tell.ids(limit, now=now), tell, workers=1),
    ]
