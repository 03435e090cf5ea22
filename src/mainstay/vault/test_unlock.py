"""The vault's socket, spoken to through its client."""

import json
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from mainstay.letters.conftest import PASSPHRASE, SHORE, keys_root, locked_ring, newsroom
from mainstay.sealing.keyring import KeyRing

from . import client
from .unlock import Vault

__all__ = ["keys_root", "locked_ring", "newsroom"]


@pytest.fixture
def door(locked_ring: KeyRing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(Vault, "_status", lambda vault: known(vault._ring))
    path = tmp_path / "vault.sock"
    vault = Vault(locked_ring, path)
    vault.start()
    yield path
    vault.close()
    assert not path.exists()


def known(ring: KeyRing) -> dict[str, list[str]]:
    """The status without a database: the vault's thread can't see a test's open transaction."""
    there = [SHORE.slug] if ring.people_key(SHORE.slug) else []
    return {"unlocked": there, "locked": [slug for slug in [SHORE.slug] if slug not in there]}


def test_a_person_unlocks_and_locks(door: Path, locked_ring: KeyRing) -> None:
    assert client.status(door).locked == (SHORE.slug,)
    assert client.unlock(door, SHORE.slug, PASSPHRASE).unlocked == (SHORE.slug,)
    assert locked_ring.people_key(SHORE.slug)
    assert client.lock(door).unlocked == ()
    assert locked_ring.people_key(SHORE.slug) is None


def test_a_wrong_passphrase_and_an_unknown_newsroom_are_refused(door: Path, locked_ring: KeyRing) -> None:
    with pytest.raises(client.VaultRefused, match="passphrase does not open"):
        client.unlock(door, SHORE.slug, "guess")
    with pytest.raises(client.VaultRefused, match="no key file"):
        client.unlock(door, "nowhere", PASSPHRASE)
    assert locked_ring.people_key(SHORE.slug) is None


def test_the_socket_is_for_its_own_user(door: Path) -> None:
    assert stat.S_IMODE(door.stat().st_mode) == 0o600


@pytest.mark.parametrize("sent", [b"[]\n", b"{}\n", b"x" * 5000, b'{"do": "open"}\n', b"[" * 4_095 + b"\n"])
def test_nonsense_gets_an_answer_and_harms_nothing(door: Path, sent: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(door))
        caller.sendall(sent)
        caller.shutdown(socket.SHUT_WR)
        assert "problem" in json.loads(caller.makefile("rb").readline())
    assert client.status(door).locked == (SHORE.slug,)


def test_without_a_worker_the_client_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(client.NoVault, match="mainstay worker"):
        client.status(tmp_path / "none.sock")
