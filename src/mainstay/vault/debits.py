"""The file of direct debits for the bank: opened in the worker's memory, for whoever takes it there.

Who may ask is looked up here, not believed; each time has its line in the audit log before the file is given out.
"""

from uuid import UUID

from django.db import transaction

from mainstay.audit import log
from mainstay.collection.debit_files import NotThisFile, file_content
from mainstay.collection.models import DebitFile
from mainstay.core.clock import Clock
from mainstay.newsrooms.models import Newsroom
from mainstay.sealing.keyring import KeyRing

from .people import LookUpRefused, may_look_up


def debit_file(ring: KeyRing, clock: Clock, slug: str, file_id: UUID, actor: str) -> bytes:
    """The bytes of one file. Raises `LookUpRefused` (`role`, `locked`, `file`)."""
    now = clock.now()
    newsroom = Newsroom.objects.filter(slug=slug).first()
    if newsroom is None or not may_look_up(newsroom, actor):
        raise LookUpRefused("role", "This person may not have files for the bank.")
    key = ring.people_key(slug)
    if key is None:
        raise LookUpRefused("locked", "The people key is locked.")
    rows = DebitFile.objects.filter(pk=file_id, account__newsroom=newsroom)
    file = rows.select_related("account__newsroom").first()
    if file is None:
        raise LookUpRefused("file", "There is no such file.")
    try:
        content = file_content(file, key, now)
    except NotThisFile as problem:
        raise LookUpRefused("file", str(problem)) from None
    with transaction.atomic():
        log.record(
            "debits.fetched",
            actor=actor,
            day=newsroom.today(now),
            newsroom_id=newsroom.pk,
            subject=str(file.pk),
        )
    return content
