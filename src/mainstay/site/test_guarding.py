"""The puzzle on the pages: in a real browser, in one without scripts, and when nobody solves it."""

import json
import re
from typing import Any

import altcha
import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from mainstay.collection.conftest import World, world
from mainstay.contributions.models import Contribution
from mainstay.core.clock import clock
from mainstay.guard import puzzles
from mainstay.guard.buckets import forget_all
from mainstay.guard.models import Pressure, SpentPuzzle
from mainstay.guard.pressure import LETS_THROUGH
from mainstay.newsrooms.models import Newsroom
from mainstay.site.test_my_in_a_browser import site
from mainstay.supporters.models import Reminder, SignInRequest

__all__ = ["site", "world"]

AT = "/support/far-shore/"
MONTHLY = {"frequency": "monthly", "currency": "USD", "amount_monthly": "500"}


@pytest.fixture(autouse=True)
def _puzzles(settings: Any) -> None:
    settings.MAINSTAY_PUZZLES = True
    forget_all()


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)[1]
    return found.replace("&quot;", '"')


def solved(puzzle: str) -> str:
    found = altcha.solve_challenge(altcha.Challenge.from_dict(json.loads(puzzle)))
    return json.dumps({"counter": found.counter, "derivedKey": found.derived_key})


def sent_card(client: Client, world: World, number: str, *, solve: bool = True) -> Any:
    client.post(AT, MONTHLY)
    page = client.get(AT + "card/").content.decode()
    puzzle = field(page, "puzzle")
    fields = {"mark": field(page, "mark"), "token": world.token(number), "puzzle": puzzle}
    return client.post(AT + "pay/", {**fields, "solution": solved(puzzle) if solve else ""})


def test_a_card_without_its_puzzle_goes_nowhere(world: World, client: Client) -> None:
    answer = sent_card(client, world, "4242424242424242", solve=False)
    assert answer["Location"] == AT + "card/?problem=puzzle"
    assert "keeps robots out" in client.get(answer["Location"]).content.decode()
    assert not Contribution.objects.exists()


def test_with_its_puzzle_a_card_is_taken(world: World, client: Client) -> None:
    assert sent_card(client, world, "4242424242424242")["Location"] == AT + "thanks/"
    assert Pressure.objects.values_list("tried", "declined").get() == (1, 0)


def test_declines_are_counted_and_a_closed_door_says_for_how_long(world: World, client: Client) -> None:
    sent_card(client, world, "4000000000000002")
    assert Pressure.objects.values_list("tried", "declined").get() == (1, 1)
    Pressure.objects.update(level=1, began_at=clock.now(), declined=LETS_THROUGH[1])
    page = client.get(AT + "card/").content.decode()
    assert "Please come back in 10 minutes; your choice is kept" in page
    answer = sent_card(client, world, "4242424242424242")
    assert (answer.status_code, answer["Retry-After"]) == (429, answer["Retry-After"])
    assert 0 < int(answer["Retry-After"]) <= 601
    assert "Please come back in 10 minutes" in answer.content.decode()


@pytest.mark.parametrize(
    ("path", "form"),
    [
        (AT + "remind/", {"frequency": "monthly", "amount": "5", "currency": "USD"}),
        ("/my/far-shore/link/", {}),
    ],
)
def test_without_scripts_a_letter_waits_and_nothing_is_lost(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch, path: str, form: dict[str, str]
) -> None:
    Reminder.objects.all().delete()
    page = client.get(path.replace("link/", "")).content.decode()
    typed = {**form, "mail": '"o\'dea"@example.org', "puzzle": field(page, "puzzle"), "solution": ""}
    early = client.post(path, typed)
    again = early.content.decode()
    assert early.status_code == 429
    assert field(again, "mail").replace("&#x27;", "'") == typed["mail"]
    assert field(again, "puzzle") == typed["puzzle"]
    assert not Reminder.objects.exists()
    assert not SignInRequest.objects.exists()
    monkeypatch.setattr(puzzles, "WITHOUT_SCRIPT_SECONDS", (0, 0, 0, 0))
    fresh = field(client.get(path.replace("link/", "")).content.decode(), "puzzle")
    assert client.post(path, {**typed, "puzzle": fresh}).status_code in (200, 303)
    assert Reminder.objects.count() + SignInRequest.objects.count() == 1


@pytest.mark.browser
def test_a_browser_solves_it_while_the_reader_types(site: str, newsroom: Newsroom, page: Page) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    page.goto(f"{site}/my/far-shore/")
    assert page.locator("[name=solution]").input_value() == ""
    page.get_by_label("Mail address").press_sequentially("ada@reader.example", delay=30)
    page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail", timeout=20_000)
    assert SpentPuzzle.objects.count() == SignInRequest.objects.count() == 1
    assert complaints == []


@pytest.mark.browser
def test_a_card_is_paid_through_the_puzzle_in_attack_mode(site: str, world: World, page: Page) -> None:
    Pressure.objects.create(newsroom=world.newsroom, level=1, began_at=clock.now())
    page.goto(f"{site}{AT}")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Somebody is trying out stolen cards")).to_be_visible()
    page.get_by_role("button", name="Enter card").click()
    fields = page.frame_locator("#card-fields iframe")
    for label, value in (("Card number", "4242424242424242"), ("Expiry", "12/40"), ("Security code", "123")):
        fields.get_by_label(label).fill(value)
    page.locator("#card-pay").click()
    expect(page.get_by_role("heading", name="Thank you.")).to_be_visible(timeout=60_000)
    assert SpentPuzzle.objects.count() == 1


@pytest.mark.browser
def test_while_no_card_is_taken_none_is_typed_in(site: str, world: World, page: Page) -> None:
    row = Pressure.objects.create(
        newsroom=world.newsroom, level=1, began_at=clock.now(), declined=LETS_THROUGH[1]
    )
    page.goto(f"{site}{AT}")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("your choice is kept")).to_be_visible()
    expect(page.locator("#card-open")).to_be_hidden()
    row.delete()
    page.get_by_role("link", name="Look now").click()
    expect(page.get_by_role("button", name="Enter card")).to_be_visible()


@pytest.mark.browser
def test_without_javascript_the_page_asks_for_patience(
    site: str, newsroom: Newsroom, chromium: Browser
) -> None:
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{site}/my/far-shore/")
        page.get_by_label("Mail address").fill("ada@reader.example")
        page.get_by_role("button", name="Send me a link").click()
        expect(page.get_by_text("takes a little patience")).to_be_visible()
        page.wait_for_timeout(5_500)
        page.get_by_role("button", name="Go on").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")
