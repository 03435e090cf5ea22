"""The till: stopping new gifts and stopping renewals, each with a reason, each with its line in the audit log."""

from datetime import date
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mainstay.audit import log
from mainstay.core.errors import MainstayError

from . import live
from .models import Newsroom


class Switch(StrEnum):
    """What the till can stop."""

    GIFTS = "gifts"
    RENEWALS = "renewals"

    @property
    def field(self) -> str:
        """The newsroom's field that holds the reason; it is empty while money flows."""
        return f"{self.value}_stopped_reason"


class NoReason(MainstayError):
    """The till was stopped without saying why."""

    def __init__(self) -> None:
        super().__init__(str(_("Please say why, in a few words: your colleagues will read it.")))


@transaction.atomic
def stop(newsroom: Newsroom, switch: Switch, reason: str, *, actor: str, day: date) -> Newsroom:
    """Stops gifts or renewals at once. Raises `NoReason` for an empty reason. At most 200 characters are kept."""
    kept = " ".join(reason.split())[:200]
    if not kept:
        raise NoReason
    return _turn(newsroom, switch, kept, f"till.{switch.value}_stopped", actor, day)


@transaction.atomic
def reopen(newsroom: Newsroom, switch: Switch, *, actor: str, day: date) -> Newsroom:
    """Lets gifts or renewals flow again. Renewals missed meanwhile follow the schedule's own rule for outages.

    Raises `live.NotLive` for a newsroom that was never found ready.
    """
    live.require(newsroom)
    return _turn(newsroom, switch, "", f"till.{switch.value}_reopened", actor, day)


def _turn(newsroom: Newsroom, switch: Switch, reason: str, action: str, actor: str, day: date) -> Newsroom:
    row = Newsroom.objects.select_for_update().get(pk=newsroom.pk)
    if getattr(row, switch.field) == reason:
        return row
    setattr(row, switch.field, reason)
    row.save(update_fields=[switch.field])
    detail = {"reason": reason} if reason else {}
    log.record(action, actor=actor, day=day, newsroom_id=row.pk, detail=detail)
    return row
