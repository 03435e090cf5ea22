"""The demonstration as a visitor meets it: started by its command, its five steps walked in a real browser."""

import os
import re
import signal
import subprocess
import sys
import time

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from mainstay_demo.__main__ import MARK
from tools.demo import PORTS_NEEDED
from tools.ports import free_ports

pytestmark = [pytest.mark.browser, pytest.mark.journey]

START_SECONDS = 180
STEP_MILLISECONDS = 30_000
MONTH_MILLISECONDS = 120_000
HEALING_MILLISECONDS = 300_000
APPROVED, RUSSIAN = "4242 4242 4242 4242", "4000 0064 3000 0009"


def start(state, port: int) -> subprocess.Popen:
    command = [sys.executable, "-m", "mainstay_demo", "--port", str(port), "--state", str(state)]
    process = subprocess.Popen([*command, "--history", "small"], stdout=subprocess.PIPE, text=True)
    deadline = time.monotonic() + START_SECONDS
    for line in process.stdout:
        if "Ctrl-C" in line:
            return process
        assert time.monotonic() < deadline, "The demonstration took too long to start."
    raise AssertionError(f"The demonstration ended with {process.wait()}.")


def end(process: subprocess.Popen) -> int:
    os.kill(process.pid, signal.SIGINT)
    return process.wait(40)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    state, port = tmp_path_factory.mktemp("demo") / "state", free_ports(PORTS_NEEDED)
    process = start(state, port)
    yield f"http://127.0.0.1:{port}", state
    assert end(process) == 0


@pytest.fixture
def story(demo, page: Page) -> Page:
    page.set_default_timeout(STEP_MILLISECONDS)
    page.goto(demo[0] + "/")
    return page


def pay(page: Page, base: str, card: str, mail: str = "") -> None:
    page.set_default_timeout(STEP_MILLISECONDS)
    page.goto(f"{base}/support/far-shore/?frequency=monthly&amount=5&currency=USD")
    page.get_by_role("button", name="Continue").click()
    if mail:
        page.locator("[name=mail]").fill(mail)
    page.locator("#card-open").click()
    fields = page.frame_locator("#card-fields iframe")
    fields.locator("#number").fill(card)
    fields.locator("#expiry").fill("12/39")
    fields.locator("#cvc").fill("123")
    page.locator("#card-pay").click()


def promise_a_transfer(page: Page, base: str) -> None:
    page.set_default_timeout(STEP_MILLISECONDS)
    page.goto(f"{base}/support/far-shore/?frequency=monthly&amount=5&currency=EUR")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Bank transfer").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Show me how to pay").click()
    expect(page.get_by_role("heading", name="Send €5")).to_be_visible()


def test_the_gift_fills_the_panel(demo, story: Page, chromium: Browser):
    base = demo[0]
    expect(story.locator("[data-part=who-knows]")).to_contain_text("No row yet.")
    mailbox, other = story.context.new_page(), story.context.new_page()
    mailbox.goto(base + "/demo/mailbox/")
    expect(mailbox.get_by_text("No letter has been sent yet.")).to_be_visible()
    pay(other, base, APPROVED, "anna@letters.example")
    other.wait_for_url("**/thanks/**")
    panel = story.locator("[data-part=who-knows]")
    expect(panel).to_contain_text("FARSHORE PRESS", timeout=STEP_MILLISECONDS)
    expect(panel).to_contain_text("$5")
    expect(panel).to_contain_text("The bank paid")
    expect(panel).to_contain_text("a cookie named checkout")
    assert "anna" not in panel.inner_text()
    expect(story.locator("[data-part=tick-gift]")).to_contain_text("done")
    mailbox.bring_to_front()
    expect(mailbox.get_by_text("anna@letters.example")).to_be_visible(timeout=STEP_MILLISECONDS)


def test_the_reminder_comes_and_its_row_goes(demo, story: Page):
    other = story.context.new_page()
    other.goto(demo[0] + "/support/far-shore/remind/?frequency=monthly&amount=7&currency=USD")
    other.locator("[name=mail]").fill("boris@letters.example")
    other.locator("form:has([name=mail]) button").click()
    panel = story.locator("[data-part=reminder]")
    expect(panel).to_contain_text("sealed", timeout=STEP_MILLISECONDS)
    story.get_by_role("button", name="Let one month pass").click()
    expect(panel).to_contain_text("The row is gone.", timeout=MONTH_MILLISECONDS)
    expect(story.locator("[data-part=tick-reminder]")).to_contain_text("done")
    story.get_by_role("link", name="Read the letter").click()
    expect(story.locator("article")).to_contain_text("boris@letters.example")
    address = story.locator("article a[href*='/support/far-shore/']").get_attribute("href")
    assert "amount=7" in address
    assert "boris" not in address


