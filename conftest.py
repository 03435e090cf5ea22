"""What every test can ask for: a browser, the payment company, a mail server."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller
from nacl.pwhash import argon2id
from playwright.sync_api import Browser, Page, sync_playwright

from mainstay.sealing import keyfiles
from mainstay_sandbox.conftest import Company, company
from tools.browser import FLAGS, chromium_path
from tools.ports import free_port

if TYPE_CHECKING:
    from mainstay.newsrooms.models import Newsroom
    from mainstay.sealing.keyring import KeyRing

__all__ = ["company"]

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
PASSPHRASE = "five quiet words by the sea"

# Playwright's plain calls run an event loop underneath, which Django would take for an asynchronous program.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Another database changes nothing for a test that asks none."""
    parser.addoption("--only-database", action="store_true", help="leave out the tests that use no database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what `--only-database` asks to leave out."""
    if config.getoption("--only-database"):
        rest = [item for item in items if not _uses_a_database(item)]
        config.hook.pytest_deselected(items=rest)
        items[:] = [item for item in items if _uses_a_database(item)]


def _uses_a_database(item: pytest.Item) -> bool:
    asked = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return bool(asked) or item.get_closest_marker("django_db") is not None


@pytest.fixture(autouse=True, scope="session")
def no_wait_for_the_disk() -> Iterator[None]:
    """Key files are written durably sixteen times for a newsroom; no test takes the machine's power away."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _file: None)
        yield


@pytest.fixture(autouse=True)
def light_passphrases(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A passphrase is stretched with little work, but in journeys: their processes open each other's key files."""
    if request.node.get_closest_marker("journey") is None:
        monkeypatch.setattr(keyfiles, "STRETCH_OPERATIONS", argon2id.OPSLIMIT_MIN)
        monkeypatch.setattr(keyfiles, "STRETCH_MEMORY_BYTES", argon2id.MEMLIMIT_MIN)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A running Chromium, for one module: Playwright allows one at a time in a process."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A fresh page as wide as a phone, that shares nothing with any other."""
    with chromium.new_context(viewport={"width": 360, "height": 740}) as context:
        yield context.new_page()


@pytest.fixture
def sandbox(company: Company) -> Company:
    """The practice payment company, as a real server on a port of its own."""
    return company


@pytest.fixture
def keys_root(tmp_path: Path) -> Path:
    """The folder of the newsrooms' keys."""
    return tmp_path / "keys"


@pytest.fixture
def newsroom(db: None, keys_root: Path) -> "Newsroom":
    """The Far Shore, a sandbox newsroom with real keys, founded on 31 January 2026."""
    from mainstay.newsrooms.found import (  # needs Django's registry, filled after this file
        Founding,
        found_newsroom,
    )

    founding = Founding(
        slug="far-shore",
        name="The Far Shore",
        legal_name="Far Shore Press",
        statement_name="FARSHORE PRESS",
        site_url="http://127.0.0.1:8001/",
        mail_from="letters@farshore.example",
        languages=("en", "ru", "ar"),
        sandbox=True,
    )
    return found_newsroom(founding, keys_root=keys_root, passphrase=PASSPHRASE, today=NOW.date())


@pytest.fixture
def ring(newsroom: "Newsroom", keys_root: Path) -> "KeyRing":
    """What an unlocked worker holds."""
    from mainstay.sealing.keyring import KeyRing  # beside the newsroom's

    keys = KeyRing(keys_root)
    keys.unlock(newsroom.slug, PASSPHRASE)
    return keys


class Mailbox:
    """Keeps what the mail server received, in order."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Called by aiosmtpd for each delivery."""
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def smtp(settings: Any) -> Iterator[Mailbox]:
    """A real mail server on a free port, and Django told to use it."""
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    yield mailbox
    controller.stop()


@pytest.fixture
def unguarded_books(db: None) -> None:
    """The ledger without its triggers, until the test's transaction is taken back: for planting faults."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER ledger_transfer_no_update")
            cursor.execute("DROP TRIGGER ledger_transfer_no_delete")
        else:
            cursor.execute("DROP TRIGGER ledger_transfer_append_only ON ledger_transfer")
