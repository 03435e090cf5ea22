"""What every test can ask for: a browser, the payment company, a mail server."""

import os
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, Page, sync_playwright

from mainstay_sandbox.conftest import Company, company
from tools.browser import FLAGS, chromium_path

__all__ = ["company"]

# Playwright's plain calls run an event loop underneath, which Django would take for an asynchronous program.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


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
    controller = Controller(mailbox, hostname="127.0.0.1", port=_free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    yield mailbox
    controller.stop()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
