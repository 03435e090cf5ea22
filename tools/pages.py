"""Every page that a person can see in the demonstration, and how to get to it: one list.

The contact sheet photographs it (`tools.screens`), and the tests let axe look at it (`tests/journeys/test_axe.py`).
A page that is added to the program is added here.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin
from uuid import uuid4

from playwright.sync_api import Browser, FilePayload, Locator, Page, StorageState

READERS = ("en", "ru", "ar")
STAFF = ("en", "ru")
ENGLISH = ("en",)
RUSSIAN = ("ru",)
ARABIC = ("ar",)
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


class PageFailed(Exception):
    """The program answered with a fault of its own."""


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
        answer = page.goto(demo.address + path)
        if answer and answer.status >= 500:
            raise PageFailed(f"{path} answered {answer.status}.")

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
        with page.expect_navigation():
            page.locator("form", has=page.locator("select[name=language]")).locator("button").click()
        demo.desk, demo.desk_language = context.storage_state(), language


def _sign_in(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.address}/desk/sign-in/")
    page.locator("input[name=pseudonym]").fill("admin")
    page.locator("input[name=password]").fill(json.loads(demo.logins.read_text())["admin"])
    page.locator("form", has=page.locator("input[name=password]")).locator("button").click()
    page.wait_for_url("**/desk/today/")


def first_link_in(table: str) -> Way:
    """The way to a page of the desk, and on to the first row's own page."""

    def go(page: Page, demo: Demo) -> None:
        page.goto(demo.address + table)
        with page.expect_navigation():
            page.locator("tbody a").first.click()

    return go


def to_the_card(page: Page, demo: Demo) -> None:
    """From the support page to the card's, with five dollars a month."""
    page.goto(f"{demo.address}{SUPPORT}?frequency=monthly&amount=5&currency=USD")
    page.locator("form.choose button[type=submit]").click()
    page.locator("#card-open").wait_for()


def with_a_wrong_amount(page: Page, demo: Demo) -> None:
    """The support page with a sentence beside the field."""
    page.goto(f"{demo.address}{SUPPORT}?frequency=monthly&currency=USD")
    page.locator("input[name=amount_monthly][value=other]").check()
    page.locator("#other-monthly").fill("1.005")
    page.locator("form.choose button[type=submit]").click()
    page.locator("[aria-invalid=true]").first.wait_for()


def with_open_fields(page: Page, demo: Demo) -> None:
    """The card page after the click that fetches the processor's fields."""
    to_the_card(page, demo)
    page.locator("#card-open").click()
    page.locator("#card-pay").wait_for()


def paying_with(number: str, then: str) -> Way:
    """The way on from the card page with this practice card, until an element that `then` selects is there."""

    def go(page: Page, demo: Demo) -> None:
        with_open_fields(page, demo)
        _fill_and_pay(page, number, then)

    return go


def _fill_and_pay(page: Page, number: str, then: str) -> None:
    fields = page.frame_locator("#card-fields iframe")
    for name, value in (("number", number), ("expiry", "12/40"), ("cvc", "123")):
        fields.locator(f"#{name}").fill(value)
    page.locator("#card-pay").click()
    page.locator(then).first.wait_for()


thanks = paying_with("4242424242424242", "[data-print]")


at_the_bank = paying_with("4000002760003184", "button[value=approve]")


def other_ways(page: Page, demo: Demo) -> None:
    """The ways to pay in euro."""
    page.goto(f"{demo.address}{SUPPORT}?frequency=monthly&amount=5&currency=EUR")
    page.locator("form.choose button[type=submit]").click()
    page.locator("input[name=way]").first.wait_for()


def by_transfer(page: Page, demo: Demo) -> None:
    """The page that comes before the instructions for a bank transfer."""
    other_ways(page, demo)
    page.locator("input[name=way]").last.check()
    page.locator("main form button").click()
    page.locator("form[action*='/pay/'] button").wait_for()


