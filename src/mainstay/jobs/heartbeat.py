"""The heartbeat: each worker process writes down that it is there, so that everybody can see when none is.

The newest beat stays when its worker ends: after an outage, or in a restored backup, it tells how long nobody worked.
"""

import secrets
from datetime import datetime, timedelta

from django.db.models import Min, QuerySet

from .models import WorkerHeartbeat

BEAT_SECONDS = 20
KEPT_DAYS = 7


def new_name() -> str:
    """A name for one worker process: random, so that no row names a machine."""
    return f"worker-{secrets.token_hex(4)}"


def beat(name: str, now: datetime, locked: int = 0) -> None:
    """Writes down that the worker `name` is there, and how much in it waits for a person to unlock it.

    Workers that have been gone for a week are forgotten.
    """
    if WorkerHeartbeat.objects.filter(name=name).update(beat_at=now, locked=locked) == 0:
        WorkerHeartbeat.objects.create(name=name, beat_at=now, locked=locked)
        WorkerHeartbeat.objects.filter(beat_at__lt=now - timedelta(days=KEPT_DAYS)).delete()


def last_seen(now: datetime) -> datetime | None:
    """When any worker was there last, or `None` when there never was one.

    A beat later than `now` was written before the machine's clock was set back; it proves nothing and is left out.
    """
    beats = WorkerHeartbeat.objects.filter(beat_at__lte=now)
    return beats.order_by("-beat_at").values_list("beat_at", flat=True).first()


def workers_there(now: datetime) -> int:
    """How many workers have beaten within the last three beats' time."""
    return _there(now).count()


def locked_everywhere(now: datetime) -> int:
    """What is locked in every worker that is there: one that can do all is enough. 0 when none is there."""
    return _there(now).aggregate(fewest=Min("locked"))["fewest"] or 0


def _there(now: datetime) -> "QuerySet[WorkerHeartbeat]":
    since = now - timedelta(seconds=3 * BEAT_SECONDS)
    return WorkerHeartbeat.objects.filter(beat_at__gte=since, beat_at__lte=now)
