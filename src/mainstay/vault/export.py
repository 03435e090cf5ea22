"""Everybody's mail address in one file: only what two people agreed on, once, and only for the key that they named.

The desk proposes and asks; the worker looks up by itself whether an approved proposal with exactly this key is there,
uses it up, and hands out nothing but the encrypted file (https://age-encryption.org/v1). No address is in clear on any
disk or in the web process.
"""

import csv
from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from typing import Any
from uuid import UUID

import pyrage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mainstay.audit import log
from mainstay.contributions.models import Contribution
from mainstay.core.clock import Clock
from mainstay.core.errors import MainstayError
from mainstay.newsrooms import approvals
from mainstay.newsrooms.models import Newsroom, Proposal
from mainstay.sealing.boxes import CannotOpen, open_sealed
from mainstay.sealing.keyring import KeyRing

from .people import LookUpRefused

KIND = "people.export"
MOST_ROWS = 200_000
COLUMNS = ("mail", "frequency", "amount", "currency", "state", "since", "contribution")


class BadReceiver(MainstayError):
    """Text that is no public key of age."""

    def __init__(self) -> None:
        super().__init__(str(_("This is no public key. It begins with age1; `age-keygen` makes one.")))


def propose(newsroom: Newsroom, receiver: str, reason: str, *, actor: str, now: datetime) -> Proposal:
    """The first person's step: `receiver` is the public key that will open the file, `reason` is for colleagues.

    Raises `BadReceiver`.
    """
    _recipient(receiver)
    payload: dict[str, Any] = {"receiver": receiver.strip(), "reason": " ".join(reason.split())}
    return approvals.propose(newsroom, KIND, payload, actor=actor, now=now)


def export(ring: KeyRing, clock: Clock, slug: str, proposal_id: UUID, actor: str) -> bytes:
    """The encrypted file, for who proposed it, once. Raises `LookUpRefused` (`role`, `locked`, `approval`)."""
    now = clock.now()
    newsroom = Newsroom.objects.filter(slug=slug).first()
    rows = Proposal.objects.filter(pk=proposal_id, newsroom=newsroom, kind=KIND, proposed_by=actor)
    proposal = rows.first()
    if newsroom is None or proposal is None:
        raise LookUpRefused("role", "Only who proposed the export can have it.")
    key = ring.people_key(slug)
    if key is None:
        raise LookUpRefused("locked", "The people key is locked.")
    with transaction.atomic():
        try:
            approvals.take_up(newsroom, KIND, proposal.payload, actor=actor, now=now)
        except approvals.NotApproved as problem:
            raise LookUpRefused("approval", str(problem)) from None
        lines = list(_lines(newsroom, key))
        day, told = newsroom.today(now), {"rows": len(lines), "receiver": proposal.payload["receiver"]}
        log.record(
            "people.exported",
            actor=actor,
            day=day,
            newsroom_id=newsroom.pk,
            subject=str(proposal.pk),
            detail=told,
        )
        file: bytes = pyrage.encrypt(_table(lines), [_recipient(proposal.payload["receiver"])])
        return file


def _recipient(receiver: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(receiver.strip())
    except pyrage.RecipientError:
        raise BadReceiver from None


def _lines(newsroom: Newsroom, key: bytes) -> Iterator[tuple[str, ...]]:
    """In the order of the random ids, which tells nothing. A row that this key doesn't open is left out."""
    rows = Contribution.objects.filter(newsroom=newsroom, mail_sealed__isnull=False).order_by("pk")
    for row in rows[:MOST_ROWS].iterator(chunk_size=1_000):
        try:
            mail = str(open_sealed(key, newsroom.pk, bytes(row.mail_sealed or b""))["mail"])
        except CannotOpen:
            continue
        amount = str(row.amount.decimal)
        since = row.started_on.isoformat()
        yield _harmless(mail), row.frequency, amount, row.currency, row.state, since, str(row.pk)


def _harmless(mail: str) -> str:
    """A spreadsheet takes a text that begins so for a formula, and whoever gave the address wrote it."""
    return f"'{mail}" if mail.startswith(("=", "+", "-", "@")) else mail


def _table(lines: list[tuple[str, ...]]) -> bytes:
    text = StringIO()
    table = csv.writer(text)
    table.writerow(COLUMNS)
    table.writerows(lines)
    return text.getvalue().encode()
