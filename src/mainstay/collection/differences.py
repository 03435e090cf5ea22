"""Differences between our books and a processor's: reported when seen, settled when gone. Staff see the open ones."""

from datetime import date, timedelta

from mainstay.core.ids import remote_hash
from mainstay.newsrooms.models import ProcessorAccount, PublicKey, sealing_key
from mainstay.sealing.boxes import open_sealed, seal
from mainstay.sealing.keyring import KeyRing

from .books_models import Difference

KEPT_DAYS = 35


def report(
    account: ProcessorAccount, kind: Difference.Kind, object_id: str, *, day: date, **detail: object
) -> Difference:
    """Makes sure that staff see a difference; seeing the same again changes nothing but its `detail`.

    `object_id` is the processor's id (kept hashed and sealed), `detail` anything JSON can hold that names no person. A
    difference that was settled and is seen again is open again; an accepted one only when its detail is another.
    """
    known = Difference.objects.filter(account=account, kind=kind, object_hash=remote_hash(object_id))
    row = known.first()
    if row is None:
        return Difference.objects.get_or_create(
            account=account,
            kind=kind,
            object_hash=remote_hash(object_id),
            defaults={
                "object_sealed": _seal(account, object_id),
                "first_seen_on": day,
                "detail": detail,
            },
        )[0]
    if row.state == Difference.State.SETTLED or row.detail != detail:
        if row.state != Difference.State.OPEN:
            row.first_seen_on = day
        row.state, row.settled_on, row.detail = Difference.State.OPEN, None, detail
        row.save(update_fields=["state", "settled_on", "detail", "first_seen_on"])
    return row


def settle(account: ProcessorAccount, kind: Difference.Kind, object_id: str, *, day: date) -> None:
    """The difference is gone. Nothing happens when there was none."""
    rows = Difference.objects.filter(account=account, kind=kind, object_hash=remote_hash(object_id))
    rows.exclude(state=Difference.State.SETTLED).update(state=Difference.State.SETTLED, settled_on=day)


def accept(difference: Difference, *, day: date) -> None:
    """A member of staff looked at it and knows why it is so: it is not shown until something about it changes."""
    rows = Difference.objects.filter(pk=difference.pk, state=Difference.State.OPEN)
    rows.update(state=Difference.State.ACCEPTED, settled_on=day)


def object_of(difference: Difference, ring: KeyRing) -> str:
    """The processor's id behind a difference. Only where the collection key is."""
    newsroom = difference.account.newsroom
    opened = open_sealed(ring.collection_key(newsroom.slug), newsroom.pk, bytes(difference.object_sealed))
    return str(opened["id"])


def forget_settled(account: ProcessorAccount, today: date) -> int:
    """Deletes what has been settled for 35 days; returns how many."""
    old = Difference.objects.filter(
        account=account, state=Difference.State.SETTLED, settled_on__lt=today - timedelta(days=KEPT_DAYS)
    )
    return old.delete()[0]


def _seal(account: ProcessorAccount, object_id: str) -> bytes:
    return seal(sealing_key(account.newsroom_id, PublicKey.Kind.COLLECTION), {"id": object_id})
