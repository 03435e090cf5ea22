"""A newsroom with real keys, and the ring that a worker would hold."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mainstay.newsrooms.found import Founding, found_newsroom
from mainstay.newsrooms.models import Newsroom
from mainstay.sealing.keyring import KeyRing

PASSPHRASE = "five quiet words by the sea"
NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
SHORE = Founding(
    slug="far-shore",
    name="The Far Shore",
    legal_name="Farshore Press",
    statement_name="FARSHORE PRESS",
    site_url="http://127.0.0.1:8001/",
    mail_from="post@farshore.example",
    time_zone="Europe/Berlin",
    sandbox=True,
)


@pytest.fixture
def keys_root(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def newsroom(db: None, keys_root: Path) -> Newsroom:
    return found_newsroom(SHORE, keys_root=keys_root, passphrase=PASSPHRASE, today=date(2026, 1, 31))


@pytest.fixture
def locked_ring(newsroom: Newsroom, keys_root: Path) -> KeyRing:
    return KeyRing(keys_root)


@pytest.fixture
def ring(locked_ring: KeyRing, newsroom: Newsroom) -> KeyRing:
    locked_ring.unlock(newsroom.slug, PASSPHRASE)
    return locked_ring
