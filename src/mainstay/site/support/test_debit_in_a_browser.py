"""Signing a mandate in a real browser: by keyboard, with a mistake in between, and without scripts."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from mainstay.collection.conftest import World
from mainstay.collection.models import Mandate
from mainstay.newsrooms.models import ProcessorAccount
from mainstay.site.test_my_in_a_browser import MILLISECONDS, site

from .test_debit import READER, account

__all__ = ["account", "site"]
pytestmark = pytest.mark.browser


def to_the_mandate(page: Page, site: str) -> None:
    page.set_default_timeout(MILLISECONDS)
    page.goto(f"{site}/support/far-shore/?language=en&currency=EUR&frequency=monthly&amount=5")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("By direct debit")


def no_barrier_on(page: Page, scripts: bool) -> None:
    """What axe finds, where scripts run: it is one itself."""
    if scripts:
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_mistake_is_mended_and_the_mandate_signed(
    site: str, world: World, account: ProcessorAccount, chromium: Browser, scripts: bool
) -> None:
    asked: list[str] = []
    with chromium.new_context(java_script_enabled=scripts, locale="en") as context:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        to_the_mandate(page, site)
        page.get_by_label("Account holder").fill("Adelaide Reader")
        page.get_by_label("Account number (IBAN)").fill(READER[:-1] + "8")
        page.get_by_role("button", name="Sign, and give").press("Enter")
        expect(page.get_by_text("has a typing mistake")).to_be_visible()
        no_barrier_on(page, scripts)
        expect(page.get_by_label("Account number (IBAN)")).to_be_focused()
        page.get_by_label("Account number (IBAN)").fill(READER)
        page.get_by_role("button", name="Sign, and give").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. It is signed.")
        expect(page.get_by_text(Mandate.objects.get().reference)).to_be_visible()
        no_barrier_on(page, scripts)
        page.reload()
        assert Mandate.objects.count() == 1
        assert not any(READER[-7:] in str(cookie) for cookie in context.cookies())
    assert all(url.startswith(site) for url in asked), "nothing of anybody else is loaded"
    assert not any("FR76" in url for url in asked)
