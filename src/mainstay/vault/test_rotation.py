"""A rotation changes the lock before every value, and no value; it can be stopped anywhere and begun again."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from mainstay.audit.models import AuditLine
from mainstay.collection.sealed import seal_mail
from mainstay.contributions.models import Contribution
from mainstay.letters.forgetting import forget_recipient
from mainstay.letters.models import Letter
from mainstay.letters.outbox import queue
from mainstay.newsrooms import keys
from mainstay.newsrooms.models import Newsroom, PublicKey, sealing_key
from mainstay.sealing.boxes import CannotOpen, open_sealed, seal, sealed_to
from mainstay.sealing.keyfiles import KeyFolder, WrongPassphrase
from mainstay.sealing.keyring import KeyRing

from . import rotation

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
PASSPHRASE = "five quiet words by the sea"
PEOPLE, COLLECTION = PublicKey.Kind.PEOPLE, PublicKey.Kind.COLLECTION


@pytest.fixture
def promises(newsroom: Newsroom) -> list[Contribution]:
    account = newsroom.processor_accounts.create(processor="sandbox", label="Practice", currencies=["USD"])
    return [
        newsroom.contributions.create(
            account=account,
            frequency="monthly",
            amount_minor=500,
            currency="USD",
            language="en",
            started_on=TODAY,
            code_hash=f"{number:064}",
            mail_sealed=seal_mail(newsroom, f"reader-{number}@quiet.example"),
            method_sealed=seal(sealing_key(newsroom.pk, COLLECTION), {"token": f"tok_{number}"}),
        )
        for number in range(4)
    ]


@pytest.fixture
def folder(newsroom: Newsroom, keys_root: Path) -> KeyFolder:
    return KeyFolder(keys_root, newsroom.slug)


def mails(newsroom: Newsroom, private: bytes) -> list[str]:
    rows = Contribution.objects.order_by("code_hash").values_list("mail_sealed", flat=True)
    return [open_sealed(private, newsroom.pk, bytes(value or b""))["mail"] for value in rows]


def test_the_people_key_is_replaced_and_the_old_one_gone(
    newsroom: Newsroom, promises: list[Contribution], folder: KeyFolder
) -> None:
    old = folder.people_key(PASSPHRASE)
    before = mails(newsroom, old)
    with pytest.raises(WrongPassphrase):
        rotation.rotate_people(newsroom, folder, "a wrong passphrase", actor="admin-1", today=TODAY)
    public = rotation.rotate_people(newsroom, folder, PASSPHRASE, actor="admin-1", today=TODAY)
    fresh = seal_mail(newsroom, "new@quiet.example")
    assert sealed_to(fresh) == sealing_key(newsroom.pk, PEOPLE).key_id
    both = folder.people_key(PASSPHRASE)
    assert mails(newsroom, both) == before, "old rows open beside new ones"
    assert rotation.seal_anew(newsroom, PEOPLE, both) == 4
    assert folder.destroy_replaced("people", public, PASSPHRASE) == 1
    assert mails(newsroom, folder.people_key(PASSPHRASE)) == before
    with pytest.raises(CannotOpen):
        mails(newsroom, old)
    line = AuditLine.objects.get(action="key.rotated")
    assert (line.actor, line.detail["kind"]) == ("admin-1", "people")


def test_an_interrupted_run_goes_on_where_it_stopped(
    newsroom: Newsroom, promises: list[Contribution], folder: KeyFolder
) -> None:
    before = mails(newsroom, folder.people_key(PASSPHRASE))
    rotation.rotate_people(newsroom, folder, PASSPHRASE, actor="admin-1", today=TODAY)
    both = folder.people_key(PASSPHRASE)

    def stop_after_two(done: int, of: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotation.seal_anew(newsroom, PEOPLE, both, stop_after_two)
    assert mails(newsroom, both) == before
    assert rotation.seal_anew(newsroom, PEOPLE, both) == 2
    assert rotation.seal_anew(newsroom, PEOPLE, both) == 0


def test_a_running_worker_sees_a_new_collection_key_at_once(
    newsroom: Newsroom, promises: list[Contribution], folder: KeyFolder, ring: KeyRing
) -> None:
    held = ring.collection_key(newsroom.slug)
    rotation.rotate_collection(newsroom, folder, actor="admin-1", today=TODAY)
    assert rotation.seal_anew(newsroom, COLLECTION, folder.collection_key()) == 4
    value = bytes(Contribution.objects.order_by("code_hash")[0].method_sealed or b"")
    with pytest.raises(CannotOpen):
        open_sealed(held, newsroom.pk, value)
    assert open_sealed(ring.collection_key(newsroom.slug), newsroom.pk, value) == {"token": "tok_0"}


def test_a_waiting_letter_is_still_recognised_by_its_promise(
    newsroom: Newsroom, promises: list[Contribution], folder: KeyFolder
) -> None:
    queue(
        kind="stopped",
        newsroom=newsroom,
        language="en",
        dedupe_key="one",
        recipient_sealed=bytes(promises[0].mail_sealed or b""),
        payload={},
        day=TODAY,
        now=NOW,
    )
    rotation.rotate_people(newsroom, folder, PASSPHRASE, actor="admin-1", today=TODAY)
    rotation.seal_anew(newsroom, PEOPLE, folder.people_key(PASSPHRASE))
    promises[0].refresh_from_db()
    forget_recipient(bytes(promises[0].mail_sealed or b""))
    assert Letter.objects.get().state == Letter.State.FAILED


def test_after_a_shredding_there_is_a_new_key_under_any_passphrase(
    newsroom: Newsroom, folder: KeyFolder
) -> None:
    folder.destroy_people_keys()
    rotation.rotate_people(newsroom, folder, "another long passphrase", actor="admin-1", today=TODAY)
    private = folder.people_key("another long passphrase")
    assert open_sealed(private, newsroom.pk, seal_mail(newsroom, "a@b.example"))["mail"] == "a@b.example"


def test_staff_hear_of_a_key_a_month_before_it_expires(newsroom: Newsroom) -> None:
    assert keys.expiring(newsroom, TODAY + timedelta(days=334)) == []
    found = keys.expiring(newsroom, TODAY + timedelta(days=335))
    assert {one.kind for one in found} == {PEOPLE, COLLECTION}
    assert {one.day for one in found} == {date(2027, 1, 31)}


def test_every_sealed_field_is_found() -> None:
    names = {f"{model._meta.label}.{name}" for model, name in rotation.sealed_fields()}
    assert {
        "contributions.Contribution.mail_sealed",
        "letters.Letter.recipient_sealed",
        "supporters.SignInRequest.sealed",
        "collection.Payment.remote_sealed",
    } <= names
