"""Letters through a real mail server: waiting for the key, going once, trying again, giving up."""

import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from mainstay.newsrooms.found import Founding, found_newsroom
from mainstay.newsrooms.models import Newsroom, PublicKey, sealing_key
from mainstay.sealing.boxes import seal
from mainstay.sealing.keyring import KeyRing

from .compose import kinds
from .conftest import NOW
from .models import Letter
from .outbox import queue
from .send import send
from .tries import MOST_TRIES
from .work import due_work


def put(newsroom: Newsroom, kind: str = "receipt", key: str = "receipt:1") -> Letter:
    recipient = seal(sealing_key(newsroom.pk, PublicKey.Kind.PEOPLE), {"mail": "ada@reader.example"})
    queue(
        kind=kind,
        newsroom=newsroom,
        language="en",
        dedupe_key=key,
        recipient_sealed=recipient,
        payload=kinds()[kind].EXAMPLE,
        day=NOW.date(),
        now=NOW,
    )
    return Letter.objects.get(dedupe_key=key)


def run(ring: KeyRing, now: datetime) -> int:
    (work,) = due_work(ring)
    things = work.find(now, 100)
    for thing in things:
        work.do(thing, now)
    return len(things)


def test_a_letter_goes_once_and_its_address_is_gone(newsroom: Newsroom, ring: KeyRing, smtp: Any) -> None:
    letter = put(newsroom)
    put(newsroom)
    assert run(ring, NOW) == 1
    assert run(ring, NOW + timedelta(days=2)) == 0
    letter.refresh_from_db()
    assert (letter.state, letter.recipient_sealed, letter.payload) == (Letter.State.SENT, None, {})
    (received,) = smtp.letters
    assert received["To"] == "ada@reader.example"
    assert received["From"] == newsroom.mail_from
    assert received["Message-ID"] == f"<{letter.pk}@farshore.example>"
    assert received["Auto-Submitted"] == "auto-generated"
    assert received.get_content_type() == "text/plain"
    assert received["List-Unsubscribe"] is None


def test_letters_wait_while_the_people_key_is_locked(
    newsroom: Newsroom, locked_ring: KeyRing, smtp: Any
) -> None:
    letter = put(newsroom)
    assert run(locked_ring, NOW + timedelta(days=30)) == 0
    letter.refresh_from_db()
    assert (letter.state, letter.tries) == (Letter.State.WAITING, 0)
    assert smtp.letters == []


def test_trouble_is_tried_again_later_and_not_for_ever(
    newsroom: Newsroom, ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_args: Any, **_options: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", unreachable)
    letter = put(newsroom)
    assert run(ring, NOW) == 1
    assert run(ring, NOW + timedelta(seconds=59)) == 0
    now = NOW
    for _try in range(MOST_TRIES + 5):
        now += timedelta(days=1)
        run(ring, now)
    letter.refresh_from_db()
    assert (letter.state, letter.tries, letter.recipient_sealed) == (Letter.State.FAILED, MOST_TRIES, None)


def test_an_address_that_is_refused_for_good_is_forgotten_at_once(
    newsroom: Newsroom, ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: Any, **_options: Any) -> None:
        raise smtplib.SMTPRecipientsRefused({"ada@reader.example": (550, b"no such mailbox")})

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    letter = put(newsroom)
    run(ring, NOW)
    letter.refresh_from_db()
    assert (letter.state, letter.recipient_sealed) == (Letter.State.FAILED, None)


def test_a_crash_after_sending_gives_a_second_copy_with_the_same_id(
    newsroom: Newsroom, ring: KeyRing, smtp: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_args: Any) -> None:
        raise SystemExit

    put(newsroom)
    with monkeypatch.context() as patch:
        patch.setattr("mainstay.letters.work._finish", crash)
        with pytest.raises(SystemExit):
            run(ring, NOW)
    assert run(ring, NOW + timedelta(seconds=90)) == 0, "the lease still stands"
    assert run(ring, NOW + timedelta(seconds=121)) == 1
    first, second = smtp.letters
    assert first["Message-ID"] == second["Message-ID"]


def test_what_follows_the_mail_servers_answer_is_one_update(
    newsroom: Newsroom, ring: KeyRing, smtp: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each commit more is a place more at which a crash sends the letter a second time."""
    put(newsroom)
    told: list[str] = []

    def watch(execute: Any, sql: str, *rest: Any) -> Any:
        told.append(sql.split()[0])
        return execute(sql, *rest)

    def and_note(*args: Any, **kwargs: Any) -> None:
        send(*args, **kwargs)
        told.append("sent")

    monkeypatch.setattr("mainstay.letters.work.send", and_note)
    with connection.execute_wrapper(watch):
        run(ring, NOW)
    assert told[told.index("sent") :] == ["sent", "UPDATE"]


def test_two_workers_send_one_letter(newsroom: Newsroom, ring: KeyRing, smtp: Any) -> None:
    put(newsroom)
    (one,), (other,) = due_work(ring), due_work(ring)
    found_by_both: list[tuple[Callable[..., None], Any]] = [
        (one.do, one.find(NOW, 10)[0]),
        (other.do, other.find(NOW, 10)[0]),
    ]
    for do, thing in found_by_both:
        do(thing, NOW)
    assert len(smtp.letters) == 1


def test_of_two_newsrooms_the_longest_due_goes_first(
    newsroom: Newsroom, ring: KeyRing, keys_root: Path
) -> None:
    """A newsroom with many letters holds up nobody else's."""
    founding = Founding("near-shore", "Near", "Near Press", "NEAR", "http://127.0.0.1/", "l@near.example")
    other = found_newsroom(founding, keys_root=keys_root, passphrase="another by the sea", today=NOW.date())
    ring.unlock(other.slug, "another by the sea")
    letters = [put(house, key=f"{house.slug}:{turn}") for turn in range(3) for house in (newsroom, other)]
    for age, letter in enumerate(reversed(letters)):
        Letter.objects.filter(pk=letter.pk).update(next_action_at=NOW - timedelta(minutes=age))
    (work,) = due_work(ring)
    assert work.find(NOW, 100) == [letter.pk for letter in letters]
    assert work.find(NOW, 3) == [letter.pk for letter in letters[:3]]