def sent_by_transfer(page: Page, demo: Demo) -> None:
    """Where to send the money, and with which reference."""
    by_transfer(page, demo)
    page.locator("form[action*='/pay/'] button").click()
    page.locator("dl.facts").wait_for()


def own_transfer(page: Page, demo: Demo) -> None:
    """The same on the supporter's page, for a gift that has not come yet."""
    by_transfer(page, demo)
    code = page.locator("#code").inner_text()
    page.locator("form[action*='/pay/'] button").click()
    page.locator("dl.facts").wait_for()
    _enter(page, demo, code)
    with page.expect_navigation():
        page.locator("a[href*='/send/']").click()


def with_a_set_reminder(page: Page, demo: Demo) -> None:
    """A reminder by mail, set on the page that needs no script."""
    page.goto(f"{demo.address}{SUPPORT}remind/")
    _ask_by_mail(page, f"{uuid4().hex}@example.org")
    page.locator("p.lead[role=status]").wait_for()


def _ask_by_mail(page: Page, address: str) -> None:
    page.locator("#mail").fill(address)
    with page.expect_navigation():
        page.locator("form", has=page.locator("#mail")).locator("button").first.click()


def mailed_link(page: Page, demo: Demo) -> None:
    """The page that a link in a letter opens: a new supporter gives an address and asks for the link."""
    address = f"{uuid4().hex}@example.org"
    with_open_fields(page, demo)
    page.locator("#mail").fill(address)
    _fill_and_pay(page, "4242424242424242", "[data-print]")
    page.goto(f"{demo.address}{MY}?language=en")
    _ask_by_mail(page, address)
    page.wait_for_url("**/link/sent/**")
    page.goto(_link_in_the_mailbox(page, demo, address))


def link_asked_too_soon(page: Page, demo: Demo) -> None:
    """What a browser without scripts sees when it asks for a link at once."""
    page.goto(demo.address + MY)
    page.locator("#mail").fill("reader@example.org")
    form = page.locator("form", has=page.locator("#mail"))
    form.evaluate("form => { form.elements.solution.value = ''; form.submit() }")
    page.locator("input[type=hidden][name=mail]").wait_for(state="attached")


def _link_in_the_mailbox(page: Page, demo: Demo, address: str) -> str:
    for _ in range(30):
        page.goto(f"{demo.address}/demo/mailbox/")
        letters = page.locator("a", has_text=address)
        for number in range(letters.count()):
            found = re.search(r'http[^\s"<]+/link/[\w-]+/[^\s"<]*', _letter(page, demo, letters.nth(number)))
            if found:
                return found[0]
        page.wait_for_timeout(1_000)
    raise PageFailed("No letter with a link came within half a minute.")


def _letter(page: Page, demo: Demo, listed: Locator) -> str:
    address = urljoin(demo.address, listed.get_attribute("href") or "")
    return page.request.get(address).text()


def own_page(page: Page, demo: Demo) -> None:
    """The page that a new supporter opens with the code just shown."""
    thanks(page, demo)
    _enter(page, demo, page.locator("#code").inner_text())


def _enter(page: Page, demo: Demo, code: str) -> None:
    page.goto(demo.address + MY)
    page.locator("#code").fill(code)
    page.locator("form", has=page.locator("#code")).locator("button").click()
    page.wait_for_url("**/page/**")


def own_card(page: Page, demo: Demo) -> None:
    """Where a supporter gives another card."""
    own_page(page, demo)
    page.goto(page.url.split("?")[0] + "card/")


def own_card_warned(page: Page, demo: Demo) -> None:
    """The same, with a card from a country that the newsroom warns about."""
    own_card(page, demo)
    page.locator("#card-open").click()
    page.locator("#card-pay").wait_for()
    _fill_and_pay(page, "4000003980000000", ".equal")


def own_page_stopped(page: Page, demo: Demo) -> None:
    """A supporter's page after the click that stops it."""
    own_page(page, demo)
    page.locator("form[action*='/stop/'] button").click()
    page.locator("input[name=reason]").first.wait_for()


