"""The newsroom's true addresses: a list that is signed elsewhere, so that whoever takes this server can't forge it.

    {"newsroom": "far-shore", "version": 7, "not_before": "2026-11-01", "expires": "2026-12-01",
     "pay": ["support.farshore.example"], "read": ["farshore.example", "mirror.example"]}

A list is shown while it is valid, and verified each time it is shown. A newer version replaces it, never an older one.
"""

import json
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from mainstay.audit import log
from mainstay.core.errors import MainstayError, WrongSettings
from mainstay.sealing import minisign
from mainstay.sealing.recovery import spoken_fingerprint

from .models import MirrorList, Newsroom

LONGEST_LIFE = timedelta(days=92)
LARGEST_BYTES = 20_000
MOST_ADDRESSES = 50
_HOST = re.compile(r"(?=.{4,100}\Z)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+", re.ASCII)
_FIELDS = {"newsroom", "version", "not_before", "expires", "pay", "read"}


class BadList(MainstayError):
    """A list that must not be shown to anybody."""

    def __init__(self, why: str) -> None:
        super().__init__(f"This list is not taken: {why}.")


@dataclass(frozen=True, slots=True)
class Addresses:
    """A verified list. Hosts are in ASCII, in lower case, without path."""

    newsroom: str
    version: int
    not_before: date
    expires: date
    pay: tuple[str, ...]
    read: tuple[str, ...]


def trusted_key() -> minisign.SigningKey:
    """The public key that lists must be signed with. Raises `WrongSettings`."""
    if not settings.MAINSTAY_MIRRORS_KEY:
        raise WrongSettings("MAINSTAY_MIRRORS_KEY is missing: the public key that `minisign -G` printed.")
    return minisign.read_key(settings.MAINSTAY_MIRRORS_KEY)


def fingerprint(key: minisign.SigningKey) -> str:
    """Twelve words that stand for the key, to be printed, read out and compared."""
    return spoken_fingerprint(key.public)


def verified(
    key: minisign.SigningKey, content: bytes, signature: str, *, today: date, after: int = 0
) -> Addresses:
    """The list, when the signature holds, it is valid `today`, and its version is greater than `after`.

    Raises `BadList` and `minisign.BadSignature`. The content is not even read before its signature holds.
    """
    if len(content) > LARGEST_BYTES:
        raise BadList("it is too long")
    minisign.verify(key, content, signature)
    found = _read(content)
    if found.version <= after:
        raise BadList(f"version {found.version} is not newer than version {after}")
    if not found.not_before <= today < found.expires:
        raise BadList(f"it is valid from {found.not_before} until {found.expires}, and today is {today}")
    if found.expires - found.not_before > LONGEST_LIFE:
        raise BadList("it is valid for longer than three months")
    return found


@transaction.atomic
def publish(newsroom: Newsroom, content: bytes, signature: str, *, actor: str, today: date) -> Addresses:
    """Takes a newer list over. Raises `BadList`, `minisign.BadSignature`."""
    newest = _newest(newsroom)
    found = verified(trusted_key(), content, signature, today=today, after=newest.version if newest else 0)
    if found.newsroom != newsroom.slug:
        raise BadList(f"it is the list of {found.newsroom}")
    MirrorList.objects.create(
        newsroom=newsroom, version=found.version, content=content.decode(), signature=signature, day=today
    )
    detail = {"version": found.version, "expires": found.expires.isoformat()}
    log.record("mirrors.published", actor=actor, day=today, newsroom_id=newsroom.pk, detail=detail)
    return found


def shown(newsroom: Newsroom, today: date) -> tuple[Addresses, MirrorList] | None:
    """The newest list with its row, when it still holds today; else nothing: never an older one."""
    newest = _newest(newsroom)
    if newest is None or not settings.MAINSTAY_MIRRORS_KEY:
        return None
    try:
        found = verified(trusted_key(), newest.content.encode(), newest.signature, today=today)
    except (BadList, minisign.BadSignature):
        return None
    return (found, newest) if found.newsroom == newsroom.slug else None


def _newest(newsroom: Newsroom) -> MirrorList | None:
    return newsroom.mirror_lists.order_by("-version").first()


def _read(content: bytes) -> Addresses:
    try:
        value = json.loads(content)
        if not isinstance(value, dict) or set(value) != _FIELDS:
            raise BadList("its fields are not the six that a list has")
        return Addresses(
            newsroom=str(value["newsroom"]),
            version=_version(value["version"]),
            not_before=date.fromisoformat(value["not_before"]),
            expires=date.fromisoformat(value["expires"]),
            pay=_hosts(value["pay"]),
            read=_hosts(value["read"]),
        )
    except (ValueError, TypeError) as error:
        raise BadList(f"it can't be read ({type(error).__name__})") from None


def _version(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**31:
        raise BadList("its version is no whole number above nought")
    return value


def _hosts(value: Any) -> tuple[str, ...]:
    """Plain ASCII names: a letter that only looks like another must not come near this page."""
    if not isinstance(value, list) or not 0 < len(value) <= MOST_ADDRESSES:
        raise BadList("it has no addresses, or too many")
    for host in value:
        if not isinstance(host, str) or not _HOST.fullmatch(host):
            raise BadList(f"{host!r} is no host name in small ASCII letters")
    return tuple(value)
