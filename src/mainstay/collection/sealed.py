"""What collection seals to the collection key, and opens in the worker."""

from dataclasses import asdict

from mainstay.contributions.models import Contribution
from mainstay.contributions.port import Method
from mainstay.newsrooms.models import Newsroom, PublicKey, sealing_key
from mainstay.sealing.boxes import open_sealed, seal
from mainstay.sealing.keyring import KeyRing


def seal_method(newsroom: Newsroom, method: Method) -> bytes:
    """The processor's tokens and the card's country, sealed."""
    return seal(sealing_key(newsroom.pk, PublicKey.Kind.COLLECTION), asdict(method))


def open_method(ring: KeyRing, contribution: Contribution) -> Method | None:
    """The saved card of a contribution, or `None` when it has none. Only where the collection key is."""
    if not contribution.method_sealed:
        return None
    return read_method(ring, contribution.newsroom, bytes(contribution.method_sealed))


def read_method(ring: KeyRing, newsroom: Newsroom, sealed: bytes) -> Method:
    """The saved card behind a sealed value."""
    return Method(**open_sealed(ring.collection_key(newsroom.slug), newsroom.pk, sealed))


def seal_remote(newsroom: Newsroom, remote_id: str, charge_id: str) -> bytes:
    """The processor's ids of a payment, sealed."""
    key = sealing_key(newsroom.pk, PublicKey.Kind.COLLECTION)
    return seal(key, {"remote_id": remote_id, "charge_id": charge_id})


def open_remote(ring: KeyRing, newsroom: Newsroom, sealed: bytes) -> dict[str, str]:
    """`remote_id` and `charge_id` of a payment."""
    return open_sealed(ring.collection_key(newsroom.slug), newsroom.pk, bytes(sealed))


def seal_mail(newsroom: Newsroom, mail: str) -> bytes:
    """A mail address, sealed to the people key."""
    return seal(sealing_key(newsroom.pk, PublicKey.Kind.PEOPLE), {"mail": mail})
