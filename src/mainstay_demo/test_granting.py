"""The supervisor kills the worker once the money has moved, not before, and starts it again."""

import sqlite3

import pytest

from mainstay_demo import granting, wishes
from mainstay_demo.places import Place
from mainstay_demo.wishes import ARMED, OFF, ON, Outage, Wish

REFERENCE = "0c0ffee0-0000-4000-8000-000000000001:3"


class FakeWorker:
    def __init__(self) -> None:
        self.done: list[str] = []

    def kill(self) -> None:
        self.done.append("killed")

    def start(self) -> None:
        self.done.append("started")


class FakeControls:
    ordered: list[tuple[str, str, str]]

    def __init__(self, address: str, secret_key: str) -> None:
        FakeControls.ordered = []

    def fault(self, call: str, fault: str, *, match: str, hold_seconds: float) -> None:
        self.ordered.append((call, fault, match))


@pytest.fixture
def place(tmp_path, monkeypatch) -> Place:
    monkeypatch.setattr(granting, "Controls", FakeControls)
    monkeypatch.setattr(granting, "DARK_SECONDS", 0.0)
    place = Place(tmp_path, 8000)
    with sqlite3.connect(place.company_file) as connection:
        connection.execute("CREATE TABLE intents (id TEXT, reference TEXT)")
        connection.execute("CREATE TABLE charges (id TEXT, intent_id TEXT)")
        connection.execute("INSERT INTO intents VALUES ('in_1', ?)", (REFERENCE,))
    connection.close()
    return place


def charge(place: Place) -> None:
    with sqlite3.connect(place.company_file) as connection:
        connection.execute("INSERT INTO charges VALUES ('ch_1', 'in_1')")
    connection.close()


def test_the_plug_is_pulled_after_the_charge_and_put_back(place):
    worker = FakeWorker()
    supervisor = granting.Granting(place, worker)
    wishes.ask(place, Wish("confirm", "timeout_after", match=REFERENCE, pull_plug=True))
    supervisor.glance()
    assert FakeControls.ordered == [("confirm", "timeout_after", REFERENCE)]
    assert wishes.last_outage(place) == Outage(REFERENCE, ARMED)
    supervisor.glance()
    assert worker.done == []
    charge(place)
    supervisor.glance()
    assert worker.done == ["killed"]
    assert wishes.last_outage(place).stage == OFF
    supervisor.glance()
    supervisor.glance()
    assert worker.done == ["killed", "started"]
    assert wishes.last_outage(place).stage == ON


def test_a_fault_alone_kills_nobody(place):
    worker = FakeWorker()
    supervisor = granting.Granting(place, worker)
    wishes.ask(place, Wish("confirm", "error_500_after"))
    charge(place)
    supervisor.glance()
    supervisor.glance()
    assert FakeControls.ordered == [("confirm", "error_500_after", "")]
    assert worker.done == []
    assert wishes.waiting(place) == {}


def test_an_outage_that_a_restart_interrupted_is_over(place):
    wishes.keep_outage(place, Outage(REFERENCE, OFF))
    worker = FakeWorker()
    granting.Granting(place, worker).glance()
    assert worker.done == []
    assert wishes.last_outage(place).stage == ON


def test_wishes_do_not_pile_up(place):
    for _turn in range(wishes.MOST_WAITING + 5):
        wishes.ask(place, Wish("confirm", "timeout_after"))
    assert len(wishes.waiting(place)) == wishes.MOST_WAITING
