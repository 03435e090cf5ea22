"""A search that is put into SQL once gives what a query would give, and gives it for the values of that moment."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q, QuerySet
from django.test.utils import CaptureQueriesContext

from mainstay.letters.models import Letter
from mainstay.newsrooms.models import Newsroom

from .search import Search, given_day, given_id, given_moment

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = NOON.date()
pytestmark = pytest.mark.django_db


@Search
def _letters() -> QuerySet[Letter, tuple[Any]]:
    free = Q(claim_until__isnull=True) | Q(claim_until__lt=given_moment("now"))
    rows = Letter.objects.filter(free, newsroom=given_id("newsroom"), day__lte=given_day("day"))
    return rows.filter(next_action_at__lte=given_moment("now")).order_by("day").values_list("pk")


@Search
def _newsrooms() -> QuerySet[Newsroom]:
    return Newsroom.objects.exclude(pk=given_id("other"))


def letter(newsroom: Newsroom, key: str, *, day: date = TODAY) -> Letter:
    return Letter.objects.create(
        newsroom=newsroom, kind="receipt", language="en", dedupe_key=key, day=day, next_action_at=NOON
    )


@pytest.fixture
def newsrooms() -> tuple[Newsroom, Newsroom]:
    one, other = (
        Newsroom.objects.create(slug=slug, name=slug, languages=["en"]) for slug in ("one", "other")
    )
    return one, other


def test_each_asking_has_its_own_values(newsrooms: tuple[Newsroom, Newsroom]) -> None:
    mine, theirs = (letter(newsroom, newsroom.slug) for newsroom in newsrooms)
    for newsroom, found in zip(newsrooms, (mine, theirs), strict=True):
        told = {"newsroom": newsroom.pk, "day": TODAY}
        assert _letters.ids(10, now=NOON, **told) == [found.pk]
        assert _letters.ids(10, now=NOON - timedelta(microseconds=1), **told) == []
        assert not _letters.any(now=NOON, **{**told, "day": TODAY - timedelta(days=1)})


def test_the_order_and_the_limit_hold(newsrooms: tuple[Newsroom, Newsroom]) -> None:
    days = [TODAY - timedelta(days=age) for age in (1, 3, 2)]
    young, old, middle = (letter(newsrooms[0], str(day), day=day) for day in days)
    told = {"newsroom": newsrooms[0].pk, "day": TODAY, "now": NOON}
    assert _letters.ids(10, **told) == [old.pk, middle.pk, young.pk]
    assert _letters.ids(2, **told) == [old.pk, middle.pk]
    assert _letters.ids(0, **told) == _letters.ids(-1, **told) == []


def test_objects_are_those_that_a_query_gives(newsrooms: tuple[Newsroom, Newsroom]) -> None:
    one, other = newsrooms
    (found,) = _newsrooms.all(other=other.pk)
    fields = [field.attname for field in Newsroom._meta.concrete_fields]
    assert [getattr(found, name) for name in fields] == [getattr(one, name) for name in fields]
    found.name = "Changed"
    found.save()
    assert [newsroom.name for newsroom in _newsrooms.all(other=other.pk)] == ["Changed"]


def test_a_value_that_is_missing_is_an_error(newsrooms: tuple[Newsroom, Newsroom]) -> None:
    with pytest.raises(KeyError):
        _letters.ids(10, now=NOON, day=TODAY)


def test_the_rows_are_described_once_and_asked_each_time(newsrooms: tuple[Newsroom, Newsroom]) -> None:
    described: list[str] = []

    @Search
    def counted() -> QuerySet[Newsroom, tuple[Any]]:
        described.append("once")
        return Newsroom.objects.values_list("pk")

    with CaptureQueriesContext(connection) as asked:
        assert len(counted.ids(10)) == len(counted.ids(10)) == 2
    assert (len(described), len(asked)) == (1, 2)
