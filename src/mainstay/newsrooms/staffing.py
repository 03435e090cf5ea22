"""Who works at the desk: adding, changing roles, shutting out and letting in again, passwords. All audited."""

import re
from datetime import date

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mainstay.audit import log
from mainstay.core.errors import MainstayError

from .models import Newsroom, Role, Staff

_PSEUDONYM = re.compile(r"[\w.-]{2,40}")


class BadStaff(MainstayError):
    """A pseudonym, password or change that can't be taken; `field` names the field it is about, or is empty."""

    def __init__(self, field: str, sentence: object) -> None:
        super().__init__(str(sentence))
        self.field = field


@transaction.atomic
def add(newsroom: Newsroom, pseudonym: str, password: str, role: str, *, actor: str, day: date) -> Staff:
    """A new member of staff. Raises `BadStaff` for a pseudonym that is taken or a password that is too easy."""
    if not _PSEUDONYM.fullmatch(pseudonym):
        raise BadStaff(
            "pseudonym", _("A pseudonym has 2 to 40 letters, digits, dots or dashes, and no spaces.")
        )
    if Staff.objects.filter(pseudonym__iexact=pseudonym).exists():
        raise BadStaff("pseudonym", _("Somebody already has this pseudonym. Please choose another one."))
    check_password(password)
    staff = Staff.objects.create_staff(pseudonym, password, newsroom.language)
    Role.objects.create(staff=staff, newsroom=newsroom, kind=Role.Kind(role))
    _record(newsroom, staff, "staff.added", actor, day, role=role)
    return staff


def check_password(password: str, staff: Staff | None = None) -> None:
    """Raises `BadStaff` when the password is too short or too common."""
    try:
        validate_password(password, staff)
    except ValidationError as problem:
        raise BadStaff("password", " ".join(problem.messages)) from problem


@transaction.atomic
def change_role(newsroom: Newsroom, staff: Staff, role: str, *, actor: str, day: date) -> None:
    """Another role from now on. Raises `BadStaff` when the newsroom would be left without an admin."""
    row = Role.objects.select_for_update().get(newsroom=newsroom, staff=staff)
    if row.kind == role:
        return
    _keep_an_admin(newsroom, staff, row)
    before, row.kind = row.kind, Role.Kind(role)
    row.save(update_fields=["kind"])
    _record(newsroom, staff, "staff.role_changed", actor, day, before=before, after=role)


@transaction.atomic
def set_active(newsroom: Newsroom, staff: Staff, active: bool, *, actor: str, day: date) -> None:
    """Shuts somebody out at once, or lets them in again. Raises `BadStaff` for the last admin."""
    row = Role.objects.select_for_update().get(newsroom=newsroom, staff=staff)
    if staff.is_active == active:
        return
    if not active:
        _keep_an_admin(newsroom, staff, row)
    staff.is_active = active
    staff.save(update_fields=["is_active"])
    _record(newsroom, staff, "staff.let_in" if active else "staff.shut_out", actor, day)


@transaction.atomic
def set_password(newsroom: Newsroom, staff: Staff, password: str, *, actor: str, day: date) -> None:
    """A new password, which ends that person's other sessions. Raises `BadStaff` when it is too easy."""
    check_password(password, staff)
    staff.set_password(password)
    staff.save(update_fields=["password"])
    _record(newsroom, staff, "staff.password_changed", actor, day)


def _keep_an_admin(newsroom: Newsroom, staff: Staff, row: Role) -> None:
    if row.kind != Role.Kind.ADMIN:
        return
    admins = Role.objects.filter(newsroom=newsroom, kind=Role.Kind.ADMIN, staff__is_active=True)
    if not admins.exclude(staff=staff).exists():
        raise BadStaff("", _("This is the only admin. Make somebody else an admin first."))


def _record(newsroom: Newsroom, staff: Staff, action: str, actor: str, day: date, **detail: str) -> None:
    log.record(action, actor=actor, day=day, newsroom_id=newsroom.pk, subject=staff.pseudonym, detail=detail)
