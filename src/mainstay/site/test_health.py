"""The watchers' pages: there for this machine and for the token, nowhere for the public, and no word of a person."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from pytest_django import Settings

from mainstay.core.clock import clock
from mainstay.jobs.heartbeat import beat
from mainstay.newsrooms.models import Newsroom
from mainstay.reports import example_rows as rows

from . import health

TOKEN = "a-long-random-token-for-the-watchers"
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/healthz", "/metrics"])
@pytest.mark.parametrize(
    "told",
    [
        {"REMOTE_ADDR": "203.0.113.7"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_PROTO": "https"},
        {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"REMOTE_ADDR": "203.0.113.7", "HTTP_AUTHORIZATION": "Bearer "},
        {"REMOTE_ADDR": "203.0.113.7", "HTTP_AUTHORIZATION": "Bearer something"},
    ],
)
def test_the_public_finds_nothing(path: str, told: dict[str, Any], settings: Settings) -> None:
    assert Client().get(path, **told).status_code == 404
    settings.MAINSTAY_WATCH_TOKEN = TOKEN
    assert Client().get(path, **told).status_code == 404


@pytest.mark.parametrize("path", ["/healthz", "/metrics"])
def test_this_machine_and_the_token_are_answered(path: str, settings: Settings) -> None:
    assert Client().get(path).status_code == 200
    settings.MAINSTAY_WATCH_TOKEN = TOKEN
    told: dict[str, Any] = {"REMOTE_ADDR": "203.0.113.7", "HTTP_AUTHORIZATION": f"Bearer {TOKEN}"}
    assert Client().get(path, **told).status_code == 200
    assert Client().post(path).status_code == 405


@pytest.mark.parametrize("path", ["/healthz", "/metrics"])
def test_with_an_onion_address_this_machine_may_be_anybody(path: str, settings: Settings) -> None:
    settings.MAINSTAY_ONION = "http://" + "a" * 56 + ".onion"
    assert Client().get(path).status_code == 404
    settings.MAINSTAY_WATCH_TOKEN = TOKEN
    assert Client().get(path, HTTP_AUTHORIZATION=f"Bearer {TOKEN}").status_code == 200


def test_health_tells_of_the_worker() -> None:
    assert Client().get("/healthz").content == b"ok\nlast worker: never\n"
    beat("worker-a", clock.now() - timedelta(minutes=10))
    assert re.search(rb"last worker: 60\d seconds ago", Client().get("/healthz").content)


def test_a_database_that_is_away_is_no_health(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> int:
        raise DatabaseError("away")

    monkeypatch.setattr(health, "_migrations_missing", away)
    assert Client().get("/healthz").status_code == 503
    monkeypatch.setattr(health, "_migrations_missing", lambda: 2)
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.content.splitlines()[0]) == (503, b"2 migrations are missing")


def test_metrics_are_counts_without_names() -> None:
    newsroom: Newsroom = rows.newsroom()
    promise = rows.contribution(newsroom, state="failing")
    promise.installments.create(
        number=1, due_date=rows.DAY, amount_minor=500, currency="USD", state="due", next_action_at=clock.now()
    )
    beat("worker-a", clock.now(), locked=1)
    text = Client().get("/metrics").content.decode()
    assert "\nmainstay_installments_due 1\n" in text
    assert "\nmainstay_contributions_failing 1\n" in text
    assert "\nmainstay_people_keys_locked 1\n" in text
    assert 'mainstay_attempts{day="today",state="succeeded"} 0' in text
    for word in (newsroom.slug, newsroom.name, str(promise.pk), str(newsroom.pk), "worker-a"):
        assert word not in text


def test_metrics_are_what_prometheus_reads() -> None:
    beat("worker-a", clock.now())
    told = re.compile(r'(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z]+="[a-z_]+",?)+\})? [0-9.e+-]+)')
    lines = Client().get("/metrics").content.decode().splitlines()
    assert [line for line in lines if not told.fullmatch(line)] == []
    typed = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(typed) == len(set(typed)) > 10
