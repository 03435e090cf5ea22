"""The link to a supporter's page, mailed on request.

The web stores a sealed request and answers everyone alike; the worker opens contributions in memory, and mails a link
where the address is known. The link works once, for an hour; what is stored of it is a hash.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from mainstay.contributions.models import Contribution
from mainstay.core.ids import digest
from mainstay.core.search import Search, given_id, given_moment
from mainstay.guard.buckets import count, counted
from mainstay.jobs.claims import claim, due
from mainstay.jobs.work import DueWork
from mainstay.letters.addresses import mailbox_of, read_mail
from mainstay.letters.outbox import queue
from mainstay.letters.work import unlocked
from mainstay.newsrooms.models import Newsroom, PublicKey, sealing_key
from mainstay.sealing.boxes import CannotOpen, open_sealed, seal
from mainstay.sealing.keyring import KeyRing

from .models import SignInLink, SignInRequest
from .people import pages_by_mailbox

LINK_LIFE = timedelta(hours=1)
MOST_WAITING = 5_000
MOST_PAGES_IN_A_LINK = 50
MOST_LINKS_TO_A_MAILBOX = 3
"""Within ten minutes, whoever asks: nobody can fill a supporter's mailbox."""


def ask_for_link(newsroom: Newsroom, mail: str, language: str, now: datetime) -> None:
    """Stores the request. Raises `BadMail`. Everything else ends alike, also when too many wait already."""
    wish = {"mail": read_mail(mail), "language": language}
    if SignInRequest.objects.filter(newsroom=newsroom).count() >= MOST_WAITING:
        return
    sealed = seal(sealing_key(newsroom.pk, PublicKey.Kind.PEOPLE), wish)
    SignInRequest.objects.create(newsroom=newsroom, sealed=sealed, asked_at=now, next_action_at=now)


def link_is_open(newsroom: Newsroom, token: str, now: datetime) -> bool:
    """Whether the link still works. Looking doesn't use it up: mail programs open links to check them."""
    return _link(newsroom, token, now).exists()


def newsroom_of_link(token: str, now: datetime) -> Newsroom | None:
    """The newsroom whose page the link opens; `None` when it is used, too old or wrong."""
    rows = Newsroom.objects.filter(
        sign_in_links__token_hash=digest(token[:100], "link"), sign_in_links__expires_at__gt=now
    )
    return rows.first()


def open_link(newsroom: Newsroom, token: str, now: datetime) -> list[Contribution]:
    """The contributions that the link opens; empty when it is used, too old or wrong. It works once."""
    with transaction.atomic():
        link = _link(newsroom, token, now).select_for_update().first()
        if link is None:
            return []
        pages = list(link.contributions.all())
        link.contributions.clear()
        gone, _rows = _link(newsroom, token, now).delete()
        return pages if gone else []


def _link(newsroom: Newsroom, token: str, now: datetime) -> "QuerySet[SignInLink]":
    return SignInLink.objects.filter(
        token_hash=digest(token[:100], "link"), newsroom=newsroom, expires_at__gt=now
    )


def link_work(ring: KeyRing) -> DueWork:
    """Answers the requests of one newsroom at a time, so that its rows are opened once for all of them."""
    return DueWork("sign-in links", partial(_find, ring), partial(_answer_all, ring), workers=1)


def _find(ring: KeyRing, now: datetime, limit: int) -> Sequence[Newsroom]:
    return [newsroom for newsroom in unlocked(ring) if _waiting.any(newsroom=newsroom.pk)][:limit]


@Search
def _waiting() -> QuerySet[SignInRequest, tuple[UUID]]:
    return SignInRequest.objects.filter(newsroom=given_id("newsroom")).values_list("pk")


@Search
def _due() -> QuerySet[SignInRequest, tuple[UUID]]:
    return due(SignInRequest.objects.filter(newsroom=given_id("newsroom")))


def _answer_all(ring: KeyRing, newsroom: Newsroom, now: datetime) -> None:
    key = ring.people_key(newsroom.slug)
    waiting = _due.ids(MOST_WAITING, newsroom=newsroom.pk, now=now)
    if key is None or not waiting:
        return
    pages = pages_by_mailbox(newsroom, key)
    for pk in waiting:
        token = claim(SignInRequest, pk, now)
        if token is not None:
            _answer(newsroom, key, pages, SignInRequest.objects.get(pk=pk), now)


def _answer(
    newsroom: Newsroom, key: bytes, pages: dict[str, list[UUID]], request: SignInRequest, now: datetime
) -> None:
    with transaction.atomic():
        request.delete()
        try:
            wish = open_sealed(key, newsroom.pk, bytes(request.sealed))
        except CannotOpen:
            return
        known = pages.get(mailbox_of(wish["mail"]), [])
        if known and request.asked_at > now - LINK_LIFE and _may_mail(newsroom, wish["mail"], now):
            _mail_link(newsroom, wish, known, now)


def _may_mail(newsroom: Newsroom, mail: str, now: datetime) -> bool:
    """Counted in this worker's memory, under a hash whose salt lives ten minutes."""
    mailbox = f"{newsroom.pk} {mailbox_of(mail)}"
    count("links", mailbox, now)
    return counted("links", mailbox, now) <= MOST_LINKS_TO_A_MAILBOX


def _mail_link(newsroom: Newsroom, wish: dict[str, str], known: list[UUID], now: datetime) -> None:
    """The link's secret waits in the outbox sealed beside the address, not in clear."""
    secret = secrets.token_urlsafe(32)
    link = SignInLink.objects.create(
        token_hash=digest(secret, "link"), newsroom=newsroom, expires_at=now + LINK_LIFE
    )
    link.contributions.set(Contribution.objects.filter(pk__in=known[-MOST_PAGES_IN_A_LINK:]))
    recipient = {"mail": wish["mail"], "token": secret}
    queue(
        kind="sign_in_link",
        newsroom=newsroom,
        language=wish["language"],
        dedupe_key=f"link:{link.token_hash}",
        recipient_sealed=seal(sealing_key(newsroom.pk, PublicKey.Kind.PEOPLE), recipient),
        payload={},
        day=newsroom.today(now),
        now=now,
    )


def tidy_work() -> DueWork:
    """Drops requests older than an hour, also while the people key is locked, and links that ended."""
    return DueWork("old links", _old, _forget, workers=1)


def _old(now: datetime, limit: int) -> Sequence[str]:
    old = _old_requests.any(before=now - LINK_LIFE) or _old_links.any(now=now)
    return ["old"] if old else []


@Search
def _old_requests() -> QuerySet[SignInRequest, tuple[UUID]]:
    return SignInRequest.objects.filter(asked_at__lte=given_moment("before")).values_list("pk")


@Search
def _old_links() -> QuerySet[SignInLink, tuple[str]]:
    return SignInLink.objects.filter(expires_at__lte=given_moment("now")).values_list("pk")


def _forget(_old: str, now: datetime) -> None:
    SignInRequest.objects.filter(asked_at__lte=now - LINK_LIFE).delete()
    SignInLink.objects.filter(expires_at__lte=now).delete()
