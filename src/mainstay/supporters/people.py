"""Matching a mail address with contributions: by opening rows in the worker's memory, never by an index on disk."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from mainstay.contributions.models import Contribution
from mainstay.letters.addresses import mailbox_of
from mainstay.newsrooms.models import Newsroom
from mainstay.sealing.boxes import CannotOpen, open_sealed

Sealed = tuple[UUID, bytes | memoryview | None]


def pages_by_mailbox(newsroom: Newsroom, people_key: bytes) -> dict[str, list[UUID]]:
    """For each mailbox, the contributions whose supporter gave it. For the worker's memory alone."""
    rows = Contribution.objects.filter(newsroom=newsroom, mail_sealed__isnull=False)
    found: dict[str, list[UUID]] = defaultdict(list)
    for pk, mailbox in _opened(newsroom, people_key, rows.values_list("pk", "mail_sealed").iterator()):
        found[mailbox].append(pk)
    return found


def _opened(newsroom: Newsroom, key: bytes, rows: Iterable[Sealed]) -> Iterable[tuple[UUID, str]]:
    """A row that this key doesn't open is left out: it must not keep everybody else from their page."""
    for pk, sealed in rows:
        try:
            opened = open_sealed(key, newsroom.pk, bytes(sealed or b""))
        except CannotOpen:
            continue
        yield pk, mailbox_of(opened["mail"])
