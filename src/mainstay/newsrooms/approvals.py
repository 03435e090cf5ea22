"""Four eyes: an act that loosens a protection is proposed by one person and approved by another.

A newsroom with a single admin has no second person: then the same one may approve after 24 hours, which every member of
staff can see coming. A proposal that nobody took up is void after a week. Each step has its line in the audit log.

    proposal = propose(newsroom, "country.loosen", payload, actor=..., now=...)
    approve(proposal.pk, actor=..., now=...)                        another admin, at the desk
    take_up(newsroom, "country.loosen", payload, actor=..., now=...)   in the transaction that does the act
"""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mainstay.audit import log
from mainstay.core.errors import MainstayError

from .models import Newsroom, Proposal, Role
from .voices import is_alone, must_count

ALONE_DELAY = timedelta(hours=24)
LIFE_DAYS = 7


class NeedsAnother(MainstayError):
    """Nobody approves what they proposed themselves."""

    def __init__(self) -> None:
        super().__init__(
            str(_("This needs a second person: another admin has to approve what you proposed."))
        )


class TooEarly(MainstayError):
    """A single admin approves after the delay; `moment` is when."""

    def __init__(self, moment: datetime) -> None:
        super().__init__(
            str(
                _(
                    "You are the only admin, so this can be approved when 24 hours have passed, and not before."
                )
            )
        )
        self.moment = moment


class NotWaiting(MainstayError):
    """The proposal was decided before, or is older than a week."""

    def __init__(self) -> None:
        super().__init__(str(_("This proposal no longer waits: it was decided, or it is older than a week.")))


class NotApproved(MainstayError):
    """An act that needs two people was asked for without an approved proposal."""

    def __init__(self) -> None:
        super().__init__(
            str(_("Two people are needed for this: propose it, and let another admin approve it."))
        )


@transaction.atomic
def propose(newsroom: Newsroom, kind: str, payload: dict[str, Any], *, actor: str, now: datetime) -> Proposal:
    """Writes a proposal down; the same one that still waits is returned instead of a second.

    `kind` is a dotted name ("country.loosen"); `payload` says exactly what shall be done, and names no reader. `now`
    is the machine clock's moment: the newsroom's calendar, which a sandbox can move, opens nothing earlier.
    """
    today = newsroom.today(now)
    same = waiting(newsroom, today).filter(kind=kind, proposed_by=actor)
    found = next((proposal for proposal in same if proposal.payload == payload), None)
    if found is not None:
        return found
    proposal = Proposal.objects.create(
        newsroom=newsroom,
        kind=kind,
        payload=payload,
        proposed_by=actor,
        day=today,
        not_before=now + ALONE_DELAY if is_alone(newsroom, actor, now) else None,
    )
    _record(proposal, "approval.proposed", actor, today)
    return proposal


@transaction.atomic
def approve(proposal_id: uuid.UUID, *, actor: str, now: datetime) -> Proposal:
    """Approves a waiting proposal, which another admin made whose word counts, as the approver's must.

    A proposal from the command line may carry a name that has no account: who made it has the server itself. Raises
    `NeedsAnother`, `TooEarly`, `NotWaiting`, `voices.WordRests`.
    """
    proposal = _locked(proposal_id, now)
    if proposal.proposed_by == actor:
        _must_be_alone(proposal, now)
    elif Role.objects.filter(newsroom=proposal.newsroom, staff__pseudonym=proposal.proposed_by).exists():
        must_count(proposal.newsroom, proposal.proposed_by, now)
    must_count(proposal.newsroom, actor, now)
    return _decide(proposal, Proposal.State.APPROVED, "approval.approved", actor, now)


@transaction.atomic
def withdraw(proposal_id: uuid.UUID, *, actor: str, now: datetime) -> Proposal:
    """Takes a waiting proposal back; any admin may. Raises `NotWaiting`."""
    return _decide(_locked(proposal_id, now), Proposal.State.WITHDRAWN, "approval.withdrawn", actor, now)


@transaction.atomic
def take_up(newsroom: Newsroom, kind: str, payload: dict[str, Any], *, actor: str, now: datetime) -> Proposal:
    """Uses up an approved proposal of exactly this kind and payload, once. Raises `NotApproved`."""
    rows = approved(newsroom, newsroom.today(now)).filter(kind=kind).select_for_update()
    proposal = next((row for row in rows if row.payload == payload), None)
    if proposal is None:
        raise NotApproved
    proposal.state = Proposal.State.USED
    proposal.save(update_fields=["state"])
    _record(proposal, "approval.used", actor, newsroom.today(now))
    return proposal


def waiting(newsroom: Newsroom, today: date) -> QuerySet[Proposal]:
    """Proposals that still can be approved."""
    rows = Proposal.objects.filter(newsroom=newsroom, state=Proposal.State.WAITING, day__gt=_void(today))
    return rows.order_by("day", "kind", "pk")


def approved(newsroom: Newsroom, today: date) -> QuerySet[Proposal]:
    """Proposals that were approved and can still be carried out."""
    rows = Proposal.objects.filter(newsroom=newsroom, state=Proposal.State.APPROVED, day__gt=_void(today))
    return rows.order_by("day", "kind", "pk")


def _void(today: date) -> date:
    return today - timedelta(days=LIFE_DAYS)


def _must_be_alone(proposal: Proposal, now: datetime) -> None:
    """Who proposed may approve as the only admin, when the delay is over."""
    if proposal.not_before is None or not is_alone(proposal.newsroom, proposal.proposed_by, now):
        raise NeedsAnother
    if now < proposal.not_before:
        raise TooEarly(proposal.not_before)


def _locked(proposal_id: uuid.UUID, now: datetime) -> Proposal:
    rows = Proposal.objects.select_for_update(of=("self",)).select_related("newsroom")
    proposal = rows.get(pk=proposal_id)
    outdated = proposal.day <= _void(proposal.newsroom.today(now))
    if proposal.state != Proposal.State.WAITING or outdated:
        raise NotWaiting
    return proposal


def _decide(proposal: Proposal, state: Proposal.State, action: str, actor: str, now: datetime) -> Proposal:
    proposal.state, proposal.decided_by = state, actor
    proposal.save(update_fields=["state", "decided_by"])
    _record(proposal, action, actor, proposal.newsroom.today(now))
    return proposal


def _record(proposal: Proposal, action: str, actor: str, day: date) -> None:
    detail = {"kind": proposal.kind, "proposed_by": proposal.proposed_by, "what": proposal.payload}
    log.record(
        action,
        actor=actor,
        day=day,
        newsroom_id=proposal.newsroom_id,
        subject=str(proposal.pk),
        detail=detail,
    )
