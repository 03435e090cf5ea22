"""A search that is put into SQL once gives what a query would give, and gives it for the values of that moment."""

import gc
import threading
import weakref
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models import Count, Q, QuerySet
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


def test_one_is_the_only_one_or_an_error(newsrooms: tuple[Newsroom, Newsroom]) -> None:
    one, other = newsrooms
    assert _newsrooms.one(other=other.pk) == _newsrooms.first(other=other.pk) == one
    one.delete()
    assert _newsrooms.first(other=other.pk) is None
    with pytest.raises(Newsroom.DoesNotExist):
        _newsrooms.one(other=other.pk)
    with pytest.raises(Letter.DoesNotExist):
        _letters.value(newsroom=other.pk, day=TODAY, now=NOON)


@Search
def _counted() -> QuerySet[Letter, tuple[Any, int]]:
    rows = Letter.objects.values("newsroom").annotate(number=Count("pk")).order_by("-number")
    return rows.values_list("newsroom", "number")


def test_columns_are_read_back_and_counted(newsrooms: tuple[Newsroom, Newsroom]) -> None:
    one, other = newsrooms
    letter(one, "first")
    letter(one, "second")
    letter(other, "third")
    assert _counted.columns() == [[one.pk, 2], [other.pk, 1]]
    assert _counted.columns(1) == [[one.pk, 2]]


@Search
def _for_update() -> QuerySet[Letter]:
    return Letter.objects.select_for_update().filter(pk=given_id("pk"))


def test_a_row_is_locked_and_its_bytes_are_read(newsrooms: tuple[Newsroom, Newsroom]) -> None:
    known = letter(newsrooms[0], "sealed")
    Letter.objects.filter(pk=known.pk).update(recipient_sealed=b"\x00\xff", payload={"days": 7})
    with CaptureQueriesContext(connection) as asked:
        found = _for_update.one(pk=known.pk)
    assert (bytes(found.recipient_sealed or b""), found.payload) == (b"\x00\xff", {"days": 7})
    assert ("FOR UPDATE" in asked[0]["sql"]) == (connection.vendor == "postgresql")


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_nothing_is_locked(newsrooms: tuple[Newsroom, Newsroom]) -> None:
    known = letter(newsrooms[0], "open")
    with transaction.atomic():
        assert _for_update.one(pk=known.pk) == known
    with pytest.raises(transaction.TransactionManagementError):
        _for_update.one(pk=known.pk)


@pytest.mark.django_db(transaction=True)
def test_a_thread_that_asked_first_takes_its_connection_with_it(
    newsrooms: tuple[Newsroom, Newsroom],
) -> None:
    """A pass of the worker has threads of its own, and a server bears so many connections and no more."""

    @Search
    def fresh() -> QuerySet[Newsroom]:
        return Newsroom.objects.order_by("slug")

    seen: list[Any] = []

    def ask() -> None:
        seen.extend((fresh.all(), weakref.ref(connection._connections[DEFAULT_DB_ALIAS])))
        connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    gc.collect()
    found, wrapper = seen
    assert (found, wrapper()) == (list(newsrooms), None)
    assert fresh.all() == list(newsrooms)