def test_a_card_from_a_refused_country_reaches_no_bank(demo, story: Page, chromium: Browser):
    with chromium.new_context() as another:
        promise_a_transfer(another.new_page(), demo[0])
    with chromium.new_context() as fresh:
        other = fresh.new_page()
        pay(other, demo[0], RUSSIAN)
        other.wait_for_url("**/refused/**")
    panel = story.locator("[data-part=refusal]")
    expect(panel).to_contain_text("Nothing after that about this card.", timeout=STEP_MILLISECONDS)
    expect(panel.locator("li")).to_have_count(2)
    expect(panel).to_contain_text("Rows in our database: 0 new.")
    expect(story.locator("[data-part=progress]")).to_contain_text("3 of 5 steps done.")


def test_a_seized_server_does_not_tell_the_address_and_a_leaky_one_does(demo, story: Page):
    story.locator("#seize-address").fill("anna@letters.example")
    story.get_by_role("button", name="Seize and search").click()
    found = story.locator("[data-part=seizure] dd")
    expect(found.nth(1)).to_have_text("0", timeout=STEP_MILLISECONDS)
    expect(found.nth(2)).to_have_text("3 of 3")
    assert int(found.first.inner_text()) >= 1
    expect(story.locator("[data-part=tick-seizure]")).to_contain_text("done")


def test_a_payment_survives_the_worker_that_was_killed_in_its_middle(demo, story: Page):
    story.get_by_role("button", name="Pull the plug").click()
    panel = story.locator("[data-part=outage]")
    expect(panel).to_contain_text("The worker is dead.", timeout=MONTH_MILLISECONDS)
    expect(panel).to_contain_text("Nobody had to do anything.", timeout=HEALING_MILLISECONDS)
    counts = [text.split()[0] for text in panel.locator("dd").all_inner_texts()]
    assert counts == ["1", "1", "1", "0"]
    expect(story.locator("[data-part=tick-outage]")).to_contain_text("done")
    expect(story.locator("[data-part=progress]")).to_contain_text("All five steps are done.")


def test_an_ordered_fault_strikes_the_next_payment(demo, page: Page):
    page.goto(demo[0] + "/demo/faults/")
    page.get_by_role("button", name="The bank declines the next payment").click()
    to_come = page.locator("[data-part=to-come]")
    expect(to_come).to_contain_text("The bank declines", timeout=STEP_MILLISECONDS)
    pay(page, demo[0], APPROVED)
    expect(page.locator("main")).to_contain_text("enough money on this card", timeout=STEP_MILLISECONDS)
    page.goto(demo[0] + "/demo/faults/")
    expect(to_come).to_contain_text("None. Everything works.")


def test_the_clock_collects_a_months_renewals(demo, page: Page):
    page.goto(demo[0] + "/demo/clock/")
    before = page.locator(".demo-today").inner_text()
    page.get_by_role("button", name="One day on").click()
    expect(page.locator(".demo-today")).not_to_have_text(before, timeout=STEP_MILLISECONDS)
    expect(page.get_by_text("Nothing is due. The worker rests.")).to_be_visible(timeout=STEP_MILLISECONDS)
    page.get_by_role("button", name="One month on").click()
    collected = page.locator(".facts dd").first  # "6 ($39.50)" once something was collected, "0" before
    expect(collected).to_contain_text(re.compile(r"^[1-9]"), timeout=MONTH_MILLISECONDS)


def test_begin_again_unticks_and_deletes_nothing(demo, story: Page):
    token = story.locator(".demo-again [name=csrfmiddlewaretoken]")
    story.context.clear_cookies()  # as signing in at the desk in another tab: the browser's token is another one
    story.context.new_page().goto(demo[0] + "/desk/")
    for _look in ("that was under way", "with the new cookie"):
        before = token.input_value()
        expect(token).not_to_have_value(before, timeout=STEP_MILLISECONDS)
    story.get_by_role("button", name="Begin the story again").click()
    expect(story.locator("[data-part=progress]")).to_contain_text("0 of 5 steps done.")
    assert httpx.get(demo[0] + "/demo/mailbox/").text.count("<li>") >= 2


def test_the_web_process_was_told_of_no_key(demo):
    state = demo[1]
    web = (state / "web" / "secrets.toml").read_text()
    assert "restricted_" in web
    assert "secret_" not in web.replace("secrets", "")


def test_a_reset_touches_no_other_folder(tmp_path):
    (tmp_path / "novel.txt").write_text("chapter one")
    command = [sys.executable, "-m", "mainstay_demo", "reset", "--state", str(tmp_path)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1
    (tmp_path / MARK).touch()
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    assert not tmp_path.exists()
