"""Who works at the desk: adding, changing roles, shutting out and letting in again, ways in. All audited.

What one admin does here about another admin makes that one's word rest where two people are needed; whose own word
rests can only shut an admin out, or take the role away: `voices.WordRests`.
"""

import re
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mainstay.audit import log
from mainstay.core.errors import MainstayError
from mainstay.core.ids import BadCode, digest, new_code, read_code

from . import voices
from .models import EntryCode, Newsroom, Role, Staff

CODE_LIFE = timedelta(hours=24)
OPERATOR = "operator"
RESERVED = {OPERATOR, "worker", "reader"}
"""Names that the log gives to those who are no staff."""
_PSEUDONYM = re.compile(r"[\w.-]{2,40}")


class BadStaff(MainstayError):
    """A pseudonym, password or change that can't be taken; `field` names the field it is about, or is empty."""

    def __init__(self, field: str, sentence: object) -> None:
        super().__init__(str(sentence))
        self.field = field


@transaction.atomic
def add(newsroom: Newsroom, pseudonym: str, role: str, *, actor: str, now: datetime) -> tuple[Staff, str]:
    """A new member of staff, and the code with which they enter for the first time: nobody knows another's password.

    Raises `BadStaff` for a pseudonym that is taken or has other letters.
    """
    if not _PSEUDONYM.fullmatch(pseudonym):
        raise BadStaff(
            "pseudonym", _("A pseudonym has 2 to 40 letters, digits, dots or dashes, and no spaces.")
        )
    if pseudonym.casefold() in RESERVED or Staff.objects.filter(pseudonym__iexact=pseudonym).exists():
        raise BadStaff("pseudonym", _("Somebody already has this pseudonym. Please choose another one."))
    staff = Staff.objects.create_staff(pseudonym, None, newsroom.language)
    Role.objects.create(staff=staff, newsroom=newsroom, kind=Role.Kind(role))
    _record(newsroom, staff, "staff.added", actor, now, role=role)
    return staff, give_code(newsroom, staff, actor=actor, now=now)


def check_password(password: str, staff: Staff) -> None:
    """Raises `BadStaff` when the password is too short or too common."""
    try:
        validate_password(password, staff)
    except ValidationError as problem:
        raise BadStaff("password", " ".join(problem.messages)) from problem


@transaction.atomic
def change_role(newsroom: Newsroom, staff: Staff, role: str, *, actor: str, now: datetime) -> None:
    """Another role from now on. Raises `BadStaff` when the newsroom would be left without an admin."""
    row = Role.objects.select_for_update().get(newsroom=newsroom, staff=staff)
    if row.kind == role:
        return
    _keep_an_admin(newsroom, staff, row)
    before, row.kind = row.kind, Role.Kind(role)
    if before == Role.Kind.ADMIN:
        row.admin_until = now
    elif role == Role.Kind.ADMIN:
        row.admin_until = None
    row.save(update_fields=["kind", "admin_until"])
    voices.rest(staff, by=actor, now=now)
    _record(newsroom, staff, "staff.role_changed", actor, now, before=before, after=role)


@transaction.atomic
def set_active(newsroom: Newsroom, staff: Staff, active: bool, *, actor: str, now: datetime) -> None:
    """Shuts somebody out at once, or lets them in again.

    Raises `BadStaff` for the last admin, and for letting in who also works where the actor is no admin.
    """
    row = Role.objects.select_for_update().get(newsroom=newsroom, staff=staff)
    if staff.is_active == active:
        return
    if active:
        _must_be_theirs(staff, actor)
    else:
        _keep_an_admin(newsroom, staff, row)
    staff.is_active = active
    staff.save(update_fields=["is_active"])
    admins = Role.objects.filter(staff=staff, kind=Role.Kind.ADMIN)
    admins.update(admin_until=None if active else now)
    if active:
        voices.rest(staff, by=actor, now=now)
    _record(newsroom, staff, "staff.let_in" if active else "staff.shut_out", actor, now)


@transaction.atomic
def set_password(newsroom: Newsroom, staff: Staff, password: str, *, now: datetime) -> None:
    """One's own new password, which ends one's other sessions.

    Raises `BadStaff` when it is too easy, or when there are passkeys: then no password opens the account.
    """
    if staff.passkeys.exists():
        raise BadStaff("password", _("Who has a passkey signs in with it, and has no password."))
    check_password(password, staff)
    staff.set_password(password)
    staff.save(update_fields=["password"])
    _record(newsroom, staff, "staff.password_changed", staff.pseudonym, now)


@transaction.atomic
def give_code(newsroom: Newsroom, staff: Staff, *, actor: str, now: datetime) -> str:
    """A code that lets a colleague in once, within 24 hours, in place of lost passkeys or a lost password.

    It replaces one given before. Raises `BadStaff` for oneself, since nobody is their own second admin, and for who
    also works for a newsroom in which the actor is no admin: the code would open that one's desk, too.
    """
    if actor == staff.pseudonym:
        raise BadStaff("", _("Another admin has to give you a code."))
    _must_be_theirs(staff, actor)
    code = new_code()
    fields = {"code_hash": digest(code, "entry"), "until": now + CODE_LIFE}
    EntryCode.objects.update_or_create(staff=staff, defaults=fields)
    voices.rest(staff, by=actor, now=now)
    _record(newsroom, staff, "staff.code_given", actor, now)
    return code


@transaction.atomic
def enter_with_code(pseudonym: str, typed: str, *, now: datetime) -> Staff | None:
    """Takes the code, once: passkeys and password are gone, all sessions end, and new ones can be chosen.

    Returns `None` alike for an unknown pseudonym, a wrong code, one that was used and one that is too old.
    """
    try:
        wanted = digest(read_code(typed), "entry")
    except BadCode:
        return None
    rows = EntryCode.objects.select_for_update(of=("self",)).select_related("staff")
    row = rows.filter(
        staff__pseudonym=pseudonym, staff__is_active=True, code_hash=wanted, until__gt=now
    ).first()
    if row is None:
        return None
    staff = row.staff
    row.delete()
    staff.passkeys.all().delete()
    staff.set_unusable_password()
    staff.save(update_fields=["password"])
    for role in staff.roles.select_related("newsroom"):
        _record(role.newsroom, staff, "staff.code_used", staff.pseudonym, now)
    return staff


def _must_be_theirs(staff: Staff, actor: str) -> None:
    own = Role.objects.filter(staff__pseudonym=actor, kind=Role.Kind.ADMIN).values("newsroom")
    if actor != OPERATOR and staff.roles.exclude(newsroom__in=own).exists():
        raise BadStaff("", _("They work for another newsroom, too. Your engineer can give them a code."))


def _keep_an_admin(newsroom: Newsroom, staff: Staff, row: Role) -> None:
    if row.kind != Role.Kind.ADMIN:
        return
    admins = Role.objects.filter(newsroom=newsroom, kind=Role.Kind.ADMIN, staff__is_active=True)
    if not admins.exclude(staff=staff).exists():
        raise BadStaff("", _("This is the only admin. Make somebody else an admin first."))


def _record(newsroom: Newsroom, staff: Staff, action: str, actor: str, now: datetime, **detail: str) -> None:
    day = newsroom.today(now)
    log.record(action, actor=actor, day=day, newsroom_id=newsroom.pk, subject=staff.pseudonym, detail=detail)