def refund_page(page: Page, demo: Demo) -> None:
    """From a contribution that has been paid to giving its money back."""
    page.goto(f"{demo.address}/desk/contributions/?state=active")
    page.locator("tbody a").first.click()
    with page.expect_navigation():
        page.locator("a[href*='/refund/']").first.click()


def first_letter(page: Page, demo: Demo) -> None:
    """One letter of the demonstration's mailbox; one is sent first, so that there is one."""
    mailed_link(page, demo)
    page.goto(f"{demo.address}/demo/mailbox/")
    with page.expect_navigation():
        page.locator(".demo-letters a").first.click()


def bank_statement(page: Page, demo: Demo) -> None:
    """A bank's statement that was read in, before anything is booked."""
    lines = f"Booking date;Amount;Remittance information\n2026-01-31;12.00;{uuid4().hex}\n"
    page.goto(f"{demo.address}/desk/money/bank/")
    statement = FilePayload(name="statement.csv", mimeType="text/csv", buffer=lines.encode())
    page.locator("input[name=statement]").set_input_files(statement)
    with page.expect_navigation():
        page.locator("form:has(input[name=statement]) button").click()


def at_a_wrong_message(page: Page, demo: Demo) -> None:
    """The desk's message with a field that needs another look."""
    page.goto(f"{demo.address}/desk/message/")
    page.locator("[name='ask.USD.monthly.minimum']").fill("many")
    page.locator("button[value=save]").click()
    page.locator("[role=alert]").first.wait_for()


def at_the_message(article: str) -> Way:
    """The way to an article, scrolled to its message once the script has drawn it: it draws below the fold only."""

    def go(page: Page, demo: Demo) -> None:
        page.goto(demo.site + article)
        page.locator("reader-ask form button.go").wait_for()
        page.locator("reader-ask").scroll_into_view_if_needed()

    return go


def at_the_reminder(page: Page, demo: Demo) -> None:
    """The same after *Remind me later*."""
    at_the_message("/ferry")(page, demo)
    page.locator("reader-ask button.link").first.click()
    page.locator("reader-ask #mail").wait_for()


