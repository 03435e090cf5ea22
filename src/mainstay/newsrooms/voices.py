"""Whose word counts where two people are needed: two accounts are not yet two people.

One admin alone can make another account, give a code for a colleague's, or shut the colleague out. So that none of this
is a second voice, an admin's word rests for seven days after somebody made them an admin, let them in again or gave
them a new way in; and for seven days after an admin left, who remains is not taken for the only one. All of it is
announced while it lasts, at the desk and as an alarm. Another admin, who had no part in it, can end the rest.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from mainstay.audit import log
from mainstay.core.errors import MainstayError

from .models import Newsroom, Role, Staff

REST = timedelta(days=7)


class WordRests(MainstayError):
    """Somebody's word does not count yet."""

    def __init__(self, pseudonym: str) -> None:
        sentence = _(
            "The word of %(name)s doesn’t count yet where two people are needed: not for seven days after somebody"
            " made them an admin, let them in again or gave them a code."
        )
        super().__init__(str(sentence) % {"name": pseudonym})


class NotYours(MainstayError):
    """Who made a word rest, or whose word it is, can't end the rest."""

    def __init__(self) -> None:
        super().__init__(str(_("Somebody else has to confirm this: an admin who had no part in it.")))


def rest(staff: Staff, *, by: str, now: datetime) -> None:
    """Their word rests from now on, in every newsroom; `by` is who changed something about them.

    Whose own word rests changes nothing about an admin: else one person's accounts could vouch for each other. Raises
    `WordRests`.
    """
    for role in Role.objects.filter(staff=staff, kind=Role.Kind.ADMIN).select_related("newsroom"):
        if Role.objects.filter(newsroom=role.newsroom, staff__pseudonym=by).exists():
            must_count(role.newsroom, by, now)
    Role.objects.filter(staff=staff).update(voice_from=now + REST, voice_by=by)


@transaction.atomic
def confirm(newsroom: Newsroom, staff: Staff, *, actor: str, now: datetime) -> None:
    """A second admin vouches for this one, whose word then counts. Raises `NotYours`, `WordRests`."""
    row = Role.objects.select_for_update().get(newsroom=newsroom, staff=staff)
    if actor in (staff.pseudonym, row.voice_by):
        raise NotYours
    must_count(newsroom, actor, now)
    row.voice_from = None
    row.save(update_fields=["voice_from"])
    day = newsroom.today(now)
    log.record("staff.confirmed", actor=actor, day=day, newsroom_id=newsroom.pk, subject=staff.pseudonym)


def must_count(newsroom: Newsroom, pseudonym: str, now: datetime) -> None:
    """Raises `WordRests` unless this is an admin who may sign in and whose word counts."""
    row = _admins(newsroom).filter(staff__pseudonym=pseudonym).first()
    if row is None or (row.voice_from and now < row.voice_from):
        raise WordRests(pseudonym)


def is_alone(newsroom: Newsroom, actor: str, now: datetime) -> bool:
    """Whether the newsroom has no other admin, and has had none for a week."""
    others = Role.objects.filter(newsroom=newsroom).exclude(staff__pseudonym=actor)
    present = Q(kind=Role.Kind.ADMIN, staff__is_active=True)
    return not others.filter(present | Q(admin_until__gt=now - REST)).exists()


def resting(newsroom: Newsroom, now: datetime) -> QuerySet[Role]:
    """The admins whose word will count at `voice_from`."""
    rows = _admins(newsroom).filter(voice_from__gt=now)
    return rows.select_related("staff").order_by("staff__pseudonym")


def gone(newsroom: Newsroom, now: datetime) -> QuerySet[Role]:
    """Those who ceased to be an admin in the last week."""
    rows = Role.objects.filter(newsroom=newsroom, admin_until__gt=now - REST)
    return rows.select_related("staff").order_by("staff__pseudonym")


def _admins(newsroom: Newsroom) -> QuerySet[Role]:
    return Role.objects.filter(newsroom=newsroom, kind=Role.Kind.ADMIN, staff__is_active=True)
