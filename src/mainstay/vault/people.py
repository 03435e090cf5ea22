"""Looking somebody up for the desk: by mail address, or the address of one promise. In the worker's memory alone.

Each look-up names a member of staff and a reason, has its line in the audit log before it is answered, and is counted:
a few at once, a hundred on one day. Who may ask is looked up here, not believed: the desk could be anybody's by then.
"""

import threading
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from mainstay.audit import log
from mainstay.audit.models import AuditLine
from mainstay.contributions.models import Contribution
from mainstay.core.clock import Clock
from mainstay.core.errors import MainstayError
from mainstay.guard.buckets import allow
from mainstay.letters.addresses import mailbox_of
from mainstay.newsrooms.models import Newsroom, Role
from mainstay.sealing.boxes import CannotOpen, open_sealed
from mainstay.sealing.keyring import KeyRing

PER_MINUTE, BURST = 2, 10
PER_DAY = 100
MOST_FOUND = 50
SHORTEST_REASON, LONGEST_REASON = 4, 200
_MAY = (Role.Kind.FINANCE, Role.Kind.ADMIN)
_TAG_BYTES = 16
_Opened = dict[UUID, tuple[bytes, str]]


class LookUpRefused(MainstayError):
    """A look-up that is not answered. `why` is a word for the desk: locked, reason, often, role, nobody."""

    def __init__(self, why: str, sentence: str) -> None:
        super().__init__(sentence)
        self.why = why


class People:
    """Answers the desk. Remembers opened addresses while the people key is in memory, so that each is opened once."""

    def __init__(self, ring: KeyRing, clock: Clock) -> None:
        self._ring = ring
        self._clock = clock
        self._opened: dict[str, _Opened] = {}
        self._turn = threading.Lock()

    def find(self, slug: str, mail: str, actor: str, reason: str) -> list[UUID]:
        """The promises whose supporter gave this address, at most fifty. Raises `LookUpRefused`."""
        newsroom, key, day = self._enter(slug, actor, reason)
        wanted = mailbox_of(mail)
        index = self._index(newsroom, key)
        found = [pk for pk, (_tag, mailbox) in index.items() if mailbox == wanted][:MOST_FOUND]
        _record("people.searched", newsroom, actor, day, reason, found=len(found))
        return found

    def open(self, slug: str, contribution_id: UUID, actor: str, reason: str) -> str:
        """The mail address of one promise. Raises `LookUpRefused`."""
        newsroom, key, day = self._enter(slug, actor, reason)
        rows = Contribution.objects.filter(newsroom=newsroom, pk=contribution_id, mail_sealed__isnull=False)
        sealed = rows.values_list("mail_sealed", flat=True).first()
        try:
            mail = str(open_sealed(key, newsroom.pk, bytes(sealed or b""))["mail"])
        except CannotOpen:
            raise LookUpRefused("nobody", "There is no address that can be opened.") from None
        _record("people.opened", newsroom, actor, day, reason, subject=str(contribution_id))
        return mail

    def forget(self) -> None:
        """Drops what was opened."""
        self._opened.clear()

    def _enter(self, slug: str, actor: str, reason: str) -> tuple[Newsroom, bytes, date]:
        now = self._clock.now()
        newsroom = Newsroom.objects.filter(slug=slug).first()
        if newsroom is None or not may_look_up(newsroom, actor):
            raise LookUpRefused("role", "This person may not look anybody up.")
        if not SHORTEST_REASON <= len(reason.strip()) <= LONGEST_REASON or "@" in reason:
            raise LookUpRefused("reason", "Say why, in a few words and without the address.")
        key = self._ring.people_key(slug)
        if key is None:
            raise LookUpRefused("locked", "The people key is locked.")
        if not _seldom_enough(newsroom, actor, now):
            raise LookUpRefused(
                "often", "That is more look-ups than one person needs. Wait, or ask an admin."
            )
        return newsroom, key, newsroom.today(now)

    def _index(self, newsroom: Newsroom, key: bytes) -> _Opened:
        """Opens what is new or changed, recognised by the end of its sealed bytes; rows that are gone are forgotten."""
        with self._turn:
            before, after = self._opened.get(newsroom.slug, {}), _Opened()
            rows = Contribution.objects.filter(newsroom=newsroom, mail_sealed__isnull=False)
            for pk, value in rows.values_list("pk", "mail_sealed").iterator(chunk_size=1_000):
                sealed = bytes(value or b"")
                known = before.get(pk)
                if known and known[0] == sealed[-_TAG_BYTES:]:
                    after[pk] = known
                elif mailbox := _mailbox(key, newsroom, sealed):
                    after[pk] = (sealed[-_TAG_BYTES:], mailbox)
            self._opened[newsroom.slug] = after
            return after


def _mailbox(key: bytes, newsroom: Newsroom, sealed: bytes) -> str:
    """A row that this key doesn't open is left out: it must not keep everybody else from being found."""
    try:
        return mailbox_of(open_sealed(key, newsroom.pk, sealed)["mail"])
    except CannotOpen:
        return ""


def may_look_up(newsroom: Newsroom, actor: str) -> bool:
    """Whether this pseudonym belongs to somebody whose role opens what leads to persons."""
    roles = Role.objects.filter(newsroom=newsroom, staff__pseudonym=actor, staff__is_active=True)
    return roles.filter(kind__in=_MAY).exists()


def _seldom_enough(newsroom: Newsroom, actor: str, now: datetime) -> bool:
    """The log counts the day, over restarts and several workers; the bucket counts the minute."""
    today = AuditLine.objects.filter(day=newsroom.today(now), actor=actor, action__startswith="people.")
    return today.count() < PER_DAY and allow("people", actor, PER_MINUTE, BURST, now)


@transaction.atomic
def _record(
    action: str, newsroom: Newsroom, actor: str, day: date, reason: str, subject: str = "", **detail: int
) -> None:
    told = {"reason": reason.strip(), **detail}
    log.record(action, actor=actor, day=day, newsroom_id=newsroom.pk, subject=subject, detail=told)
