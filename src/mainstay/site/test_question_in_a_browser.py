"""The hints on the device, in a real browser: what opens the question, what shows a line, and that nothing is sent."""

import pytest
from playwright.sync_api import Browser, expect

from mainstay.collection.conftest import World, world
from mainstay.site.test_my_in_a_browser import site

__all__ = ["site", "world"]
pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("zone", "language", "opened", "line"),
    [
        ("Europe/Moscow", "de-DE", True, False),
        ("Asia/Almaty", "en-US", True, False),
        ("Europe/Berlin", "ru-RU", False, True),
        ("Europe/Berlin", "de-DE", False, False),
    ],
)
def test_a_home_time_zone_opens_the_question_and_a_language_shows_a_line(
    site: str, world: World, chromium: Browser, zone: str, language: str, opened: bool, line: bool
) -> None:
    sent: list[str] = []
    with chromium.new_context(timezone_id=zone, locale=language) as context:
        page = context.new_page()
        page.on("request", lambda request: sent.append(f"{request.url} {request.post_data}"))
        page.goto(f"{site}/support/far-shore/?language=en")
        question = page.locator("#question")
        expect(page.locator("[data-languages]")).to_be_visible(visible=line)
        assert (question.get_attribute("open") is not None) == opened
        page.get_by_role("button", name="Continue").click()
        page.wait_for_url("**/card/*")
    assert not any(zone in one or zone.replace("/", "%2F") in one for one in sent)


def test_a_refusal_is_one_entry_and_leaving_empties_the_page(
    site: str, world: World, chromium: Browser
) -> None:
    with chromium.new_context(timezone_id="Europe/Moscow", locale="en") as context:
        page = context.new_page()
        page.goto(f"{site}/support/far-shore/")
        page.get_by_label("My card or my home is there").check()
        page.get_by_label("Which country?").select_option("RU")
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("We won’t take your money")
        assert page.evaluate("history.length") == 2, "the blank page, and one for the whole way"
        assert [one["name"] for one in context.cookies()] == ["form"]
        page.get_by_role("link", name="Leave this page").click()
        page.wait_for_url("**/leave/")
        assert context.cookies() == []
        assert page.title() == "Empty page"


def test_without_scripts_the_question_can_be_opened_and_answered(
    site: str, world: World, chromium: Browser
) -> None:
    with chromium.new_context(java_script_enabled=False, locale="en") as context:
        page = context.new_page()
        page.goto(f"{site}/support/far-shore/")
        page.locator("#question summary").click()
        page.get_by_label("I have ties there").check()
        page.get_by_label("Which country?").select_option("RU")
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Before you decide")
        page.get_by_role("button", name="I understand, continue").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Your card")
