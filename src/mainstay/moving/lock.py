"""When somebody is at the door: nothing more is taken in. The worker is told beside this to forget its keys."""

from datetime import datetime

from django.db import transaction

from mainstay.audit import log
from mainstay.newsrooms import till
from mainstay.newsrooms.models import Newsroom

REASON = "Locked. Nothing is lost; an admin reopens this."


@transaction.atomic
def stop_everything(*, actor: str, now: datetime) -> int:
    """Stops gifts and renewals of every newsroom, so that no new name or address comes in; returns how many."""
    newsrooms = list(Newsroom.objects.order_by("slug"))
    for newsroom in newsrooms:
        day = newsroom.today(now)
        for switch in till.Switch:
            till.stop(newsroom, switch, REASON, actor=actor, day=day)
        log.record("house.locked", actor=actor, day=day, newsroom_id=newsroom.pk, subject=newsroom.slug)
    return len(newsrooms)