SITE_VIEWS = (
    View("site-front", on_the_site("/"), ENGLISH),
    View("site-about", on_the_site("/about"), ENGLISH),
    View("site-long-story", on_the_site("/ferry"), ENGLISH),
    View("site-short-story", on_the_site("/bread"), ENGLISH),
    View("site-russian-story", on_the_site("/lessons"), RUSSIAN),
    View("site-arabic-story", on_the_site("/notebook"), ARABIC),
    View("message", at_the_message("/ferry"), ENGLISH),
    View("message-russian", at_the_message("/lessons"), RUSSIAN),
    View("message-arabic", at_the_message("/notebook"), ARABIC),
    View("message-reminder", at_the_reminder, ENGLISH),
)
READER_VIEWS = (
    View("support", at(SUPPORT)),
    View("support-wrong-amount", with_a_wrong_amount),
    View("support-card", to_the_card),
    View("support-card-fields", with_open_fields),
    View("support-declined", paying_with("4000000000000002", "[role=alert]")),
    View("support-checking", paying_with("4000000000008880", "#waiting")),
    View("support-warned", paying_with("4000003980000000", ".equal")),
    View("support-thanks", thanks),
    View("support-bank", at_the_bank),
    View("support-ways-to-pay", other_ways),
    View("support-send", by_transfer),
    View("support-sent", sent_by_transfer),
    View("support-expired", at(f"{SUPPORT}thanks/")),
    View("support-refused", at(f"{SUPPORT}refused/")),
    View("support-ways", at(f"{SUPPORT}ways/")),
    View("support-traces", at(f"{SUPPORT}traces/")),
    View("support-kept", at(f"{SUPPORT}kept/")),
    View("support-remind", at(f"{SUPPORT}remind/")),
    View("support-reminded", with_a_set_reminder),
    View("my-newsrooms", at("/my/")),
    View("my-entry", at(MY)),
    View("my-page", own_page),
    View("my-stopped", own_page_stopped),
    View("my-card", own_card),
    View("my-card-warned", own_card_warned),
    View("my-send", own_transfer),
    View("my-link", mailed_link, ENGLISH),
    View("my-link-too-soon", link_asked_too_soon),
    View("my-link-over", at(f"{MY}link/nothing/")),
    View("my-link-sent", at(f"{MY}link/sent/")),
    View("my-lost-code", at(f"{MY}lost/")),
    View("my-lost-code-told", at(f"{MY}lost/told/")),
    View("my-unsubscribe", at("/my/unsubscribe/00000000-0000-4000-8000-000000000000/")),
    View("my-unsubscribed", at("/my/unsubscribed/")),
    View("my-forgotten", at(f"{MY}forgotten/")),
    View("addresses", at("/addresses/far-shore/")),
    View("not-found", at("/nowhere/")),
)
DESK_VIEWS = (
    View("desk-sign-in", at("/desk/sign-in/"), STAFF),
    View("desk-sign-in-code", at("/desk/sign-in/code/"), STAFF),
    View("desk-today", at("/desk/today/"), STAFF, at_the_desk=True),
    View("desk-money", at("/desk/money/"), STAFF, at_the_desk=True),
    View("desk-statements", at("/desk/money/statements/"), STAFF, at_the_desk=True),
    View("desk-bank", at("/desk/money/bank/"), STAFF, at_the_desk=True),
    View("desk-bank-statement", bank_statement, STAFF, at_the_desk=True),
    View("desk-debits", at("/desk/money/debits/"), STAFF, at_the_desk=True),
    View("desk-message", at("/desk/message/"), STAFF, at_the_desk=True),
    View("desk-message-wrong", at_a_wrong_message, STAFF, at_the_desk=True),
    View("desk-message-history", at("/desk/message/history/"), STAFF, at_the_desk=True),
    View("desk-preview", at("/desk/message/preview/"), STAFF, at_the_desk=True),
    View("desk-contributions", at("/desk/contributions/"), STAFF, at_the_desk=True),
    View("desk-contribution", first_link_in("/desk/contributions/"), STAFF, at_the_desk=True),
    View("desk-refund", refund_page, STAFF, at_the_desk=True),
    View("desk-people", at("/desk/people/"), STAFF, at_the_desk=True),
    View("desk-lost-codes", at("/desk/lost-codes/"), STAFF, at_the_desk=True),
    View("desk-till", at("/desk/till/"), STAFF, at_the_desk=True),
    View("desk-countries", at("/desk/countries/"), STAFF, at_the_desk=True),
    View("desk-country", at("/desk/countries/RU/"), STAFF, at_the_desk=True),
    View("desk-approvals", at("/desk/approvals/"), STAFF, at_the_desk=True),
    View("desk-export", at("/desk/approvals/export/"), STAFF, at_the_desk=True),
    View("desk-staff", at("/desk/staff/"), STAFF, at_the_desk=True),
    View("desk-ready", at("/desk/settings/ready/"), STAFF, at_the_desk=True),
    View("desk-settings", at("/desk/settings/"), STAFF, at_the_desk=True),
    View("desk-log", at("/desk/log/"), STAFF, at_the_desk=True),
    View("desk-account", at("/desk/account/"), STAFF, at_the_desk=True),
)
DEMO_VIEWS = (
    View("demo-story", at("/"), STAFF),
    View("demo-mailbox", at("/demo/mailbox/"), STAFF),
    View("demo-letter", first_letter, ENGLISH),
    View("demo-clock", at("/demo/clock/"), STAFF),
    View("demo-faults", at("/demo/faults/"), STAFF),
)
VIEWS = (*SITE_VIEWS, *READER_VIEWS, *DESK_VIEWS, *DEMO_VIEWS)
