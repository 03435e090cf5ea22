"""The card page with Stripe's adapter, in a real browser. Stripe's script is a stand-in that keeps what it is asked."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from mainstay.collection.conftest import NOW, World
from mainstay.collection.models import Payment
from mainstay.contributions.models import Contribution
from mainstay.core.clock import FixedClock
from mainstay.guard.buckets import forget_all
from mainstay.newsrooms.models import CountryRule, Newsroom, ProcessorAccount
from mainstay.processors.registry import forget_adapters
from mainstay.sealing.keyring import KeyRing
from mainstay_sandbox.conftest import SHOP, Clock, Company
from mainstay_sandbox.near import running_company
from mainstay_sandbox.store import Store
from mainstay_sandbox.stripe_face import StripeFace
from tests.contract.shapes.stripe import expect_shapes

from .test_checkout import forget_the_books, pay_button, pay_with, to_the_card

pytestmark = [pytest.mark.browser, pytest.mark.journey, pytest.mark.django_db(transaction=True)]

APPROVED, RUSSIA = "4242424242424242", "4000006430000009"
DECLINED, ALWAYS_ASKS = "4000000000009987", "4000002760003184"


@pytest.fixture
def faces() -> list[StripeFace]:
    """The side of the company that Stripe's library talks to."""
    return []


@pytest.fixture
def world(
    newsroom: Newsroom, ring: KeyRing, tmp_path: Path, settings: Any, faces: list[StripeFace]
) -> Iterator[World]:
    """The Far Shore with an account at Stripe; cards from RU are refused."""

    def application(store: Store, machine_clock: Callable[[], float]) -> StripeFace:
        faces.append(StripeFace(store, machine_clock))
        return faces[0]

    clock = Clock()
    with running_company(tmp_path / "company.sqlite3", (SHOP,), clock, application) as (address, store):
        account = ProcessorAccount.objects.create(
            newsroom=newsroom,
            processor="stripe",
            label="Stripe",
            settings={
                "address": address,
                "public_key": SHOP.publishable_key,
                "script_address": f"{address}/stripe.js",
            },
        )
        CountryRule.objects.create(newsroom=newsroom, country="RU", state="refuse")
        secrets = tmp_path / "secrets.toml"
        secrets.write_text(
            f'[accounts."{account.pk}"]\napi_key = "{SHOP.restricted_key}"\n', encoding="utf-8"
        )
        settings.MAINSTAY_SECRETS_FILE = str(secrets)
        forget_adapters()
        yield World(newsroom, account, Company(address, clock, store), ring, FixedClock(NOW))
        forget_adapters()
        expect_shapes(faces[0].heard)


@pytest.fixture
def start(live_server: Any, world: World, settings: Any) -> Iterator[str]:
    """The support page's address. The web has the restricted key, as it should."""
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.PUBLIC_URL = live_server.url
    forget_all()
    yield f"{live_server.url}/support/far-shore/"
    forget_the_books()


def hosts_asked(page: Page) -> list[str]:
    """The addresses that a page asks for from now on, beside our own."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return asked


def test_nothing_is_asked_of_the_company_before_the_click_and_the_country_is_read_first(
    page: Page, start: str, world: World, faces: list[StripeFace]
):
    asked, complaints = hosts_asked(page), list[str]()
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    to_the_card(page, start)
    assert {urlsplit(url).hostname for url in asked} == {"localhost"}
    pay_with(page, APPROVED)
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    called = [f"{one.method} {one.path.split('/')[2]}" for one in faces[0].heard]
    assert called[0] == "GET confirmation_tokens"
    assert called.index("GET confirmation_tokens") < called.index("POST customers")
    assert Payment.objects.count() == 1
    assert complaints == []


def test_what_stripes_script_is_asked_for(page: Page, start: str):
    to_the_card(page, start)
    page.get_by_role("button", name="Enter card").click()
    expect(page.locator("#card-pay")).to_be_visible()
    calls = page.evaluate("window.StripeCalls")
    assert [call[0] for call in calls] == ["Stripe", "elements", "create"]
    asked = calls[1][1]
    assert (asked["mode"], asked["amount"], asked["currency"]) == ("payment", 500, "usd")
    assert asked["setupFutureUsage"] == "off_session"
    assert asked["allowedPaymentMethodTypes"] == ["card"]
    assert calls[2][1:] == ["payment", {"layout": "tabs", "wallets": {"link": "never"}}]
    assert calls[0][2] == {"locale": "en"}


def test_a_refused_country_ends_after_its_token(page: Page, start: str, faces: list[StripeFace]):
    to_the_card(page, start)
    pay_with(page, RUSSIA)
    page.wait_for_url("**/refused/")
    assert [one.path.split("/")[2] for one in faces[0].heard] == ["confirmation_tokens"]
    assert not Contribution.objects.exists()


def test_a_declined_card_then_another(page: Page, start: str):
    to_the_card(page, start)
    pay_with(page, DECLINED)
    expect(page.get_by_role("alert")).to_be_visible()
    pay_with(page, APPROVED)
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    assert Payment.objects.count() == 1


def test_the_bank_asks_and_the_reader_comes_back(page: Page, start: str):
    to_the_card(page, start)
    pay_with(page, ALWAYS_ASKS)
    page.wait_for_url("**/bank/**")
    page.get_by_role("button").first.click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    assert Payment.objects.count() == 1


def test_a_window_closed_at_the_bank_leaves_no_money_and_can_be_taken_up_again(page: Page, start: str):
    to_the_card(page, start)
    pay_with(page, ALWAYS_ASKS)
    page.wait_for_url("**/bank/**")
    other = page.context.new_page()
    page.close()
    assert not Payment.objects.exists()
    other.goto(start + "status/")
    expect(other.get_by_text("bank").first).to_be_visible()


def test_wrong_fields_are_said_and_nothing_is_sent(page: Page, start: str, faces: list[StripeFace]):
    to_the_card(page, start)
    pay_with(page, "4242424242424241")
    expect(page.locator("#card-status")).to_contain_text("Please look at the card fields again")
    assert list(faces[0].heard) == []


def test_a_slow_network_waits_and_one_that_fails_says_so(page: Page, start: str):
    def slowly(route: Route) -> None:
        page.wait_for_timeout(1500)
        route.continue_()

    page.route("**/stripe.js", slowly)
    to_the_card(page, start)
    page.get_by_role("button", name="Enter card").click()
    expect(page.locator("#card-status")).to_contain_text("Loading")
    expect(page.locator("#card-pay")).to_be_visible()
    page.route("**/stripe.js", lambda route: route.abort())
    page.reload()
    page.get_by_role("button", name="Enter card").click()
    expect(page.locator("#card-status")).to_contain_text("can’t be reached")
    assert not pay_is_shown(page)


def pay_is_shown(page: Page) -> bool:
    return page.locator("#card-pay").is_visible()


def test_two_clicks_on_pay_pay_once(page: Page, start: str):
    to_the_card(page, start)
    pay_with_two_clicks(page)
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    assert Payment.objects.count() == 1


def pay_with_two_clicks(page: Page) -> None:
    page.get_by_role("button", name="Enter card").click()
    expect(page.locator("#card-pay")).to_be_visible()
    fields = page.frame_locator("#card-fields iframe")
    fields.get_by_label("Card number").fill(APPROVED)
    fields.get_by_label("Expiry").fill("12/40")
    fields.get_by_label("Security code").fill("123")
    pay_button(page).dblclick()
