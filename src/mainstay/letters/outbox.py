"""The outbox: a letter is queued in the transaction of what it tells about, and goes out later, once."""

from datetime import date, datetime
from typing import Any

from mainstay.newsrooms.models import Newsroom

from .models import Letter


def queue(
    *,
    kind: str,
    newsroom: Newsroom,
    language: str,
    dedupe_key: str,
    recipient_sealed: bytes,
    payload: dict[str, Any],
    day: date,
    now: datetime,
) -> None:
    """Queues a letter, inside the caller's transaction. The same `dedupe_key` queues nothing more.

    `recipient_sealed` holds {"mail": ...} sealed to the people key; `payload` never changes afterwards.
    """
    letter = Letter(
        dedupe_key=dedupe_key,
        kind=kind,
        newsroom=newsroom,
        language=language,
        recipient_sealed=recipient_sealed,
        payload=payload,
        day=day,
        next_action_at=now,
    )
    Letter.objects.bulk_create([letter], ignore_conflicts=True)
