"""The script, the manifest and the reminder, as a page on another origin meets them."""

import gzip
import json
from datetime import UTC, date, datetime

import altcha
import brotli
import pytest
from django.test import Client

from mainstay.core.clock import FixedClock
from mainstay.guard import puzzles
from mainstay.guard.buckets import forget_all
from mainstay.guard.models import Pressure
from mainstay.message.content import read
from mainstay.message.publish import new_campaign, publish, set_off
from mainstay.newsrooms import till
from mainstay.newsrooms.models import PublicKey
from mainstay.site import ask
from mainstay.supporters.models import Reminder
from mainstay_demo.campaign import CAMPAIGN

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
WISH = {
    "mail": "a.reader@example.org",
    "frequency": "monthly",
    "amount_minor": "700",
    "currency": "USD",
    "lang": "en",
}


@pytest.fixture(autouse=True)
def _start(monkeypatch):
    forget_all()
    monkeypatch.setattr(ask, "clock", FixedClock(NOW))


@pytest.fixture
def published(newsroom):
    publish(
        new_campaign(newsroom, "spring", read(CAMPAIGN), actor="heron", day=date(2026, 1, 31)),
        actor="heron",
        day=date(2026, 1, 31),
    )
    return newsroom


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/ask/v1.js", "/ask/puzzle.js", "/ask/far-shore.json", "/ask/far-shore.ru.json"]
)
def test_files_may_be_kept_by_anyone_and_set_nothing(client, published, address):
    response = client.get(address, headers={"Accept-Encoding": "gzip, br"})
    assert response.headers["Cache-Control"] == "public, max-age=300, stale-while-revalidate=600"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.headers["Vary"] == "Accept-Encoding"
    assert not response.cookies
    assert len(response.content) <= 4096
    again = client.get(address, headers={"Accept-Encoding": "br", "If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_each_encoding_holds_the_same_bytes(client, published):
    def fetched(accepted):
        return client.get("/ask/far-shore.en.json", headers={"Accept-Encoding": accepted})

    plain = fetched("").content
    assert brotli.decompress(fetched("gzip, br").content) == plain
    assert gzip.decompress(fetched("gzip").content) == plain
    assert gzip.decompress(fetched("br;q=0, gzip").content) == plain
    assert json.loads(plain)["c"][0]["id"] == "spring"


def test_a_language_that_is_missing_gets_the_newsrooms_own(client, published):
    assert client.get("/ask/far-shore.de.json").json()["lang"] == "en"
    assert client.get("/ask/far-shore.ar.json").json()["lang"] == "ar"


def test_the_switch_is_felt_at_once(client, published):
    assert client.get("/ask/far-shore.json").json()["c"]
    set_off(published, True, actor="heron", day=date(2026, 1, 31))
    assert client.get("/ask/far-shore.json").json()["c"] == []


def test_a_stopped_till_is_felt_at_once(client, published):
    assert client.get("/ask/far-shore.json").json()["c"]
    till.stop(published, till.Switch.GIFTS, "a new account", actor="heron", day=date(2026, 1, 31))
    assert client.get("/ask/far-shore.json").json()["c"] == []


def test_an_unknown_newsroom_is_not_found(client, db):
    assert client.get("/ask/nowhere.json").status_code == 404
    assert client.post("/ask/nowhere/remind", WISH).status_code == 404


def test_a_reminder_is_set_for_the_same_day_next_month(published):
    response = Client(enforce_csrf_checks=True).post("/ask/far-shore/remind", WISH)
    assert (response.status_code, response.json()) == (201, {"date": "2026-02-28"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cache-Control"] == "no-store"
    assert not response.cookies
    assert Reminder.objects.get().due_date == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"mail": "reader"}, "mail"),
        ({"mail": "a" * 400 + "@example.org"}, "mail"),
        ({"frequency": "weekly"}, "choice"),
        ({"currency": "ZZZ"}, "choice"),
    ],
)
def test_what_can_not_be_taken_is_named(client, published, changed, problem):
    response = client.post("/ask/far-shore/remind", {**WISH, **changed})
    assert (response.status_code, response.json()) == (400, {"problem": problem})
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert not Reminder.objects.exists()


@pytest.mark.parametrize("typed", ["", "1", "-700", "1e9", "999999999999", "٧"])
def test_an_amount_that_is_not_taken_becomes_the_usual_one(published, typed):
    assert ask._amount(published, "monthly", "USD", typed).minor == 500


def test_in_attack_mode_a_reminder_costs_a_puzzle(published, monkeypatch, settings):
    settings.MAINSTAY_PUZZLES = True
    monkeypatch.setattr(puzzles, "ROUNDS", (1, 2, 3, 4))
    monkeypatch.setattr(puzzles, "PREFIX", "0")
    Pressure.objects.create(newsroom=published, level=1, began_at=NOW)
    client = Client()
    asked = client.post("/ask/far-shore/remind", WISH)
    assert asked.status_code == 428
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    puzzle = asked.json()["puzzle"]
    found = altcha.solve_challenge(altcha.Challenge.from_dict(json.loads(puzzle)))
    solution = json.dumps({"counter": found.counter, "derivedKey": found.derived_key})
    solved = {**WISH, "puzzle": puzzle, "solution": solution}
    assert client.post("/ask/far-shore/remind", solved).status_code == 201
    assert client.post("/ask/far-shore/remind", solved).status_code == 428
    assert Reminder.objects.count() == 1


def test_too_many_at_once_are_asked_to_wait(client, published):
    answers = [client.post("/ask/far-shore/remind", WISH).status_code for _ in range(11)]
    assert answers == [201] * 10 + [429]


def test_without_a_key_for_the_month_nothing_is_kept(client, published):
    PublicKey.objects.filter(kind=PublicKey.Kind.MONTH).delete()
    assert client.post("/ask/far-shore/remind", WISH).status_code == 503
    assert not Reminder.objects.exists()
