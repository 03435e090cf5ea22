"""The mailed link: known and unknown addresses, one use, one hour; and getting in by the code."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from mainstay.core.ids import code_hash, grouped, new_code
from mainstay.core.money import Money
from mainstay.guard.buckets import forget_all
from mainstay.letters.conftest import NOW
from mainstay.letters.models import Letter
from mainstay.letters.work import due_work as letters_work
from mainstay.newsrooms.models import Newsroom
from mainstay.sealing.keyring import KeyRing

from .entry import by_code, report_lost_code
from .models import LostCode, SignInLink, SignInRequest
from .reminders import BadMail
from .sign_in import ask_for_link, link_is_open, open_link
from .test_reminders import give, run
from .work import due_work


def mailed_token(ring: KeyRing, smtp: Any, now: datetime = NOW) -> str:
    run(ring, now, "sign-in links")
    (work,) = letters_work(ring)
    for thing in work.find(now, 10):
        work.do(thing, now)
    found = re.search(r"/my/far-shore/link/([\w-]+)/", smtp.letters[-1].get_content())
    assert found
    return found[1]


def test_a_known_address_gets_a_link_that_works_once(newsroom: Newsroom, ring: KeyRing, smtp: Any) -> None:
    two = {give(newsroom, "ada@x.example", date(2026, 1, day)) for day in (1, 2)}
    give(newsroom, "ben@x.example", date(2026, 1, 1))
    ask_for_link(newsroom, "ADA@x.example", "en", NOW)
    token = mailed_token(ring, smtp)
    assert SignInRequest.objects.count() == 0
    assert link_is_open(newsroom, token, NOW)
    assert set(open_link(newsroom, token, NOW)) == two
    assert open_link(newsroom, token, NOW) == []


def test_the_secret_is_nowhere_in_the_database(newsroom: Newsroom, ring: KeyRing, smtp: Any) -> None:
    give(newsroom, "ada@x.example", date(2026, 1, 1))
    ask_for_link(newsroom, "ada@x.example", "en", NOW)
    run(ring, NOW, "sign-in links")
    waiting = Letter.objects.get()
    assert waiting.payload == {}
    token = mailed_token(ring, smtp)
    assert token not in repr(list(SignInLink.objects.values()))
    assert token.encode() not in bytes(waiting.recipient_sealed or b"")


def test_an_unknown_address_gets_nothing_and_leaves_nothing(newsroom: Newsroom, ring: KeyRing) -> None:
    give(newsroom, "ada@x.example", date(2026, 1, 1))
    ask_for_link(newsroom, "eve@x.example", "en", NOW)
    run(ring, NOW, "sign-in links")
    assert (Letter.objects.count(), SignInLink.objects.count(), SignInRequest.objects.count()) == (0, 0, 0)


def test_a_mailbox_gets_three_links_in_ten_minutes_whoever_asks(newsroom: Newsroom, ring: KeyRing) -> None:
    forget_all()
    give(newsroom, "ada@x.example", date(2026, 1, 1))
    for spelling in ("ada@x.example", "ADA@x.example", "ada@X.example", "Ada@x.example", "ada@x.example"):
        ask_for_link(newsroom, spelling, "en", NOW)
    run(ring, NOW, "sign-in links")
    assert (Letter.objects.count(), SignInRequest.objects.count()) == (3, 0)
    later = NOW + timedelta(minutes=10)
    ask_for_link(newsroom, "ada@x.example", "en", later)
    run(ring, later, "sign-in links")
    assert Letter.objects.count() == 4


def test_an_old_request_is_dropped_also_while_the_key_is_locked(
    newsroom: Newsroom, locked_ring: KeyRing
) -> None:
    ask_for_link(newsroom, "ada@x.example", "en", NOW)
    assert run(locked_ring, NOW + timedelta(minutes=59), "sign-in links") == 0
    assert run(locked_ring, NOW + timedelta(minutes=59), "old links") == 0
    assert run(locked_ring, NOW + timedelta(minutes=60), "old links") == 1
    assert SignInRequest.objects.count() == 0


def test_a_link_ends_after_an_hour_and_is_forgotten(newsroom: Newsroom, ring: KeyRing, smtp: Any) -> None:
    give(newsroom, "ada@x.example", date(2026, 1, 1))
    ask_for_link(newsroom, "ada@x.example", "en", NOW)
    token = mailed_token(ring, smtp)
    later = NOW + timedelta(hours=1)
    assert not link_is_open(newsroom, token, later)
    assert open_link(newsroom, token, later) == []
    run(ring, later, "old links")
    assert SignInLink.objects.count() == 0


def test_text_that_is_no_address_is_said_to_be_none(newsroom: Newsroom) -> None:
    with pytest.raises(BadMail):
        ask_for_link(newsroom, "ada", "en", NOW)


def test_the_code_opens_its_page_however_it_is_typed(newsroom: Newsroom) -> None:
    contribution = give(newsroom, "ada@x.example", date(2026, 1, 1))
    code = new_code()
    contribution.code_hash = code_hash(code)
    contribution.save()
    assert by_code(newsroom, grouped(code).lower()) == contribution
    assert by_code(newsroom, f"  {code} ") == contribution
    for wrong in (new_code(), "", "1234", "\x00" * 20):
        assert by_code(newsroom, wrong) is None


def test_a_lost_code_is_queued_once(newsroom: Newsroom) -> None:
    for _time in range(2):
        report_lost_code(newsroom, date(2026, 1, 3), Money(500, "USD"), NOW.date())
    assert LostCode.objects.count() == 1


def test_every_kind_of_work_has_a_name_of_its_own(ring: KeyRing) -> None:
    names = [work.name for work in due_work(ring)]
    assert len(set(names)) == len(names)
