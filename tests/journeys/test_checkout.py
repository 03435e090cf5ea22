"""The reader's way from the choice to the thank-you page, in a real browser, against the practice payment company.

The page is on one site (localhost) and the card fields on another (127.0.0.1), as with every real payment company:
the browser keeps the fields in a process of their own.
"""

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.apps import apps
from django.db import connection
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

from mainstay.collection.conftest import World, world
from mainstay.collection.models import Payment
from mainstay.contributions.models import Contribution
from mainstay.guard.buckets import forget_all
from mainstay.ledger.models import Transfer

__all__ = ["world"]

pytestmark = [pytest.mark.browser, pytest.mark.journey, pytest.mark.django_db(transaction=True)]

expect.set_options(timeout=15_000)
APPROVED, RUSSIA = "4242424242424242", "4000006430000009"
DECLINED, ALWAYS_ASKS, UNKNOWN = "4000000000000002", "4000002760003184", "4000000000008880"


@pytest.fixture
def start(live_server: Any, world: World, settings: Any) -> Iterator[str]:
    """The support page's address."""
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.PUBLIC_URL = live_server.url
    forget_all()
    yield f"{live_server.url}/support/far-shore/"
    forget_the_books()


def forget_the_books() -> None:
    """Empties the ledger, which refuses it, so that the test's database can be emptied after it."""
    triggers = import_module("mainstay.ledger.migrations.0002_append_only")
    with connection.schema_editor() as editor:
        triggers.backwards(apps, editor)
    Transfer.objects.all().delete()
    with connection.schema_editor() as editor:
        triggers.forwards(apps, editor)


def enter_card(page: Page, number: str) -> FrameLocator:
    """Opens the processor's fields by a click and fills them in."""
    page.get_by_role("button", name="Enter card").click()
    expect(page.locator("#card-pay")).to_be_visible()
    fields = page.frame_locator("#card-fields iframe")
    fields.get_by_label("Card number").fill(number)
    fields.get_by_label("Expiry").fill("12/40")
    fields.get_by_label("Security code").fill("123")
    return fields


def to_the_card(page: Page, start: str) -> None:
    page.goto(start)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Your card")).to_be_visible()


def pay_with(page: Page, number: str) -> None:
    enter_card(page, number)
    pay_button(page).click()


def pay_button(page: Page) -> Locator:
    """*Pay*, once it is drawn where a person would see it.

    A click beside a frame of another process is handed out by the picture last drawn. A driven browser scrolls and
    clicks before the next picture, so that its click lands where the frame was; nobody can click that fast.
    """
    button = page.get_by_role("button", name=re.compile("^Pay "))
    button.scroll_into_view_if_needed()
    page.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    return button


def test_a_monthly_gift(page: Page, start: str):
    complaints: list[str] = []
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    page.goto(f"{start}?frequency=monthly&amount=7.50&currency=USD&src=412.spring.b.world")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(start + "card/")
    shown = page.locator("#code").text_content()
    assert page.locator("script[src*='/v1/']").count() == 0
    enter_card(page, APPROVED)
    assert [urlsplit(frame.url).hostname for frame in page.frames] == ["localhost", "127.0.0.1"]
    pay_button(page).click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    expect(page.locator("#code")).to_have_text(shown)
    page.reload()
    expect(page.get_by_text("Your $7.50 arrived")).to_be_visible()
    assert page.evaluate("history.length") == 2, "the whole way is one entry beside the page before it"
    page.go_back()
    assert page.url == "about:blank"
    page.go_forward()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    assert Payment.objects.count() == 1
    assert complaints == []


def test_wrong_fields_are_said_beside_pay(page: Page, start: str):
    to_the_card(page, start)
    pay_with(page, "4242424242424241")
    expect(page.locator("#card-status")).to_contain_text("Nothing was charged")
    expect(page.locator("#card-pay")).to_be_enabled()
    assert not Contribution.objects.exists()


def test_no_fields_no_pay_button(page: Page, start: str):
    page.route("**/fields?*", lambda route: route.fulfill(body="", content_type="text/html"))
    to_the_card(page, start)
    page.get_by_role("button", name="Enter card").click()
    expect(page.locator("#card-fields iframe")).to_be_visible()
    expect(page.locator("#card-pay")).to_be_hidden()
    page.get_by_label("Mail address").press("Enter")
    expect(page.locator("#card-status")).to_have_text("Loading the card fields…")
    expect(page.locator("#card-status")).to_contain_text("can’t be reached", timeout=30_000)
    expect(page.get_by_role("button", name="Enter card")).to_be_enabled()


def test_two_clicks_on_pay_pay_once(page: Page, start: str):
    to_the_card(page, start)
    enter_card(page, APPROVED)
    pay_button(page).dblclick()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    assert Payment.objects.count() == 1


def test_declined_then_another_card(page: Page, start: str):
    to_the_card(page, start)
    page.get_by_label("Mail address").fill("reader@example.org")
    pay_with(page, DECLINED)
    expect(page.get_by_role("alert")).to_contain_text("Your bank didn’t accept this payment")
    expect(page.get_by_label("Mail address")).to_have_value("reader@example.org")
    pay_with(page, APPROVED)
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    assert Contribution.objects.count() == Payment.objects.count() == 1


