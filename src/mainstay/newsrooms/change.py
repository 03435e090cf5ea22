"""Changing what the newsroom says of itself, with a line in the audit log of what was before."""

from datetime import date
from typing import Any

from django.db import transaction

from mainstay.audit import log

from .models import Newsroom

CHANGEABLE = (
    "name",
    "legal_name",
    "statement_name",
    "time_zone",
    "currency",
    "currencies",
    "language",
    "languages",
    "site_url",
    "mail_from",
    "discreet_letters",
    "discreet_from",
)


@transaction.atomic
def change(
    newsroom: Newsroom, wanted: dict[str, Any], *, actor: str, day: date
) -> dict[str, tuple[Any, Any]]:
    """Takes over the fields of `CHANGEABLE` that differ; returns them with what was before and after."""
    row = Newsroom.objects.select_for_update().get(pk=newsroom.pk)
    different = {
        field: (getattr(row, field), wanted[field])
        for field in CHANGEABLE
        if field in wanted and getattr(row, field) != wanted[field]
    }
    if not different:
        return {}
    for field, (_before, after) in different.items():
        setattr(row, field, after)
    row.save(update_fields=list(different))
    detail = {field: {"before": before, "after": after} for field, (before, after) in different.items()}
    log.record("newsroom.changed", actor=actor, day=day, newsroom_id=row.pk, detail=detail)
    return different
