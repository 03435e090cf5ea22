"""The reader's way over PayPal's own page and back, in a real browser, against a local PayPal."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as program
from playwright.sync_api import Page, expect

from mainstay.collection.conftest import World, world
from mainstay.collection.models import Payment
from mainstay.contributions.models import Contribution
from mainstay.newsrooms.models import ProcessorAccount
from mainstay.processors.paypal.example_account import CLIENT_ID, CLIENT_SECRET, Account, Break, Says
from mainstay.processors.paypal.example_server import running_paypal
from mainstay.processors.registry import forget_adapters

from .test_checkout import start, violations

__all__ = ["start", "world"]

pytestmark = [pytest.mark.browser, pytest.mark.journey, pytest.mark.django_db(transaction=True)]

CODE = re.compile(r"\b(?:[0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}\b")
expect.set_options(timeout=15_000)


@pytest.fixture
def paypal(world: World) -> Iterator[Account]:
    """A second account of the newsroom, beside the one for cards."""
    with running_paypal() as account:
        row = ProcessorAccount.objects.create(
            newsroom=world.newsroom,
            processor="paypal",
            label="PayPal",
            settings={"address": account.address, "place": 1},
        )
        secrets = Path(program.MAINSTAY_SECRETS_FILE)
        lines = f'[accounts."{row.pk}"]\nclient_id = "{CLIENT_ID}"\nclient_secret = "{CLIENT_SECRET}"\n'
        secrets.write_text(secrets.read_text(encoding="utf-8") + lines, encoding="utf-8")
        forget_adapters()
        yield account


def to_paypal(page: Page, start: str) -> None:
    """Chooses five dollars a month and PayPal, and goes there."""
    page.goto(f"{start}?frequency=monthly&amount=5&currency=USD")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("radio", name="PayPal").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Continue to PayPal").click()
    expect(page.get_by_role("button", name="Agree")).to_be_visible()


def nothing_here(paypal: Account) -> bool:
    return not Contribution.objects.exists() and paypal.captures() == []


def test_approved_and_paid_once(page: Page, start: str, paypal: Account):
    to_paypal(page, start)
    assert nothing_here(paypal), "an order moves no money and leaves no row"
    page.get_by_role("button", name="Agree").click()
    expect(page.get_by_role("heading", name="Nearly there")).to_be_visible()
    assert page.url == start + "card/", "what PayPal put into the address is gone"
    assert nothing_here(paypal), "coming back pays nothing"
    page.goto(start + "return/")
    page.get_by_role("button", name="Pay $5").click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    page.goto(start + "return/?token=ORDER1&PayerID=PAYER1")
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    assert [one["amount"]["value"] for one in paypal.captures()] == ["5.00"]
    row = Contribution.objects.get()
    assert Payment.objects.get().gross_minor == 500
    assert (row.state, bool(row.method_sealed), row.account.label) == ("active", True, "PayPal")
    assert paypal.captures()[0]["invoice_id"] == f"{row.pk}:1"


def test_cancelled_there_and_approved_the_second_time(page: Page, start: str, paypal: Account):
    to_paypal(page, start)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("alert")).to_contain_text("without approving the payment. Nothing was charged.")
    assert nothing_here(paypal)
    page.get_by_role("button", name="Continue to PayPal").click()
    page.get_by_role("button", name="Agree").click()
    page.get_by_role("button", name="Pay $5").click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    assert (len(paypal.orders), len(paypal.captures())) == (1, 1)


def test_a_refused_country_leaves_nothing_and_the_order_is_closed(page: Page, start: str, paypal: Account):
    paypal.country = "RU"
    to_paypal(page, start)
    page.get_by_role("button", name="Agree").click()
    expect(page).to_have_url(start + "refused/")
    assert nothing_here(paypal)
    (order,) = paypal.orders.values()
    assert order["intent"] == "AUTHORIZE"
    assert "checkout" not in [cookie["name"] for cookie in page.context.cookies()]


def test_a_warned_country_asks_before_anything_is_paid(page: Page, start: str, paypal: Account):
    paypal.country = "KZ"
    to_paypal(page, start)
    page.get_by_role("button", name="Agree").click()
    expect(page.get_by_role("heading", name="Before you decide")).to_be_visible()
    page.get_by_role("radio", name="$5 a month").check()
    page.get_by_role("button", name="I understand, continue").click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    assert len(paypal.captures()) == 1
    assert Contribution.objects.get().last_due_date is not None


def test_once_after_a_warning_is_approved_anew_so_that_nothing_is_saved(
    page: Page, start: str, paypal: Account
):
    paypal.country = "KZ"
    to_paypal(page, start)
    page.get_by_role("button", name="Agree").click()
    page.get_by_role("button", name="I understand, continue").click()
    page.get_by_role("button", name="Continue to PayPal").click()
    page.get_by_role("button", name="Agree").click()
    page.get_by_role("button", name="Pay $5").click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    assert (len(paypal.captures()), paypal.vault) == (1, {})


def test_a_closed_window_leaves_nothing(page: Page, start: str, paypal: Account, world: World):
    to_paypal(page, start)
    page.goto("about:blank")
    world.work()
    assert nothing_here(paypal)
    page.goto(start + "return/")
    expect(page.get_by_role("button", name="Continue to PayPal")).to_be_visible()
    assert nothing_here(paypal)


def test_an_answer_that_is_lost_is_looked_up_and_not_paid_again(page: Page, start: str, paypal: Account):
    to_paypal(page, start)
    page.get_by_role("button", name="Agree").click()
    paypal.breaks.append((lambda heard: heard.path.endswith("/capture"), Break.CUT))
    page.get_by_role("button", name="Pay $5").click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    assert (len(paypal.captures()), Payment.objects.count()) == (1, 1)


def test_declined_there_and_paid_from_another_source(page: Page, start: str, paypal: Account):
    to_paypal(page, start)
    page.get_by_role("button", name="Agree").click()
    paypal.says = Says.REFUSED
    page.get_by_role("button", name="Pay $5").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was charged")
    paypal.says = Says.APPROVED
    page.get_by_role("button", name="Continue to PayPal").click()
    page.get_by_role("button", name="Agree").click()
    page.get_by_role("button", name="Pay $5").click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    assert (len(paypal.orders), len(paypal.captures()), Contribution.objects.count()) == (1, 1, 1)


def test_two_tabs_pay_once(page: Page, start: str, paypal: Account):
    to_paypal(page, start)
    page.get_by_role("button", name="Agree").click()
    expect(page.get_by_role("heading", name="Nearly there")).to_be_visible()
    other = page.context.new_page()
    other.goto(start + "card/")
    page.get_by_role("button", name="Pay $5").click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    other.get_by_role("button", name="Pay $5").click()
    expect(other.get_by_role("heading", name="Thank you.")).to_be_visible()
    assert (len(paypal.captures()), Payment.objects.count()) == (1, 1)


def test_another_account_is_approved_from_the_supporter_s_page(page: Page, start: str, paypal: Account):
    to_paypal(page, start)
    page.get_by_role("button", name="Agree").click()
    found = CODE.search(page.content())
    assert found is not None
    page.get_by_role("button", name="Pay $5").click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible()
    page.goto(start.replace("/support/", "/my/"))
    page.get_by_role("textbox", name="Supporter code").fill(found[0])
    page.get_by_role("button", name="Open my page").click()
    page.get_by_role("link", name="Pay with another account or a card").click()
    expect(page.get_by_role("link", name="Pay with a card instead")).to_be_visible()
    assert violations(page) == ""
    page.get_by_role("button", name="Continue to PayPal").click()
    page.get_by_role("button", name="Agree").click()
    expect(page.get_by_role("heading", name="Nearly there")).to_be_visible()
    assert len(paypal.vault) == 1, "coming back saves nothing"
    assert violations(page) == ""
    page.get_by_role("button", name="Save it").click()
    expect(page.get_by_text("Nothing was charged by this.")).to_be_visible()
    assert (len(paypal.vault), len(paypal.captures())) == (2, 1)


def test_another_way_is_one_click_away_and_axe_has_no_complaints(page: Page, start: str, paypal: Account):
    page.goto(start)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="How would you like to pay?")).to_be_visible()
    assert violations(page) == ""
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("button", name="Enter card")).to_be_visible()
    page.get_by_role("link", name="Pay another way").click()
    page.get_by_role("radio", name="PayPal").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("button", name="Continue to PayPal")).to_be_visible()
    assert violations(page) == ""
