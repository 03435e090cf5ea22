"""Claims: one winner among many. The worker: one failure stops nothing."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from mainstay.core.clock import FixedClock
from mainstay.core.search import Search
from mainstay.letters.models import Letter
from mainstay.newsrooms.models import Newsroom

from .claims import at_work, claim, due, release, renew
from .work import DueWork
from .worker import Worker

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _letter() -> Letter:
    newsroom = Newsroom.objects.create(slug="far-shore", name="The Far Shore", sandbox=True)
    return Letter.objects.create(
        newsroom=newsroom, kind="receipt", language="en", dedupe_key="one", day=NOW.date(), next_action_at=NOW
    )


@pytest.mark.django_db
def test_a_claim_holds_until_its_lease_is_over() -> None:
    letter = _letter()
    waiting = Search(lambda: due(Letter.objects.all()))
    assert waiting.ids(10, now=NOW) == [letter.pk]
    token = claim(Letter, letter.pk, NOW, lease_seconds=60)
    assert token
    assert claim(Letter, letter.pk, NOW + timedelta(seconds=59)) is None
    assert waiting.ids(10, now=NOW + timedelta(seconds=59)) == []
    assert waiting.ids(10, now=NOW + timedelta(seconds=61)) == [letter.pk]
    release(Letter, letter.pk, "not-ours")
    assert claim(Letter, letter.pk, NOW) is None
    assert claim(Letter, letter.pk, NOW + timedelta(seconds=61))


@pytest.mark.django_db(transaction=True)
def test_of_many_threads_one_wins() -> None:
    letter = _letter()
    won: list[str] = []
    start = threading.Barrier(8)

    def try_it() -> None:
        start.wait()
        token = claim(Letter, letter.pk, NOW)
        if token:
            won.append(token)
        connection.close()

    threads = [threading.Thread(target=try_it) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


@pytest.mark.django_db
def test_many_that_fail_do_not_hide_what_comes_after_them() -> None:
    left = list(range(30))

    def do(thing: Any, now: datetime) -> None:
        if thing < 25:
            raise ValueError("broken")
        left.remove(thing)

    work = DueWork("numbers", lambda now, limit: left[:limit], do, batch=5, workers=1)
    assert Worker([work], FixedClock(NOW), threads=1).run_once() == 5
    assert left == list(range(25))


@pytest.mark.django_db
def test_one_failure_is_logged_and_the_others_go_on() -> None:
    left, done = [1, 2, 3], []

    def do(thing: Any, now: datetime) -> None:
        if thing == 2:
            raise ValueError("broken")
        left.remove(thing)
        done.append(thing)

    work = DueWork("numbers", lambda now, limit: list(left), do, workers=1)
    assert Worker([work], FixedClock(NOW), threads=1).run_once() == 2
    assert (done, left) == ([1, 3], [2])


@pytest.mark.django_db
def test_it_stops_when_told() -> None:
    stop = threading.Event()
    work = DueWork(
        "stop", lambda now, limit: [] if stop.is_set() else [1], lambda thing, now: stop.set(), workers=1
    )
    Worker([work], FixedClock(NOW), threads=1, stop=stop).run_forever(idle_seconds=60)
    assert stop.is_set()


@pytest.mark.django_db
def test_it_stops_between_two_things() -> None:
    stop, done = threading.Event(), []

    def do(thing: Any, now: datetime) -> None:
        done.append(thing)
        stop.set()

    work = DueWork("numbers", lambda now, limit: range(100), do, workers=1)
    assert Worker([work], FixedClock(NOW), threads=1, stop=stop).run_once() == 1
    assert done == [0]


@pytest.mark.django_db
def test_a_claim_at_work_is_renewed_and_a_lost_one_is_not() -> None:
    letter = _letter()
    with at_work():
        token = claim(Letter, letter.pk, NOW, lease_seconds=60)
        later = NOW + timedelta(seconds=50)
        assert renew(later, lease_seconds=60) == 1
        assert claim(Letter, letter.pk, later + timedelta(seconds=59)) is None
        assert token
        release(Letter, letter.pk, token)
        assert renew(later) == 0
    assert Letter.objects.get().claim_until is None


@pytest.mark.django_db
def test_what_is_done_is_renewed_no_more() -> None:
    letter = _letter()
    with at_work():
        claim(Letter, letter.pk, NOW, lease_seconds=60)
    assert renew(NOW + timedelta(seconds=50)) == 0
