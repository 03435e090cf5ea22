"""The pulse beats by itself, renews what is under way, and outlives a database that is away for a moment."""

import time
from datetime import UTC, datetime

import pytest
from django.db import OperationalError

from mainstay.core.clock import FixedClock

from . import pulse as pulse_module
from .models import WorkerHeartbeat
from .pulse import Pulse

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PATIENCE_SECONDS = 5.0


def _wait_until_beaten_at(moment: datetime) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if WorkerHeartbeat.objects.filter(beat_at=moment).exists():
            return
        time.sleep(0.02)
    pytest.fail("no beat came")


@pytest.mark.django_db(transaction=True)
def test_it_beats_until_it_is_stopped() -> None:
    clock = FixedClock(NOW)
    pulse = Pulse("worker-a", clock, seconds=0.02)
    pulse.start()
    assert WorkerHeartbeat.objects.get().beat_at == NOW
    clock.moment = later = NOW.replace(hour=13)
    _wait_until_beaten_at(later)
    pulse.stop()
    clock.moment = NOW.replace(hour=14)
    assert WorkerHeartbeat.objects.get().beat_at == later


@pytest.mark.django_db
def test_a_database_that_is_away_loses_a_beat_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(name: str, now: datetime, locked: int) -> None:
        raise OperationalError("away")

    with monkeypatch.context() as patched:
        patched.setattr(pulse_module, "beat", away)
        Pulse("worker-a", FixedClock(NOW)).beat()
    assert WorkerHeartbeat.objects.count() == 0
    Pulse("worker-a", FixedClock(NOW)).beat()
    assert WorkerHeartbeat.objects.count() == 1
