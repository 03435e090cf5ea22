"""A small part of the seizure, one leaky build, and all patches held to today's program; the whole is `make drill`."""

import base64
import gzip
import hmac

import pytest

from drills import leaky, planted, searching, seizure, time_feed

WANTED = 14


@pytest.mark.journey
def test_a_seized_house_tells_of_nobody():
    seized = seizure.seize("sqlite", 3)
    assert seized.differences == []
    assert seized.counts["ended at thanks/"] == seized.counts["own pages opened"] == 3
    assert seized.counts["mandates signed"] == seized.counts["debits that came"] == 3
    assert seized.counts["transfers found by trying their words, at once"] == 3
    assert seized.counts["letters sent"] >= 9
    assert seized.counts["keys and salts tried"] > 10


@pytest.mark.journey
def test_a_leaky_build_is_caught():
    assert leaky.leaks_of(leaky.HERE / "keyed_index.patch")


def test_every_leaky_build_is_a_patch_to_todays_program():
    assert len(leaky.builds()) == WANTED
    assert list(leaky.that_do_not_apply()) == []


@pytest.mark.parametrize("wrap", [bytes, lambda data: b"before " + data, gzip.compress])
def test_the_search_finds_every_form(tmp_path, wrap):
    (reader,) = planted.supporters(1, seed=3)
    for form, data in searching.encodings(reader.values["mail"]):
        (tmp_path / "file").write_bytes(wrap(data))
        needles = searching.needles_of({"mail": reader.values["mail"]}, 0)
        assert searching.search(searching.read_all(tmp_path), needles).found["mail"], form


@pytest.mark.parametrize("place", [b"", b"a", b"ab"])
def test_the_search_finds_base64_at_every_place(tmp_path, place):
    (reader,) = planted.supporters(1, seed=3)
    (tmp_path / "file").write_bytes(base64.b64encode(place + reader.values["mail"].encode() + b"!"))
    needles = searching.needles_of({"mail": reader.values["mail"]}, 0)
    assert searching.search(searching.read_all(tmp_path), needles).found["mail"]


def test_the_search_finds_a_hash_under_a_key_that_lies_there(tmp_path):
    (reader,) = planted.supporters(1, seed=3)
    (tmp_path / "settings.env").write_text("KEY=a-key-of-twenty-letters\n")
    tag = hmac.digest(b"a-key-of-twenty-letters", reader.values["ip"].encode(), "sha256")
    (tmp_path / "index").write_bytes(b"rows " + tag)
    files = searching.read_all(tmp_path)
    needles = searching.hash_needles({"ip": reader.values["ip"]}, 0, searching.keys_in(files))
    assert searching.search(files, needles).found["ip"] == {0}


def test_the_search_finds_nothing_where_nothing_is(tmp_path):
    (reader,) = planted.supporters(1, seed=3)
    (tmp_path / "file").write_bytes(b"nothing of anybody " * 500)
    needles = searching.needles_of(reader.values, 0)
    assert not searching.search(searching.read_all(tmp_path), needles).found


@pytest.mark.journey
def test_a_row_matches_thousands_of_payments():
    report = time_feed.run()
    assert report.well, report.differences
    assert report.counts["as stored: unique, of 4259"] == 0
    assert report.counts["control, with the second: median candidates"] == 1