def test_the_bank_asks(page: Page, start: str):
    to_the_card(page, start)
    pay_with(page, ALWAYS_ASKS)
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    assert page.url == start + "thanks/"


def test_an_unknown_outcome_resolves_itself(page: Page, start: str, world: World):
    to_the_card(page, start)
    pay_with(page, UNKNOWN)
    expect(page.get_by_role("heading", name="Still checking")).to_be_visible()
    world.company.clock.now += 60
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible(timeout=40_000)
    assert Payment.objects.count() == 1


def test_a_refused_country(page: Page, start: str, world: World):
    to_the_card(page, start)
    pay_with(page, RUSSIA)
    expect(page.get_by_role("heading", name="We won’t take your money")).to_be_visible()
    assert not Contribution.objects.exists()
    paths = [(call["method"], call["path"].split("/")[2]) for call in world.calls()]
    assert paths == [("POST", "tokens"), ("GET", "tokens")]
    assert not [cookie for cookie in page.context.cookies() if cookie["name"] == "checkout"]


def test_two_tabs_notice_each_other(page: Page, start: str):
    to_the_card(page, start)
    other = page.context.new_page()
    other.goto(start)
    other.get_by_role("radio", name="$10", exact=True).check()
    other.get_by_role("button", name="Continue").click()
    expect(other.get_by_text("$10 a month.")).to_be_visible()
    pay_with(page, APPROVED)
    expect(page.get_by_role("alert")).to_contain_text("You chose something else in another tab")
    pay_with(page, APPROVED)
    expect(page.get_by_text("Your $10 arrived")).to_be_visible()
    other.reload()
    expect(other.get_by_role("heading", name="Thank you.")).to_be_visible()
    assert Payment.objects.count() == 1


def test_by_keyboard_alone(page: Page, start: str):
    page.goto(start)
    press_until(page, "Tab", "input[name=frequency]:checked")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#frequency-annual")).to_be_checked()
    press_until(page, "Tab", "button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.locator("#card-open")).to_be_visible()
    press_until(page, "Tab", "#card-open")
    page.keyboard.press("Enter")
    expect(page.locator("#card-pay")).to_be_visible()
    number = page.frame_locator("#card-fields iframe").get_by_label("Card number")
    for _ in range(6):
        if number.evaluate("field => document.activeElement === field"):
            break
        page.keyboard.press("Tab")
    page.keyboard.type(APPROVED)
    page.keyboard.press("Tab")
    page.keyboard.type("1240")
    page.keyboard.press("Tab")
    page.keyboard.type("123")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    assert Contribution.objects.get().frequency == "annual"
    stop_by_keyboard(page, page.locator("#code").inner_text())
    assert Contribution.objects.get().state == "cancelled"


def stop_by_keyboard(page: Page, code: str) -> None:
    """From the thank-you page to the supporter's own, and there to its end and the reason."""
    press_until(page, "Tab", ".links a[href*='/my/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/my/far-shore/**")
    press_until(page, "Tab", "#code")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/page/**")
    press_until(page, "Tab", "form[action*='/stop/'] button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Stopped.")
    press_until(page, "Tab", "input[name=reason]")
    page.keyboard.press("Space")
    press_until(page, "Tab", "form[action*='/why/'] button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("group", name=re.compile("why did you stop"))).to_have_count(0)


SEEN = """() => {
    const at = document.activeElement, label = at.closest('label') || at, box = at.getBoundingClientRect();
    const outlined = [at, label].some((one) => getComputedStyle(one).outlineStyle !== 'none');
    return at !== document.body && (at.tagName === 'IFRAME' || outlined && box.bottom > 0 && box.top < innerHeight);
}"""


def press_until(page: Page, key: str, selector: str) -> None:
    """Presses the key until the element has the focus; fails after 30 times, and where the focus can't be seen."""
    for _ in range(30):
        page.keyboard.press(key)
        assert page.evaluate(SEEN), page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} can't be reached")


def test_without_scripts_up_to_the_card(chromium: Browser, start: str):
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(start)
        page.get_by_label("Once").check()
        page.get_by_label("Another amount", exact=True).locator("visible=true").check()
        page.get_by_label("Another amount in").locator("visible=true").fill("0,001")
        page.get_by_role("button", name="Continue").click()
        expect(page.locator(".error")).to_contain_text("fewer digits after the point")
        page.get_by_label("Another amount in").locator("visible=true").fill("12,50")
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_text("$12.50, once.")).to_be_visible()
        # A driven browser without scripts keeps <noscript> closed, so its words are read from the source.
        assert "Paying by card needs JavaScript" in page.content()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_axe_finds_nothing(chromium: Browser, start: str, world: World, language: str, scheme: str):
    with chromium.new_context(
        color_scheme=scheme, locale=language, viewport={"width": 360, "height": 740}
    ) as context:
        page = context.new_page()
        found = []
        page.goto(f"{start}?amount=x")
        found.append(violations(page))
        page.locator("#other-monthly").fill("5")
        page.locator("form.choose button[type=submit]").click()
        page.locator("#card-open").wait_for()
        found.append(violations(page))
        for path in ("remind/", "refused/"):
            page.goto(start + path)
            found.append(violations(page))
        assert found == ["", "", "", ""]
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def violations(page: Page) -> str:
    results = Axe().run(page)
    return results.generate_report() if results.violations_count else ""
