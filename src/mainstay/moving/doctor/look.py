"""One look: kept for the desk, and the one way into live mode."""

from datetime import date

from django.db import transaction

from mainstay.audit import log
from mainstay.core.errors import MainstayError
from mainstay.moving.models import CheckUp
from mainstay.newsrooms.live import go_live
from mainstay.newsrooms.models import Newsroom

from .checks import BY_NAME, Finding, State


class NotReady(MainstayError):
    """Live mode was wanted while something is not right."""

    def __init__(self, count: int) -> None:
        super().__init__(f"Live mode stays off: {count} things have to be put right first.")


class NothingToConfirm(MainstayError):
    """A name that is no check's."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no check {name!r}. The names stand before the sentences.")


def keep(newsroom: Newsroom, findings: list[Finding], day: date) -> None:
    """Keeps what was found, for the desk."""
    plain = [{"name": one.name, "state": one.state.value, "values": dict(one.values)} for one in findings]
    CheckUp.objects.update_or_create(newsroom=newsroom, defaults={"day": day, "findings": plain})


def last(newsroom: Newsroom) -> tuple[date, list[Finding]] | None:
    """What was found last and when, or `None`. Checks that no longer exist are left out."""
    row = CheckUp.objects.filter(newsroom=newsroom, findings__isnull=False).first()
    if row is None or not row.findings:
        return None
    known = (one for one in row.findings if one["name"] in BY_NAME)
    return row.day, [Finding(one["name"], State(one["state"]), one["values"]) for one in known]


@transaction.atomic
def confirm(newsroom: Newsroom, name: str, *, actor: str, day: date) -> None:
    """Somebody looked at what no program can see. It counts for 180 days, and only where a check does not know."""
    if name not in BY_NAME:
        raise NothingToConfirm(name)
    row, _made = CheckUp.objects.get_or_create(newsroom=newsroom, defaults={"day": day})
    row.confirmed[name] = {"day": day.isoformat(), "by": actor}
    row.save(update_fields=["confirmed"])
    log.record("newsroom.confirmed", actor=actor, day=day, newsroom_id=newsroom.pk, subject=name)


def open_for_money(newsroom: Newsroom, findings: list[Finding], *, actor: str, day: date) -> None:
    """Live mode on. Raises `NotReady` unless nothing bars it."""
    bars = [one for one in findings if one.bars]
    if bars:
        raise NotReady(len(bars))
    go_live(newsroom, actor=actor, day=day)
