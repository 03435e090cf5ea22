"""Heartbeats: the newest one tells; old ones go; the future proves nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from .heartbeat import beat, last_seen, locked_everywhere, new_name, workers_there
from .models import WorkerHeartbeat

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_nobody_was_ever_there() -> None:
    assert last_seen(NOW) is None
    assert workers_there(NOW) == 0


def test_the_newest_beat_of_any_worker_tells() -> None:
    beat("worker-a", NOW - timedelta(hours=2))
    beat("worker-b", NOW - timedelta(hours=3))
    assert last_seen(NOW) == NOW - timedelta(hours=2)
    beat("worker-b", NOW)
    assert last_seen(NOW) == NOW
    assert workers_there(NOW) == 1
    assert WorkerHeartbeat.objects.count() == 2


def test_a_beat_from_before_the_clock_was_set_back_proves_nothing() -> None:
    beat("worker-a", NOW + timedelta(hours=2))
    assert last_seen(NOW) is None
    beat("worker-a", NOW)
    assert last_seen(NOW) == NOW


def test_workers_that_are_long_gone_are_forgotten() -> None:
    beat("worker-a", NOW - timedelta(days=8))
    beat("worker-b", NOW)
    assert list(WorkerHeartbeat.objects.values_list("name", flat=True)) == ["worker-b"]


def test_a_name_says_nothing_and_is_nobody_elses() -> None:
    assert len({new_name() for _turn in range(100)}) == 100


def test_one_worker_that_is_unlocked_is_enough() -> None:
    beat("worker-a", NOW, locked=2)
    assert locked_everywhere(NOW) == 2
    beat("worker-b", NOW, locked=0)
    assert locked_everywhere(NOW) == 0
    beat("worker-a", NOW + timedelta(minutes=5), locked=2)
    assert locked_everywhere(NOW + timedelta(minutes=5)) == 2
