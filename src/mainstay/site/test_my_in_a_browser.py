"""The supporter's page in a real browser, with a real payment company: getting in, another card, the bank's word."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections
from django.test.testcases import LiveServerThread
from playwright.sync_api import Page, expect

from mainstay.collection.checkout import Step, check_again
from mainstay.collection.conftest import World, world
from mainstay.contributions.models import Contribution
from mainstay.core.clock import clock
from mainstay.core.ids import code_of, grouped
from mainstay.guard.buckets import forget_all

__all__ = ["world"]
pytestmark = pytest.mark.browser

GERMAN, KAZAKH, RUSSIAN = "4000002760000016", "4000003980000000", "4000006430000009"
ASKS_EVERY_TIME = "4000002760003184"
MILLISECONDS = 60_000
"""On a loaded machine a page takes its time."""
expect.set_options(timeout=MILLISECONDS)


@pytest.fixture
def site(db: None, settings: Any) -> Iterator[str]:
    """The pages on a port of their own, inside the test's transaction: append-only tables can't be flushed."""
    connection = connections["default"]
    connection.inc_thread_sharing()
    server = LiveServerThread("127.0.0.1", StaticFilesHandler, connections_override={"default": connection})
    server.daemon = True
    server.start()
    server.is_ready.wait()
    settings.PUBLIC_URL = f"http://127.0.0.1:{server.port}"
    forget_all()
    yield settings.PUBLIC_URL
    server.terminate()
    server.join()
    connection.dec_thread_sharing()


@pytest.fixture
def supporter(site: str, world: World) -> str:
    """The code of somebody who gives $5 a month since today."""
    world.clock.moment = clock.now()
    key, progress = world.pay("4242424242424242")
    assert progress.step == Step.PAID
    return grouped(code_of(key))


def enter(page: Page, site: str, code: str) -> None:
    page.set_default_timeout(MILLISECONDS)
    page.goto(f"{site}/my/far-shore/")
    page.get_by_role("textbox", name="Supporter code").fill(code)
    page.get_by_role("button", name="Open my page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("$5 every month")


def give_card(page: Page, number: str) -> None:
    page.get_by_role("link", name="Use another card").click()
    assert "sandbox" not in "".join(frame.url for frame in page.frames[1:]), "nothing loads before the click"
    page.get_by_role("button", name="Enter the card").click()
    fields = page.frame_locator("#card-fields iframe")
    fields.get_by_label("Card number").press_sequentially(number)
    fields.get_by_label("Expiry").press_sequentially("1240")
    fields.get_by_label("Security code").fill("123")
    page.get_by_role("button", name="Save this card").click()


def test_another_card_is_saved(site: str, supporter: str, world: World, page: Page) -> None:
    before = bytes(Contribution.objects.get().method_sealed or b"")
    enter(page, site, supporter)
    give_card(page, GERMAN)
    expect(page.get_by_role("status")).to_contain_text("The new card is saved")
    assert bytes(Contribution.objects.get().method_sealed or b"") != before


def test_wrong_fields_are_said_beside_the_button(site: str, supporter: str, world: World, page: Page) -> None:
    enter(page, site, supporter)
    give_card(page, "4242424242424241")
    expect(page.locator("#card-status")).to_contain_text("Please look at the card fields again")
    expect(page.get_by_role("button", name="Save this card")).to_be_enabled()
    assert page.url.endswith("/card/")


def test_a_declined_card_changes_nothing(site: str, supporter: str, world: World, page: Page) -> None:
    enter(page, site, supporter)
    give_card(page, "4000000000000002")
    expect(page.get_by_role("alert").first).to_contain_text("Your bank did not accept this card")


def test_a_card_that_is_warned_about_asks_first(site: str, supporter: str, world: World, page: Page) -> None:
    enter(page, site, supporter)
    give_card(page, KAZAKH)
    expect(page.get_by_role("heading", level=1)).to_have_text("Before you decide")
    expect(page.get_by_text("Kazakhstan")).to_be_visible()
    page.get_by_role("button", name="I understand, continue").click()
    expect(page.get_by_role("status")).to_contain_text("The new card is saved")


@pytest.mark.parametrize(
    ("answer", "said"), [("Approve", "The new card is saved"), ("Refuse", "your bank did not agree")]
)
def test_a_card_whose_bank_wants_its_holder_first(
    site: str, supporter: str, world: World, page: Page, answer: str, said: str
) -> None:
    before = bytes(Contribution.objects.get().method_sealed or b"")
    enter(page, site, supporter)
    give_card(page, ASKS_EVERY_TIME)
    page.get_by_role("button", name=answer).click()
    expect(page.get_by_role("status")).to_contain_text(said)
    assert (bytes(Contribution.objects.get().method_sealed or b"") != before) == (answer == "Approve")
    assert page.url.startswith(site)
    assert "saving" not in page.url


def test_a_refused_card_is_not_saved(site: str, supporter: str, world: World, page: Page) -> None:
    enter(page, site, supporter)
    calls = len(world.calls())
    give_card(page, RUSSIAN)
    page.wait_for_url("**/support/far-shore/refused/")
    assert [call["method"] for call in world.calls()[calls:]] == ["POST", "GET"], "the token, read once"


def test_stopping_by_keyboard_alone(site: str, supporter: str, world: World, page: Page) -> None:
    enter(page, site, supporter)
    for _step in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == "Stop it now":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Stopped.")
    expect(page.get_by_role("group", name=re.compile("why did you stop"))).to_be_visible()
    assert Contribution.objects.get().state == "cancelled"


def test_a_renewal_that_the_bank_asks_about_is_confirmed(site: str, world: World, page: Page) -> None:
    world.clock.moment = clock.now() - timedelta(days=31)
    key, progress = world.pay(ASKS_EVERY_TIME)
    world.answer_at_bank(progress.action_url, "approve")
    check_again(world.newsroom, key, world.clock.now() + timedelta(minutes=1))
    world.quiet_days(31)
    assert Contribution.objects.get().payments.count() == 1
    enter(page, site, grouped(code_of(key)))
    page.get_by_role("link", name="Confirm with my bank").click()
    page.get_by_role("button", name=re.compile("^Approve|^Confirm|^Yes")).click()
    expect(page.get_by_role("status")).to_contain_text("back from your bank")
    expect(page.get_by_role("row")).to_have_count(3)
    assert page.url.startswith(site)
    assert "intent" not in page.url
