"""Reminders, from the wish to the vanished row, with real keys and a real mail server."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mainstay.collection.models import Payment
from mainstay.contributions.models import Contribution
from mainstay.core.ids import new_code, new_id
from mainstay.core.money import Money
from mainstay.letters.conftest import NOW
from mainstay.newsrooms.models import Newsroom, PublicKey, sealing_key
from mainstay.sealing.boxes import CannotOpen, open_sealed, seal
from mainstay.sealing.keyring import KeyRing

from .models import Reminder
from .reminders import BadMail, RemindersUnavailable, pending_count, request_reminder, unsubscribe
from .work import due_work

FIVE = Money(500, "USD")
BEFORE_TEN = datetime(2026, 2, 28, 8, 59, tzinfo=UTC)  # 9:59 in Berlin
TEN = datetime(2026, 2, 28, 9, 0, tzinfo=UTC)


def ask(newsroom: Newsroom, mail: str = "ada@reader.example", now: datetime = NOW) -> date:
    return request_reminder(newsroom, mail, "monthly", FIVE, "en", now)


def run(ring: KeyRing, now: datetime, only: str = "reminders") -> int:
    done = 0
    for work in due_work(ring):
        for thing in work.find(now, 100) if work.name == only else ():
            work.do(thing, now)
            done += 1
    return done


def give(newsroom: Newsroom, mail: str, day: date) -> Contribution:
    """A one-time gift, as its rows stand once it is paid."""
    account, _made = newsroom.processor_accounts.get_or_create(processor="practice", label="Practice")
    sealed = seal(sealing_key(newsroom.pk, PublicKey.Kind.PEOPLE), {"mail": mail})
    contribution = Contribution.objects.create(
        newsroom=newsroom,
        account=account,
        frequency="once",
        amount_minor=500,
        currency="USD",
        state="completed",
        language="en",
        started_on=day,
        code_hash=new_code(),
        mail_sealed=sealed,
    )
    Payment.objects.create(
        newsroom=newsroom,
        account=account,
        contribution=contribution,
        remote_hash=str(new_id()),
        remote_sealed=b"x",
        gross_minor=500,
        currency="USD",
        frequency="once",
        day=day,
    )
    return contribution


def test_the_last_of_january_gives_the_last_of_february(newsroom: Newsroom) -> None:
    assert ask(newsroom) == date(2026, 2, 28)


def test_the_web_can_not_read_what_it_stored(newsroom: Newsroom, ring: KeyRing) -> None:
    ask(newsroom)
    sealed = bytes(Reminder.objects.get().sealed)
    assert b"ada" not in sealed
    with pytest.raises(CannotOpen):
        open_sealed(ring.people_key(newsroom.slug) or b"", newsroom.pk, sealed)
    key = ring.folder(newsroom.slug).month_key("2026-02")
    assert open_sealed(key, newsroom.pk, sealed)["mail"] == "ada@reader.example"


@pytest.mark.parametrize(
    "typed", ["", "ada", "ada@", "a b@c.org", "ada@reader.example\nBcc: all@x.org", "x" * 300]
)
def test_text_that_is_no_address_stores_nothing(newsroom: Newsroom, typed: str) -> None:
    with pytest.raises(BadMail):
        ask(newsroom, typed)
    assert pending_count(newsroom) == 0


def test_without_a_key_for_the_month_nothing_is_promised(newsroom: Newsroom) -> None:
    with pytest.raises(RemindersUnavailable):
        ask(newsroom, now=NOW + timedelta(days=3000))
    assert pending_count(newsroom) == 0


def test_it_comes_once_at_ten_and_is_forgotten(newsroom: Newsroom, locked_ring: KeyRing, smtp: Any) -> None:
    ask(newsroom)
    reminder = Reminder.objects.get()
    assert run(locked_ring, BEFORE_TEN) == 0
    assert run(locked_ring, TEN) == 1
    assert run(locked_ring, TEN + timedelta(days=40)) == 0
    assert pending_count(newsroom) == 0
    (letter,) = smtp.letters
    assert letter["To"] == "ada@reader.example"
    assert letter["Message-ID"] == f"<{reminder.pk}@farshore.example>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"/my/unsubscribe/{reminder.pk}/" in letter["List-Unsubscribe"]
    text = letter.get_content()
    assert "unsubscribe" not in text, "it has come, and there is nothing left to call off"
    assert "/support/far-shore/?frequency=monthly&amount=5&currency=USD&language=en" in text
    assert "ada" not in text


def test_it_comes_late_rather_than_never(newsroom: Newsroom, locked_ring: KeyRing, smtp: Any) -> None:
    ask(newsroom)
    assert run(locked_ring, TEN + timedelta(days=3, hours=-8)) == 1
    assert len(smtp.letters) == 1


def test_a_moved_calendar_counts(newsroom: Newsroom, locked_ring: KeyRing, smtp: Any) -> None:
    ask(newsroom)
    newsroom.clock_offset_seconds = int(timedelta(days=28).total_seconds())
    newsroom.save()
    assert run(locked_ring, NOW) == 1


def test_calling_it_off(newsroom: Newsroom, locked_ring: KeyRing, smtp: Any) -> None:
    ask(newsroom)
    unsubscribe(Reminder.objects.get().pk)
    unsubscribe(new_id())
    assert run(locked_ring, TEN) == 0
    assert smtp.letters == []


def test_a_second_wish_of_the_same_mailbox_is_dropped(
    newsroom: Newsroom, locked_ring: KeyRing, smtp: Any
) -> None:
    ask(newsroom)
    ask(newsroom, "Ada@Reader.example")
    ask(newsroom, "ben@reader.example")
    run(locked_ring, TEN)
    received = sorted(letter["To"].casefold() for letter in smtp.letters)
    assert received == ["ada@reader.example", "ben@reader.example"]


def test_who_gave_since_is_not_asked_again(newsroom: Newsroom, ring: KeyRing, smtp: Any) -> None:
    for mail in ("gave-since@x.example", "gave-before@x.example", "never@x.example"):
        ask(newsroom, mail)
    give(newsroom, "Gave-Since@x.example", date(2026, 2, 10))
    give(newsroom, "gave-before@x.example", date(2026, 1, 30))
    run(ring, TEN)
    assert sorted(letter["To"] for letter in smtp.letters) == ["gave-before@x.example", "never@x.example"]


def test_trouble_with_the_mail_server_is_bounded(
    newsroom: Newsroom, locked_ring: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_args: Any, **_options: Any) -> None:
        raise TimeoutError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", unreachable)
    ask(newsroom)
    tries = sum(run(locked_ring, TEN + timedelta(days=day)) for day in range(30))
    assert tries == 20
    assert pending_count(newsroom) == 0, "what can't be delivered is forgotten"


@pytest.fixture
def months_of(newsroom: Newsroom, locked_ring: KeyRing) -> Callable[[], list[str]]:
    return lambda: locked_ring.folder(newsroom.slug).months()


def test_a_months_key_is_destroyed_when_none_of_its_reminders_is_left(
    newsroom: Newsroom, locked_ring: KeyRing, smtp: Any, months_of: Callable[[], list[str]]
) -> None:
    ask(newsroom)
    sealed = bytes(Reminder.objects.get().sealed)
    march = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    run(locked_ring, march, "month keys")
    assert months_of()[0] == "2026-02", "January is over; February's reminder still waits"
    run(locked_ring, march)
    run(locked_ring, march, "month keys")
    assert months_of()[0] == "2026-03"
    assert not newsroom.public_keys.filter(month="2026-02").exists()
    with pytest.raises(CannotOpen):
        open_sealed(locked_ring.folder(newsroom.slug).month_key("2026-03"), newsroom.pk, sealed)


def test_month_keys_are_made_ahead(
    newsroom: Newsroom, locked_ring: KeyRing, months_of: Callable[[], list[str]]
) -> None:
    run(locked_ring, datetime(2026, 6, 1, 12, 0, tzinfo=UTC), "month keys")
    assert months_of()[0] == "2026-06"
    assert months_of()[-1] == "2027-07"
    assert newsroom.public_keys.filter(kind=PublicKey.Kind.MONTH, month="2027-07").exists()


def test_a_worker_on_another_host_leaves_reminders_to_the_one_with_the_keys(
    newsroom: Newsroom, locked_ring: KeyRing, tmp_path: Any
) -> None:
    ask(newsroom)
    assert run(KeyRing(tmp_path / "elsewhere"), TEN) == 0
    assert pending_count(newsroom) == 1
