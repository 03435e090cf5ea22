"""The writer can't read back; lengths say nothing; files are for their owner."""

import stat
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PrivateKey

from .boxes import CannotOpen, SealingKey, open_sealed, private_keys, public_of, seal, sealed_to
from .keyfiles import STRETCH_MEMORY_BYTES, STRETCH_OPERATIONS, KeyFolder, NoKeyFile, WrongPassphrase
from .keyring import KeyRing
from .recovery import BadWords, key_of, spoken_fingerprint, words_of

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


def test_a_guess_at_a_passphrase_costs_time_and_memory() -> None:
    """Read when this file was loaded: tests are spared that cost."""
    assert STRETCH_OPERATIONS >= 3
    assert STRETCH_MEMORY_BYTES >= 64 * 1024 * 1024


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


def test_a_replaced_key_still_opens_what_was_sealed_to_it(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path, "far-shore")
    ring = KeyRing(tmp_path)
    before = SealingKey(NEWSROOM, folder.make_collection_key())
    old = seal(before, {"token": "old"})
    assert open_sealed(ring.collection_key("far-shore"), NEWSROOM, old) == {"token": "old"}
    now = SealingKey(NEWSROOM, folder.add_collection_key())
    assert now.key_id != before.key_id
    for sealed, token in ((old, "old"), (seal(now, {"token": "new"}), "new")):
        assert open_sealed(ring.collection_key("far-shore"), NEWSROOM, sealed) == {"token": token}
    assert folder.destroy_replaced("collection", now.public) == 1
    with pytest.raises(CannotOpen, match="another key"):
        open_sealed(ring.collection_key("far-shore"), NEWSROOM, old)


def test_paper_brings_a_people_key_back_under_another_passphrase(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path, "far-shore")
    public = folder.make_people_key("correct horse battery")
    words = words_of(folder.people_key("correct horse battery"))
    assert len(words) == 24
    assert folder.destroy_people_keys() == 1
    with pytest.raises(NoKeyFile):
        folder.people_key("correct horse battery")
    typed = " ".join(word[:4].upper() for word in words) + "\n"
    assert folder.add_people_key(key_of(typed), "another long passphrase") == public
    assert folder.add_people_key(key_of(typed), "a third long passphrase") == public
    assert public_of(folder.people_key("a third long passphrase")) == public


def test_a_rotated_people_key_opens_with_the_old_one_beside_it(tmp_path: Path) -> None:
    folder = KeyFolder(tmp_path, "far-shore")
    first = folder.make_people_key("correct horse battery")
    second = folder.add_people_key(bytes(PrivateKey.generate()), "correct horse battery")
    opened = {public_of(key) for key in private_keys(folder.people_key("correct horse battery"))}
    assert opened == {first, second}
    assert folder.destroy_replaced("people", second, "correct horse battery") == 1
    assert public_of(folder.people_key("correct horse battery")) == second


@pytest.mark.parametrize("typed", ["", "abandon " * 24, "zzzz " * 24, "abandon " * 23])
def test_words_that_were_written_down_wrongly_are_refused(typed: str) -> None:
    with pytest.raises(BadWords):
        key_of(typed)


def test_two_words_that_changed_places_are_noticed() -> None:
    words = words_of(bytes(range(32)))
    words[0], words[1] = words[1], words[0]
    with pytest.raises(BadWords, match="checksum"):
        key_of(" ".join(words))


def test_a_fingerprint_is_twelve_words_and_another_keys_differs() -> None:
    one, other = (spoken_fingerprint(bytes([number]) * 32) for number in (1, 2))
    assert len(one.split()) == 12
    assert one != other


def test_a_process_that_holds_keys_writes_no_core_and_says_what_it_could_not_have() -> None:
    code = (
        "import resource\n"
        "from mainstay.sealing.memory import keep_to_itself\n"
        "refused = keep_to_itself()\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE)[0])\n"
        "print(*refused, sep='\\n')"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    limit, *refused = told.stdout.strip().splitlines()
    assert limit == "0"
    assert all(sentence.startswith("Memory may be swapped") for sentence in refused)
