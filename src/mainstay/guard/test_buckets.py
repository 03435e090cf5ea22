"""The buckets let through what they promise, forget in time, and keep no address."""

from datetime import UTC, datetime, timedelta

import pytest

from mainstay.guard import buckets
from mainstay.guard.buckets import allow, forget_all

NOW = datetime(2026, 5, 14, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _empty_buckets():
    forget_all()
    yield
    forget_all()


def _ask(address="192.0.2.1", door="remind", now=NOW):
    return allow(door, address, per_minute=6, burst=3, now=now)


def test_a_burst_passes_and_the_next_does_not():
    assert [_ask() for _ in range(4)] == [True, True, True, False]


def test_time_fills_the_bucket_again():
    for _ in range(3):
        _ask()
    assert not _ask(now=NOW + timedelta(seconds=9))
    assert _ask(now=NOW + timedelta(seconds=11))


def test_doors_and_clients_are_counted_apart():
    for _ in range(3):
        _ask()
    assert _ask(door="pay")
    assert _ask(address="192.0.2.2")


def test_a_household_with_ipv6_is_one_client():
    for last in range(3):
        _ask(address=f"2001:db8::{last}")
    assert not _ask(address="2001:db8::ffff")
    assert _ask(address="2001:db8:0:1::1")


def test_everything_is_forgotten_with_the_salt():
    for _ in range(4):
        _ask()
    before = set(buckets._buckets.kept)
    assert _ask(now=NOW + timedelta(minutes=10))
    assert not before & set(buckets._buckets.kept)


def test_no_address_is_kept():
    _ask(address="192.0.2.77")
    assert "192.0.2.77" not in repr(buckets._buckets)


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(buckets, "LARGEST_NUMBER_OF_BUCKETS", 10)
    for last in range(40):
        _ask(address=f"192.0.2.{last}")
    assert len(buckets._buckets.kept) <= 10


def test_names_are_counted_apart_too():
    for _ in range(3):
        _ask(address="heron")
    assert not _ask(address="heron")
    assert _ask(address="plover")


def test_a_prefix_is_what_somebody_rents_whole():
    assert buckets.prefix_of("192.0.2.7") == buckets.prefix_of("::ffff:192.0.2.200") == "192.0.2.0/24"
    assert buckets.prefix_of("2001:db8:1:2::3") == buckets.prefix_of("2001:db8:1:ff::3") == "2001:db8:1::/48"
    assert [buckets.prefix_of(name) for name in ("127.0.0.1", "::1", "", "heron")] == [""] * 4


def test_counts_are_forgotten_with_the_salt():
    for _decline in range(3):
        buckets.count("declines", "192.0.2.0/24", NOW)
    assert buckets.counted("declines", "192.0.2.0/24", NOW + timedelta(minutes=9)) == 3
    assert buckets.counted("tries", "192.0.2.0/24", NOW) == 0
    assert buckets.counted("declines", "192.0.2.0/24", NOW + timedelta(minutes=10)) == 0
