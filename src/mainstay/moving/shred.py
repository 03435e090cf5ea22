"""Destroying the keys of persons: names, addresses and reminders become noise for everybody. The books survive.

It can't be undone, so two people are needed (`newsrooms.approvals`), and under a legal hold it is refused.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from mainstay.audit import log
from mainstay.core.errors import MainstayError
from mainstay.newsrooms import approvals, till
from mainstay.newsrooms.models import Newsroom, Proposal, PublicKey, Role
from mainstay.sealing.keyfiles import KeyFolder
from mainstay.supporters.months import forget_month

KIND = "keys.shred"
REASON = "The people key was destroyed. A new one is needed first: mainstay keys rotate."


class LegalHold(MainstayError):
    """A court or a law says that nothing may be destroyed."""

    def __init__(self) -> None:
        super().__init__(
            "MAINSTAY_LEGAL_HOLD is yes: nothing may be destroyed while it is. Ask whoever set it."
        )


class NotAnAdmin(MainstayError):
    """The two people must be two of the newsroom's admins."""

    def __init__(self, actor: str) -> None:
        super().__init__(
            f"{actor!r} is no admin of this newsroom who may sign in. Give the pseudonym of one."
        )


@dataclass(frozen=True, slots=True)
class Shredded:
    """What was destroyed."""

    people_keys: int
    month_keys: int
    reminders: int


def propose(newsroom: Newsroom, *, actor: str, now: datetime) -> Proposal:
    """The first person's step. Raises `NotAnAdmin`."""
    _must_be_admin(newsroom, actor)
    return approvals.propose(newsroom, KIND, _payload(newsroom), actor=actor, now=now)


def approve(newsroom: Newsroom, *, actor: str, now: datetime) -> Proposal:
    """The second person's step. Raises `NotAnAdmin`, `approvals.NotWaiting` when nobody proposed it, and its kin."""
    _must_be_admin(newsroom, actor)
    waiting = approvals.waiting(newsroom, newsroom.today(now)).filter(kind=KIND).first()
    if waiting is None:
        raise approvals.NotWaiting
    return approvals.approve(waiting.pk, actor=actor, now=now)


def shred(newsroom: Newsroom, keys_root: Path, *, hold: bool, actor: str, now: datetime) -> Shredded:
    """Destroys the people keys and month keys of one newsroom, and stops new gifts until it has a new people key.

    An interrupted run is begun anew. Raises `LegalHold`, and `approvals.NotApproved` without a second person.
    """
    if hold:
        raise LegalHold
    folder, day = KeyFolder(keys_root, newsroom.slug), newsroom.today(now)
    with transaction.atomic():
        approvals.take_up(newsroom, KIND, _payload(newsroom), actor=actor, now=now)
        months = folder.months()
        keys = newsroom.public_keys.filter(kind=PublicKey.Kind.MONTH)
        reminders = sum(forget_month(newsroom, key.month) for key in keys)
        till.stop(newsroom, till.Switch.GIFTS, REASON, actor=actor, day=day)
        log.record("keys.shredded", actor=actor, day=day, newsroom_id=newsroom.pk, subject=newsroom.slug)
        people = folder.destroy_people_keys()
        for month in months:
            folder.destroy_month_key(month)
    return Shredded(people_keys=people, month_keys=len(months), reminders=reminders)


def _must_be_admin(newsroom: Newsroom, actor: str) -> None:
    admins = Role.objects.filter(newsroom=newsroom, kind=Role.Kind.ADMIN, staff__is_active=True)
    if not admins.filter(staff__pseudonym=actor).exists():
        raise NotAnAdmin(actor)


def _payload(newsroom: Newsroom) -> dict[str, Any]:
    return {"newsroom": newsroom.slug}
