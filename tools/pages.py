"""Every page that a person can see in the demonstration, and how to get to it: one list.

The contact sheet photographs it (`tools.screens`), and the tests let axe look at it (`tests/journeys/test_axe.py`).
A page that is added to the program is added here.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, StorageState

READERS = ("en", "ru", "ar")
STAFF = ("en", "ru")
ENGLISH = ("en",)
RUSSIAN = ("ru",)
WAIT_MS = 15_000
SUPPORT = "/support/far-shore/"
MY = "/my/far-shore/"


@dataclass
class Demo:
    """A running demonstration: Mainstay's address, the news site's, and the file of the staff's logins."""

    address: str
    site: str
    logins: Path
    desk: StorageState | None = None
    desk_language: str = ""

    @classmethod
    def on(cls, port: int, state: Path) -> "Demo":
        """The demonstration whose first port is `port` and whose data are in `state`."""
        return cls(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port + 1}", state / "logins.json")


Way = Callable[[Page, Demo], None]


@dataclass(frozen=True)
class View:
    """One page: its name in the contact sheet, the way to it, the languages that it exists in."""

    name: str
    go: Way
    languages: tuple[str, ...] = READERS
    at_the_desk: bool = False


def at(path: str) -> Way:
    """The way to a page of Mainstay that has an address of its own."""

    def go(page: Page, demo: Demo) -> None:
        page.goto(demo.address + path)

    return go


def on_the_site(path: str) -> Way:
    """The way to a page of the news site."""

    def go(page: Page, demo: Demo) -> None:
        page.goto(demo.site + path, wait_until="networkidle")

    return go


@contextmanager
def open_view(browser: Browser, demo: Demo, view: View, language: str) -> Iterator[Page]:
    """A browser that has gone to the page. The desk is entered once and remembered: it counts sign-ins."""
    if view.at_the_desk:
        _sit_down(browser, demo, language)
    seat = demo.desk if view.at_the_desk else None
    with browser.new_context(locale=language, storage_state=seat, reduced_motion="reduce") as context:
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        view.go(page, demo)
        yield page


def _sit_down(browser: Browser, demo: Demo, language: str) -> None:
    """The admin is signed in, and the desk speaks this language."""
    if demo.desk_language == language:
        return
    with browser.new_context(storage_state=demo.desk) as context:
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        if demo.desk is None:
            _sign_in(page, demo)
        page.goto(f"{demo.address}/desk/account/")
        page.locator("select[name=language]").select_option(language)
        page.locator("form", has=page.locator("select[name=language]")).locator("button").click()
        page.wait_for_load_state()
        demo.desk, demo.desk_language = context.storage_state(), language


def _sign_in(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.address}/desk/sign-in/")
    page.locator("input[name=pseudonym]").fill("admin")
    page.locator("input[name=password]").fill(json.loads(demo.logins.read_text())["admin"])
    page.locator("main form button").first.click()
    page.wait_for_url("**/desk/today/")


def first_link_in(table: str) -> Way:
    """The way to a page of the desk, and on to the first row's own page."""

    def go(page: Page, demo: Demo) -> None:
        page.goto(demo.address + table)
        page.locator("tbody a").first.click()
        page.wait_for_load_state()

    return go


SITE_VIEWS = (
    View("site-front", on_the_site("/"), ENGLISH),
    View("site-about", on_the_site("/about"), ENGLISH),
    View("site-long-story", on_the_site("/ferry"), ENGLISH),
    View("site-short-story", on_the_site("/bread"), ENGLISH),
    View("site-russian-story", on_the_site("/lessons"), RUSSIAN),
)
READER_VIEWS = (
    View("support", at(SUPPORT)),
    View("support-refused", at(f"{SUPPORT}refused/")),
    View("support-remind", at(f"{SUPPORT}remind/")),
    View("my-newsrooms", at("/my/")),
    View("my-entry", at(MY)),
    View("my-link-sent", at(f"{MY}link/sent/")),
    View("my-lost-code", at(f"{MY}lost/")),
    View("my-lost-code-told", at(f"{MY}lost/told/")),
    View("my-unsubscribe", at("/my/unsubscribe/00000000-0000-4000-8000-000000000000/")),
    View("my-unsubscribed", at("/my/unsubscribed/")),
    View("my-forgotten", at(f"{MY}forgotten/")),
    View("not-found", at("/nowhere/")),
)
DESK_VIEWS = (
    View("desk-sign-in", at("/desk/sign-in/"), STAFF),
    View("desk-today", at("/desk/today/"), STAFF, at_the_desk=True),
    View("desk-message", at("/desk/message/"), STAFF, at_the_desk=True),
    View("desk-contributions", at("/desk/contributions/"), STAFF, at_the_desk=True),
    View("desk-contribution", first_link_in("/desk/contributions/"), STAFF, at_the_desk=True),
    View("desk-lost-codes", at("/desk/lost-codes/"), STAFF, at_the_desk=True),
    View("desk-till", at("/desk/till/"), STAFF, at_the_desk=True),
    View("desk-staff", at("/desk/staff/"), STAFF, at_the_desk=True),
    View("desk-settings", at("/desk/settings/"), STAFF, at_the_desk=True),
    View("desk-log", at("/desk/log/"), STAFF, at_the_desk=True),
    View("desk-account", at("/desk/account/"), STAFF, at_the_desk=True),
)
DEMO_VIEWS = (
    View("demo-story", at("/"), STAFF),
    View("demo-mailbox", at("/demo/mailbox/"), STAFF),
    View("demo-clock", at("/demo/clock/"), STAFF),
)
VIEWS = (*SITE_VIEWS, *READER_VIEWS, *DESK_VIEWS, *DEMO_VIEWS)
