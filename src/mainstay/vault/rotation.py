"""Replacing a key: a new one from now on, everything that lies sealed to the old ones sealed anew, the old ones gone.

Sealing anew is the one write that reaches into other rooms' tables: it changes no value, only the lock before it. Each
row is swapped on its own, if nobody changed it meanwhile, so that a run can be stopped and begun again at any time.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from uuid import UUID

from django.apps import apps
from django.db import models, transaction
from nacl.public import PrivateKey

from mainstay.letters.models import Letter
from mainstay.newsrooms import keys
from mainstay.newsrooms.models import Newsroom, PublicKey
from mainstay.sealing.boxes import SealingKey, key_id, open_sealed, private_keys, public_of, seal, sealed_to
from mainstay.sealing.keyfiles import KeyFolder, NoKeyFile

Field = tuple[type[models.Model], str]
Progress = Callable[[int, int], None]


def rotate_people(
    newsroom: Newsroom, folder: KeyFolder, passphrase: str, *, actor: str, today: date
) -> bytes:
    """Makes a new people key under the same passphrase and seals to it from now on; returns its public half.

    Raises `WrongPassphrase`, unless there is no people key at all, as after a shredding.
    """
    with suppress(NoKeyFile):  # Then there is nothing to be locked out of: the passphrase is the new key's.
        folder.people_key(passphrase)
    public = folder.add_people_key(bytes(PrivateKey.generate()), passphrase)
    keys.replace(newsroom, PublicKey.Kind.PEOPLE, public, actor=actor, today=today)
    return public


def rotate_collection(newsroom: Newsroom, folder: KeyFolder, *, actor: str, today: date) -> bytes:
    """Makes a new collection key beside the old ones and seals to it from now on; returns its public half."""
    public = folder.add_collection_key()
    keys.replace(newsroom, PublicKey.Kind.COLLECTION, public, actor=actor, today=today)
    return public


def seal_anew(
    newsroom: Newsroom, kind: PublicKey.Kind, private: bytes, progress: Progress = lambda done, of: None
) -> int:
    """Seals to the present key what was sealed to those it replaced; returns how many values were.

    `private` holds the old keys and the new one. `progress` is told how many of how many. Passes are repeated, because
    a form that was being taken may have been sealed to the old key a moment before; the last pass found nothing.
    """
    target = SealingKey(newsroom.pk, keys.current(newsroom, kind))
    old = {key_id(public_of(one)) for one in private_keys(private)} - {target.key_id}
    count = 0
    while todo := [
        (field, pk) for field in sealed_fields() for pk in _sealed_to_one_of(old, newsroom, field)
    ]:
        waiting = _waiting_recipients()
        for done, (field, pk) in enumerate(todo, 1):
            _swap(field, pk, private, target, waiting)
            progress(done, len(todo))
        count += len(todo)
    return count


def sealed_fields() -> list[Field]:
    """Every field that holds sealed values: their names end so, which tests/tidy/test_privacy_map.py holds."""
    return [
        (model, field.attname)
        for model in apps.get_models()
        if model._meta.app_config and model._meta.app_config.name.startswith("mainstay.")
        for field in model._meta.concrete_fields
        if isinstance(field, models.BinaryField) and field.attname.endswith("sealed")
    ]


def _sealed_to_one_of(old: set[bytes], newsroom: Newsroom, field: Field) -> Iterator[object]:
    model, name = field
    rows = model._default_manager.filter(**{f"{name}__isnull": False}).values_list("pk", name)
    for pk, value in rows.iterator(chunk_size=500):
        sealed = bytes(value)
        if sealed[1:17] == newsroom.pk.bytes and sealed_to(sealed) in old:
            yield pk


def _swap(field: Field, pk: object, private: bytes, target: SealingKey, waiting: set[bytes]) -> None:
    model, name = field
    value = model._default_manager.filter(pk=pk).values_list(name, flat=True).first()
    if not value or sealed_to(bytes(value)) == target.key_id:
        return
    before = bytes(value)
    after = seal(target, open_sealed(private, UUID(bytes=before[1:17]), before))
    with transaction.atomic():
        model._default_manager.filter(pk=pk, **{name: before}).update(**{name: after})
        if before in waiting:
            Letter.objects.filter(recipient_sealed=before).update(recipient_sealed=after)


def _waiting_recipients() -> set[bytes]:
    """A waiting letter is recognised by the very bytes of its promise's sealed address (`letters.forgetting`)."""
    rows = Letter.objects.filter(state=Letter.State.WAITING, recipient_sealed__isnull=False)
    return {bytes(value or b"") for value in rows.values_list("recipient_sealed", flat=True)}
