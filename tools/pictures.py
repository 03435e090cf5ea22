"""Photographs what the tutorials show, into docs/pictures: a demonstration of its own, with every way to pay.

`python -m tools.pictures`. PayPal and BTCPay Server are the local servers that the tests use; no money moves.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from mainstay.processors.btcpay import example_server as greenfield
from mainstay.processors.paypal import example_account as paypal_account
from mainstay.processors.paypal.example_server import running_paypal
from mainstay_demo.places import NEWSROOM, Place
from tools.browser import FLAGS, find_or_install
from tools.demo import running_demo
from tools.pages import SUPPORT, WAIT_MS, Demo, View, Way, at, bank_statement, open_view

TARGET = Path(__file__).resolve().parent.parent / "docs" / "pictures"
PHONE, DESK = 360, 1100


@dataclass(frozen=True)
class Picture:
    """One picture: its file's name, the way to the page, its width in pixels, whether staff see it."""

    name: str
    go: Way
    width: int = PHONE
    at_the_desk: bool = False


def choosing(way: str, currency: str) -> Way:
    """To the page of a way to pay, by its name in the list."""

    def go(page: Page, demo: Demo) -> None:
        page.goto(f"{demo.address}{SUPPORT}?frequency=monthly&amount=5&currency={currency}")
        page.locator("form.choose button[type=submit]").click()
        page.get_by_role("radio", name=way).check()
        with page.expect_navigation():
            page.get_by_role("button", name="Continue").click()

    return go


def all_ways(page: Page, demo: Demo) -> None:
    """Where a reader chooses how to pay."""
    page.goto(f"{demo.address}{SUPPORT}?frequency=monthly&amount=5&currency=EUR")
    page.locator("form.choose button[type=submit]").click()
    page.get_by_role("radio", name="PayPal").wait_for()


def card_fields(page: Page, demo: Demo) -> None:
    """The card page after the click that fetches the fields."""
    choosing("Card", "USD")(page, demo)
    page.locator("#card-open").click()
    page.locator("#card-pay").wait_for()


def agreed_at_paypal(page: Page, demo: Demo) -> None:
    """Back from PayPal's page, before the payment."""
    choosing("PayPal", "USD")(page, demo)
    page.get_by_role("button", name="Continue to PayPal").click()
    page.get_by_role("button", name="Agree").click()
    page.get_by_role("button", name="Pay $5").wait_for()


def asked_to_send(way: str, currency: str) -> Way:
    """Where the money goes, for a gift that its reader sends."""

    def go(page: Page, demo: Demo) -> None:
        choosing(way, currency)(page, demo)
        page.locator("form[action*='/pay/'] button").click()
        page.locator("#waiting h1").wait_for()

    return go


PICTURES = (
    Picture("ways", all_ways),
    Picture("card", card_fields),
    Picture("paypal", choosing("PayPal", "USD")),
    Picture("paypal-agreed", agreed_at_paypal),
    Picture("bitcoin", asked_to_send("Bitcoin", "USD")),
    Picture("transfer", asked_to_send("Bank transfer", "EUR")),
    Picture("statement", bank_statement, DESK, at_the_desk=True),
    Picture("ready", at("/desk/settings/ready/"), DESK, at_the_desk=True),
)


def main() -> int:
    """Takes all pictures."""
    with tempfile.TemporaryDirectory() as folder, running_paypal() as paypal, greenfield.running() as store:
        state = Path(folder) / "state"
        with running_demo(state) as demo, sync_playwright() as playwright:
            place = Place(state, int(demo.address.rpartition(":")[2]))
            client = {"client_id": paypal_account.CLIENT_ID, "client_secret": paypal_account.CLIENT_SECRET}
            add_account(place, "paypal", "PayPal", [f"address={paypal.address}", "place=1"], client)
            told = [f"address={store.address}", f"store_id={greenfield.STORE}", "place=2"]
            add_account(place, "btcpay", "Bitcoin", told, {"api_key": greenfield.KEY})
            mainstay(place, "doctor", NEWSROOM)
            browser = playwright.chromium.launch(executable_path=find_or_install(), args=list(FLAGS))
            for picture in PICTURES:
                take(browser, demo, picture)
            browser.close()
    return 0


def add_account(
    place: Place, processor: str, label: str, told: list[str], secrets: Mapping[str, str]
) -> None:
    """One more account of the demonstration's newsroom, and its secrets for both processes."""
    settings = [part for setting in told for part in ("--set", setting)]
    line = mainstay(place, "account", NEWSROOM, processor, "--label", label, *settings)
    values = "".join(f'{name} = "{value}"\n' for name, value in secrets.items())
    for process in ("web", "worker"):
        with place.secrets_file(process).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}{values}")


def mainstay(place: Place, *words: str) -> str:
    """What the command prints in that demonstration. The doctor ends with 1 while something is to be done."""
    environment = {**os.environ, **place.environment("worker")}
    command = [sys.executable, "-m", "mainstay.cli.main", *words]
    return subprocess.run(command, env=environment, check=False, capture_output=True, text=True).stdout


def take(browser: Browser, demo: Demo, picture: Picture) -> None:
    """Goes to the page and photographs the whole of it without the demonstration's bar, in English and light."""
    view = View(picture.name, picture.go, ("en",), picture.at_the_desk)
    with open_view(browser, demo, view, "en") as page:
        page.set_viewport_size({"width": picture.width, "height": 640})
        page.locator(".demo-bar").evaluate("bar => bar.remove()")
        page.screenshot(path=TARGET / f"{picture.name}.png", full_page=True, timeout=WAIT_MS)
        print(f"  {picture.name}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
