"""Which public keys values are sealed to: publishing one, replacing it, and saying when it should be replaced.

A key that has expired still seals: taking gifts goes on. From its day on, staff are told to replace it.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from mainstay.audit import log
from mainstay.sealing.recovery import spoken_fingerprint

from .models import Newsroom, PublicKey

LIFE_DAYS = 365
WARNED_DAYS = 30
LASTING = (PublicKey.Kind.COLLECTION, PublicKey.Kind.PEOPLE)


@dataclass(frozen=True, slots=True)
class Expiring:
    """A key that should be replaced by `day`; that day may be past."""

    kind: PublicKey.Kind
    day: date


def publish(newsroom: Newsroom, kind: PublicKey.Kind, public: bytes, today: date, month: str = "") -> None:
    """The first public key of its kind. A month's key needs no expiry: it is destroyed when its month is over."""
    PublicKey.objects.create(
        newsroom=newsroom, kind=kind, month=month, public=public, expires_on=None if month else _expiry(today)
    )


@transaction.atomic
def replace(newsroom: Newsroom, kind: PublicKey.Kind, public: bytes, *, actor: str, today: date) -> None:
    """From now on everything of this kind is sealed to `public`."""
    PublicKey.objects.update_or_create(
        newsroom=newsroom, kind=kind, month="", defaults={"public": public, "expires_on": _expiry(today)}
    )
    detail = {"kind": kind.value, "fingerprint": spoken_fingerprint(public)}
    log.record("key.rotated", actor=actor, day=today, newsroom_id=newsroom.pk, detail=detail)


def current(newsroom: Newsroom, kind: PublicKey.Kind) -> bytes:
    """The public key that is sealed to now. Raises `PublicKey.DoesNotExist`."""
    return bytes(PublicKey.objects.get(newsroom=newsroom, kind=kind, month="").public)


def expiring(newsroom: Newsroom, today: date) -> list[Expiring]:
    """The keys that expire within thirty days, or have expired."""
    rows = PublicKey.objects.filter(
        newsroom=newsroom, kind__in=LASTING, expires_on__lte=today + timedelta(days=WARNED_DAYS)
    )
    found = rows.order_by("expires_on").values_list("kind", "expires_on")
    return [Expiring(PublicKey.Kind(kind), day) for kind, day in found if day]


def _expiry(today: date) -> date:
    return today + timedelta(days=LIFE_DAYS)
