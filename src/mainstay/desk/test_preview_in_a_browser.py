"""The live preview in a real browser: typing changes it, nothing leaves it, and the policy is never broken."""

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections
from django.test.testcases import LiveServerThread
from django.urls import reverse

from mainstay.desk.conftest import PASSWORD
from mainstay.supporters.models import Reminder

pytestmark = pytest.mark.browser


@pytest.fixture
def served(db):
    """The pages on a port of their own, inside the test's transaction: append-only tables can't be flushed."""
    connection = connections["default"]
    connection.inc_thread_sharing()
    server = LiveServerThread("127.0.0.1", StaticFilesHandler, connections_override={"default": connection})
    server.daemon = True
    server.start()
    server.is_ready.wait()
    yield f"http://127.0.0.1:{server.port}"
    server.terminate()
    server.join()
    connection.dec_thread_sharing()


@pytest.fixture
def editing(served, page, staff):
    """The editor's page, signed in through the form as a person would, with a first draft."""
    page.complaints = []
    page.on("console", lambda line: page.complaints.append(line.text) if line.type == "error" else None)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(served + reverse("desk:message"))
    page.fill("[name=pseudonym]", "editor-bird")
    page.fill("[name=password]", PASSWORD)
    page.click("form:has([name=password]) button")
    page.click("text=Begin a message")
    return page


def _shown(page):
    return page.frame_locator("#preview-frame").locator("reader-ask h2")


def test_the_preview_follows_what_is_typed(editing):
    editing.fill("[name='variants.0.texts.en.title']", "Typed just now")
    _shown(editing).filter(has_text="Typed just now").wait_for()
    editing.fill("[name='variants.0.texts.en.title']", "")
    editing.locator("#preview-said", has_text="Not shown yet").wait_for()
    assert _shown(editing).inner_text() == "Typed just now"
    assert [line for line in editing.complaints if "400" not in line] == []


def test_the_preview_leads_nowhere(editing):
    frame = editing.frame_locator("#preview-frame")
    frame.locator("button", has_text="Continue").click()
    editing.wait_for_timeout(300)
    assert frame.locator("button", has_text="Continue").is_visible()
    assert not Reminder.objects.exists()


def test_width_and_darkness_are_switches(editing):
    editing.check("#preview-desktop")
    assert editing.locator("#preview-frame").evaluate("frame => frame.offsetWidth") == 1024
    editing.check("#preview-phone")
    editing.check("#preview-dark")
    assert (
        editing.locator("#preview-frame").evaluate("frame => getComputedStyle(frame).colorScheme") == "dark"
    )
    assert editing.locator("#preview-frame").evaluate("frame => frame.offsetWidth") == 360
