"""The writer can't read back; lengths say nothing; files are for their owner."""

import stat
import uuid
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey

from .boxes import CannotOpen, SealingKey, open_sealed, seal, sealed_to
from .keyfiles import KeyFolder, NoKeyFile, WrongPassphrase
from .keyring import KeyRing

PRIVATE = PrivateKey.generate()
NEWSROOM = uuid.uuid4()
KEY = SealingKey(NEWSROOM, bytes(PRIVATE.public_key))


@given(st.dictionaries(st.text(max_size=10), st.text(max_size=200), max_size=5))
def test_what_is_sealed_opens_with_the_private_key(value: dict[str, str]) -> None:
    assert open_sealed(bytes(PRIVATE), NEWSROOM, seal(KEY, value)) == value


def test_addresses_of_any_length_have_one_sealed_length() -> None:
    lengths = {len(seal(KEY, {"mail": "a" * length + "@example.org"})) for length in range(1, 200)}
    assert len(lengths) == 1


def test_sealing_twice_gives_different_bytes_and_no_plaintext() -> None:
    one, other = (seal(KEY, {"mail": "reader@example.org"}) for _time in range(2))
    assert one != other
    assert b"reader" not in one


def test_another_newsroom_key_version_or_a_damaged_value_does_not_open() -> None:
    sealed = seal(KEY, {"mail": "x"})
    other = PrivateKey.generate()
    for private, newsroom, value in (
        (bytes(other), NEWSROOM, sealed),
        (bytes(PRIVATE), uuid.uuid4(), sealed),
        (bytes(PRIVATE), NEWSROOM, b"\2" + sealed[1:]),
        (bytes(PRIVATE), NEWSROOM, sealed[:-1] + bytes([sealed[-1] ^ 1])),
        (bytes(PRIVATE), NEWSROOM, b""),
    ):
        with pytest.raises(CannotOpen):
            open_sealed(private, newsroom, value)
    assert sealed_to(sealed) == KEY.key_id


def test_key_files(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path, "far-shore")
    public = folder.make_people_key("correct horse battery")
    folder.make_collection_key()
    assert bytes(PrivateKey(folder.people_key("correct horse battery")).public_key) == public
    with pytest.raises(WrongPassphrase):
        folder.people_key("wrong horse battery")
    with pytest.raises(FileExistsError):
        folder.make_collection_key()
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*.key")}
    assert modes == {0o600}


def test_a_destroyed_month_stays_destroyed(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path, "far-shore")
    public = folder.make_month_key("2026-12")
    assert folder.make_month_key("2026-12") == public
    folder.destroy_month_key("2026-12")
    with pytest.raises(NoKeyFile):
        folder.month_key("2026-12")
    assert folder.months() == []
    with pytest.raises(ValueError, match="not a month"):
        folder.month_key("../people")


def test_the_ring_is_locked_until_a_person_unlocks_it(tmp_path: Path) -> None:
    KeyFolder(tmp_path, "far-shore").make_people_key("correct horse battery")
    ring = KeyRing(tmp_path)
    assert ring.people_key("far-shore") is None
    ring.unlock("far-shore", "correct horse battery")
    assert ring.people_key("far-shore") is not None
    ring.lock()
    assert ring.people_key("far-shore") is None
