"""Each rule fires at its edge, and not a step before."""

from dataclasses import replace

import pytest

from .rules import HouseFacts, Kind, NewsroomFacts, house_alarms, newsroom_alarms

BUSY = NewsroomFacts(quiet_hours=0, usual_payments=280, recent_payments=20, silent_hours=1)


def test_a_usual_day_has_no_alarm() -> None:
    assert newsroom_alarms(BUSY) == {}
    assert newsroom_alarms(NewsroomFacts()) == {}
    assert house_alarms(HouseFacts(worker_gone_minutes=4)) == {}
    assert house_alarms(HouseFacts(worker_gone_minutes=None)) == {}


@pytest.mark.parametrize(
    ("changes", "kind", "number"),
    [
        ({"quiet_hours": 24}, Kind.NO_PAYMENT, 24),
        ({"usual_payments": 28, "quiet_hours": 120}, Kind.NO_PAYMENT, 120),
        ({"silent_hours": 24}, Kind.INBOX_SILENT, 20),
        ({"attempts": 20, "declined": 10}, Kind.DECLINES, 50),
        ({"rejected": 3}, Kind.REJECTED, 3),
        ({"look_ups": 30}, Kind.LOOK_UPS, 30),
        ({"unresolved": 1}, Kind.UNRESOLVED, 1),
        ({"differences": 3}, Kind.DIFFERENCES, 3),
        ({"other_names": 1}, Kind.STATEMENT, 1),
    ],
)
def test_it_fires(changes: dict[str, int], kind: Kind, number: int) -> None:
    assert newsroom_alarms(replace(BUSY, **changes)) == {kind: number}


@pytest.mark.parametrize(
    "changes",
    [
        {"quiet_hours": 23},
        {"usual_payments": 28, "quiet_hours": 119},
        {"silent_hours": 24, "recent_payments": 4},
        {"silent_hours": None},
        {"silent_hours": 23},
        {"attempts": 20, "declined": 9},
        {"attempts": 19, "declined": 19},
        {"rejected": 2},
        {"look_ups": 29},
    ],
)
def test_it_does_not_fire_a_step_before(changes: dict[str, int]) -> None:
    assert newsroom_alarms(replace(BUSY, **changes)) == {}


def test_it_fires_for_the_house() -> None:
    assert house_alarms(HouseFacts(worker_gone_minutes=5, locked=1)) == {
        Kind.WORKER_GONE: 5,
        Kind.PEOPLE_KEY_LOCKED: 1,
    }
