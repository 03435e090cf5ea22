"""Writing the audit log, and checking that nobody changed it."""

import hashlib
import json
import uuid
from datetime import date
from typing import Any

from django.db import connection, transaction

from .models import AuditLine

FIRST = "0" * 64
_LOCK = 0x6D61696E  # the PostgreSQL advisory lock that orders writers of the chain


def record(
    action: str,
    *,
    actor: str,
    day: date,
    newsroom_id: uuid.UUID | None = None,
    subject: str = "",
    detail: dict[str, Any] | None = None,
) -> AuditLine:
    """Appends a line, inside the caller's transaction: the action and its line are committed together or not at all.

    `action` is a dotted name ("message.published"); `actor` a staff pseudonym, "reader" or "worker"; `detail` holds
    no address, name or moment.
    """
    with transaction.atomic():
        _take_turn()
        last = AuditLine.objects.order_by("-number").first()
        line = AuditLine(
            number=last.number + 1 if last else 1,
            newsroom_id=newsroom_id,
            day=day,
            actor=actor,
            action=action,
            subject=subject,
            detail=detail or {},
            previous=last.hash if last else FIRST,
        )
        line.hash = hash_of(line)
        line.save(force_insert=True)
    return line


def hash_of(line: AuditLine) -> str:
    """The line's own hash, over its content and the hash of the line before it."""
    content = [
        line.number,
        str(line.newsroom_id),
        line.day.isoformat(),
        line.actor,
        line.action,
        line.subject,
        line.detail,
        line.previous,
    ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.blake2b(text.encode(), digest_size=32, person=b"audit-line").hexdigest()


def _take_turn() -> None:
    """One writer at a time. SQLite's transactions are IMMEDIATE, so there the turn is already taken."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
