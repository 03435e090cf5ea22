"""The reader's question, the warning, the refusal, gifts in another's name, and leaving: without scripts."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from mainstay.collection.conftest import World
from mainstay.contributions.models import Contribution
from mainstay.guard.buckets import forget_all
from mainstay.newsrooms.models import CountryRule

from . import cookie, paying
from .test_support import AT, KAZAKHSTAN, MONTHLY, RUSSIA, choose, goes_to, mark_on, pay

GERMAN, NOWHERE = "4000002760000016", "4000009990000005"


@pytest.fixture(autouse=True)
def empty_buckets():
    forget_all()


def answer(client: Client, said: str, country: str, **changes: str) -> str:
    return goes_to(client.post(AT, {**MONTHLY, "answer": said, "country": country, **changes}))


def kept(client: Client, world: World) -> cookie.Checkout:
    class Request:
        COOKIES = {name: morsel.value for name, morsel in client.cookies.items()}

    found = cookie.read(Request(), world.newsroom)
    assert found is not None
    return found


def test_a_newsroom_without_rules_asks_nothing(world: World, client: Client):
    assert "Russia or" not in client.get(AT).content.decode()
    CountryRule.objects.all().delete()
    page = client.get(AT).content.decode()
    assert 'name="answer"' not in page
    assert 'name="for_another"' not in page


def test_the_question_names_the_countries_and_is_folded(world: World, client: Client):
    page = client.get(AT).content.decode()
    assert "Is your card, your home or your family in Kazakhstan or Russia?" in page
    assert re.search(r"<details[^>]*data-zones=[^>]*Europe/Moscow[^>]*>", page)
    assert " open>" not in re.search(r"<details[^>]*question[^>]*>", page)[0]


def test_home_in_a_refused_country_ends_there_and_leaves_nothing(world: World, client: Client):
    assert answer(client, "home", "RU", amount_monthly="nonsense") == AT + "refused/"
    assert not client.cookies["checkout"].value
    assert not Contribution.objects.exists()
    assert world.calls() == []


@pytest.mark.parametrize("country", ["RU", "KZ"])
def test_ties_are_a_warning_and_never_a_refusal(world: World, client: Client, country: str):
    assert answer(client, "ties", country) == AT + "warned/"
    page = client.get(AT + "warned/").content.decode()
    assert "with which you have ties" in page
    assert 'value="once" checked' in page
    assert 'name="mail"' not in page, "without a card yet, the address comes later"
    assert goes_to(client.post(AT + "warned/", {"frequency": "monthly"})) == AT + "card/"
    assert kept(client, world).draft.warned == "+", "no country stays on the device"
    assert pay(client, world, GERMAN) == AT + "thanks/"
    row = Contribution.objects.get()
    assert row.frequency == "monthly"
    assert row.last_due_date == row.started_on.replace(year=row.started_on.year + 1) - timedelta(days=1)


def test_home_in_a_warned_country_with_its_card_is_asked_once(world: World, client: Client):
    answer(client, "home", "KZ")
    assert "where you have your card or your home" in client.get(AT + "warned/").content.decode()
    client.post(AT + "warned/", {"frequency": "once"})
    card = client.get(AT + "card/").content.decode()
    assert "<summary>Add a mail address" in card
    assert pay(client, world, KAZAKHSTAN) == AT + "thanks/"
    thanks = client.get(AT + "thanks/").content.decode()
    assert "Words to share" not in thanks
    assert kept(client, world).draft.warned == "+"


def test_the_most_severe_wins_over_what_was_said(world: World, client: Client):
    answer(client, "home", "KZ")
    client.post(AT + "warned/", {"frequency": "once"})
    assert pay(client, world, RUSSIA) == AT + "refused/"
    client.cookies.clear()
    answer(client, "home", "KZ")
    client.post(AT + "warned/", {"frequency": "once"})
    CountryRule.objects.filter(country="KZ").update(state="refuse")
    assert pay(client, world, GERMAN) == AT + "refused/", "refused meanwhile"
    assert not Contribution.objects.exists()


def test_nobody_gets_past_the_warning_to_the_card(world: World, client: Client):
    answer(client, "ties", "KZ")
    assert goes_to(client.get(AT + "card/")) == AT + "warned/"
    sent = {"mark": kept(client, world).mark, "token": world.token(GERMAN)}
    assert goes_to(client.post(AT + "pay/", sent)) == AT + "warned/"
    assert not Contribution.objects.exists()


def test_switches_take_away_what_they_say(world: World, client: Client):
    CountryRule.objects.filter(country="KZ").update(recurring=False, mail=False, share=True)
    answer(client, "home", "KZ")
    assert 'value="monthly"' not in client.get(AT + "warned/").content.decode()
    client.post(AT + "warned/", {"frequency": "monthly"})
    page = client.get(AT + "card/").content.decode()
    assert 'name="mail"' not in page
    sent = {"mark": mark_on(page), "token": world.token(KAZAKHSTAN), "mail": "reader@example.org"}
    assert goes_to(client.post(AT + "pay/", sent)) == AT + "thanks/"
    row = Contribution.objects.get()
    assert (row.frequency, row.mail_sealed) == ("once", None)
    assert "Words to share" in client.get(AT + "thanks/").content.decode()


def test_an_answer_without_a_country_is_asked_again_and_loses_nothing(world: World, client: Client):
    response = client.post(AT, {**MONTHLY, "answer": "home", "country": "", "for_another": "yes"})
    page = response.content.decode()
    assert response.status_code == 400
    assert "Please choose the country." in page
    assert re.search(r'value="home" checked', page)
    assert re.search(r'name="for_another" value="yes" checked', page)


def test_a_card_of_no_known_country_is_refused_when_strict(world: World, client: Client):
    world.newsroom.strict_countries = True
    world.newsroom.save()
    choose(client)
    assert pay(client, world, NOWHERE) == AT + "refused/"


def test_an_error_in_the_policy_makes_no_call_that_moves_money(world: World):
    CountryRule.objects.filter(country="KZ").update(state="nonsense")
    with pytest.raises(ValueError, match="nonsense"):
        world.pay(GERMAN)
    assert all(call["method"] == "GET" or "token" in call["path"] for call in world.calls())
    assert not Contribution.objects.exists()


def test_the_refusal_is_the_same_for_fifty_visitors(world: World):
    pages = set()
    for number in range(50):
        browser = Client(
            REMOTE_ADDR=f"10.0.{number}.7",
            HTTP_USER_AGENT=f"Browser/{number}",
            HTTP_REFERER="http://x.example/",
        )
        browser.cookies["checkout"] = f"left-over-{number}"
        response = browser.get(AT + "refused/")
        assert not response.cookies
        pages.add((response.content, str(sorted(response.headers.items()))))
    assert len(pages) == 1
    page = pages.pop()[0].decode()
    for word in ("<form", "<script", "<button", "<input", "mailto:", "remind"):
        assert word not in page


def test_gifts_in_anothers_name_are_shown_from_ten_up_and_a_day_later(
    world: World, client: Client, monkeypatch
):
    def shown() -> str:
        return client.get(AT + "refused/").content.decode()

    monkeypatch.setattr(paying, "clock", world.clock)
    world.clock.moment = world.clock.moment.replace(month=3, day=10)
    for _gift in range(9):
        world.pay(GERMAN, for_another=True)
    world.pay(GERMAN)
    world.clock.moment += timedelta(days=1)
    assert "in the name of" not in shown()
    world.pay(GERMAN, for_another=True)
    assert "in the name of" not in shown(), "not on the day itself"
    world.clock.moment += timedelta(days=1)
    assert "This month 10 gifts came in the name of readers who can’t give." in shown()
    world.clock.moment = world.clock.moment.replace(month=4)
    assert "in the name of" not in shown()


def test_the_choice_to_give_in_anothers_name_is_kept_with_the_promise(world: World, client: Client):
    choose(client, for_another="yes")
    assert pay(client, world, GERMAN) == AT + "thanks/"
    assert Contribution.objects.get().for_another is True


def test_leaving_takes_our_traces_along(world: World, client: Client, settings):
    choose(client)
    response = client.get(AT + "leave/")
    assert response.status_code == 200
    assert b"<body></body>" in response.content
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert not client.cookies["checkout"].value
    assert (response.cookies["my"].value, response.cookies["my"]["path"]) == ("", "/my/")
    settings.MAINSTAY_LEAVE_URL = "https://weather.example/"
    assert goes_to(client.get(AT + "leave/")) == "https://weather.example/"


PAGES = ("choose", "card", "warned", "refused", "ways", "traces", "leave", "status", "thanks", "remind")


@pytest.mark.parametrize("name", PAGES)
def test_no_page_is_kept_or_says_in_its_title_what_it_is_for(world: World, client: Client, name: str):
    choose(client)
    response = client.get(reverse(f"support:{name}", args=["far-shore"]), follow=True)
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "same-origin"
    title = re.search(r"<title>(.*?)</title>", response.content.decode())[1]
    assert title
    assert not re.search(r"support|donat|contribut|gift|shore", title, re.IGNORECASE)


def test_the_script_of_the_way_is_told_the_next_page(world: World, client: Client):
    response = client.post(AT, MONTHLY, headers={"X-Way": "replace"})
    assert (response.status_code, response["X-Next"]) == (204, AT + "card/")
    assert "checkout" in client.cookies
