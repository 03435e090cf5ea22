"""The checkout's pages, asked as a browser without scripts asks them, against the practice payment company."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from mainstay.collection.conftest import World
from mainstay.contributions.models import Contribution
from mainstay.guard.buckets import forget_all
from mainstay.sealing.boxes import open_sealed
from mainstay.site.test_lent import opened

APPROVED, RUSSIA, KAZAKHSTAN = "4242424242424242", "4000006430000009", "4000003980000000"
DECLINED, ALWAYS_ASKS, UNKNOWN = "4000000000000002", "4000002760003184", "4000000000008880"
AT = "/support/far-shore/"
MONTHLY = {"frequency": "monthly", "currency": "USD", "amount_monthly": "500"}


@pytest.fixture(autouse=True)
def empty_buckets() -> Iterator[None]:
    forget_all()
    yield
    forget_all()


def goes_to(response) -> str:
    assert response.status_code == 303, response.content.decode()
    return response["Location"]


def mark_on(page: str) -> str:
    return re.search(r'name="mark" value="(\w+)"', page)[1]


def choose(client: Client, **changes: str) -> str:
    """*Continue* with five dollars a month, or other choices; returns the card page."""
    assert goes_to(client.post(AT, {**MONTHLY, **changes})) == AT + "card/"
    return client.get(AT + "card/").content.decode()


def pay(client: Client, world: World, number: str, mail: str = "") -> str:
    """*Pay* on a fresh card page; returns where it leads."""
    page = client.get(AT + "card/").content.decode()
    sent = {"mark": mark_on(page), "token": world.token(number), "mail": mail}
    return goes_to(client.post(AT + "pay/", sent))


def test_the_link_fills_in_the_choices(world: World, client: Client):
    page = client.get(AT + "?frequency=annual&amount=77&currency=EUR&src=412.spring.b.world").content.decode()
    assert 'value="annual" id="frequency-annual" checked' in page
    assert 'name="other_annual" value="77"' in page
    assert 'name="src" value="412.spring.b.world"' in page
    assert 'name="currency" value="EUR"' in page
    assert "checkout" not in client.cookies


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Please choose an amount"),
        ("1.005", "fewer digits after the point"),
        ("-5", "of $2 or more"),
        ("ten", "as a number"),
        ("€5", "This page counts in USD"),
        ("500 руб", "This page counts in USD"),
        ("0.01", "smallest amount here is $"),
        ("99999999999999", "largest amount here is $"),
        ("1e3", "as a number"),
    ],
)
def test_a_bad_amount_is_said_beside_the_field_and_nothing_is_lost(world, client: Client, typed, words):
    sent = {"frequency": "monthly", "currency": "USD", "amount_monthly": "other", "other_monthly": typed}
    response = client.post(AT, {**sent, "src": "412.spring.b"})
    page = response.content.decode()
    assert response.status_code == 400
    assert words in re.search(r'id="problem-monthly">([^<]+)<', page)[1]
    assert f'name="other_monthly" value="{typed}"' in page
    assert 'name="src" value="412.spring.b"' in page
    assert "checkout" not in client.cookies


@pytest.mark.parametrize(("typed", "minor"), [("7,50", 750), ("7.50", 750), ("$7.5", 750)])
def test_an_amount_as_people_write_it(world: World, client: Client, typed, minor):
    page = choose(client, amount_monthly="other", other_monthly=typed)
    assert "$7.50 a month. First payment today, next on" in page
    assert minor == 750


@pytest.mark.parametrize(("currency", "shown"), [("JPY", "¥"), ("KWD", "KWD"), ("GBP", "£"), ("EUR", "€")])
def test_every_currency_has_its_own_amounts(world: World, client: Client, currency, shown):
    assert shown in client.get(f"{AT}?currency={currency}").content.decode()


def test_continue_sets_one_unreadable_cookie_and_no_row(world: World, client: Client):
    page = choose(client, src="412.spring.b.world")
    cookie = client.cookies["checkout"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (
        AT,
        True,
        "Lax",
        86400,
    )
    assert "Your bank and our payment company will always know that you paid us." in page
    assert "FARSHORE PRESS" in page
    assert "no money moves" in page
    assert re.search(r"(?:[0-9A-Z]{4}-){4}[0-9A-Z]{4}", page)
    assert not Contribution.objects.exists()
    assert all(secret not in opened(cookie.value) for secret in (b"monthly", b"USD", b"412.spring.b.world"))


def test_only_the_card_page_lets_the_processor_in(world: World, client: Client):
    assert world.company.address not in client.get(AT)["Content-Security-Policy"]
    choose(client)
    policy = client.get(AT + "card/")["Content-Security-Policy"]
    for directive in ("script-src 'self'", "frame-src", "form-action 'self'"):
        assert f"{directive} {world.company.address}" in policy


def test_a_monthly_gift_from_choice_to_thanks(world: World, client: Client):
    shown = choose(client, src="412.spring.b.world")
    assert pay(client, world, APPROVED, "reader@example.org") == AT + "thanks/"
    page = client.get(AT + "thanks/").content.decode()
    code = re.search(r'id="code"[^>]*>([^<]+)<', page)[1]
    assert code in shown
    assert "Your $5 arrived" in page
    assert "The next payment is on" in page
    row = Contribution.objects.get()
    assert (row.label_epoch, row.label_section) == (412, "world")
    sealed = open_sealed(world.ring.people_key("far-shore"), world.newsroom.pk, bytes(row.mail_sealed))
    assert sealed == {"mail": "reader@example.org"}
    assert client.get(AT + "card/")["Location"] == AT + "thanks/"


def test_what_to_take_along(world: World, client: Client):
    choose(client)
    pay(client, world, APPROVED)
    receipt = client.get(AT + "receipt/")
    assert receipt["Content-Disposition"] == 'attachment; filename="receipt.txt"'
    assert "Far Shore Press" in receipt.content.decode()
    dates = client.get(AT + "dates.ics").content.decode()
    assert dates.count("BEGIN:VEVENT") == 12
    assert "Far" not in dates


def test_paying_twice_pays_once_and_a_second_gift_has_its_own_button(world: World, client: Client):
    page = choose(client)
    sent = {"mark": mark_on(page), "token": world.token(APPROVED)}
    assert goes_to(client.post(AT + "pay/", sent)) == AT + "thanks/"
    assert goes_to(client.post(AT + "pay/", {**sent, "token": world.token(APPROVED)})) == AT + "thanks/"
    assert Contribution.objects.count() == 1
    asked = client.post(AT, MONTHLY)
    assert asked.status_code == 200
    assert "Give a second time" in asked.content.decode()
    choose(client, again="yes")
    pay(client, world, APPROVED)
    assert Contribution.objects.count() == 2


def test_after_a_decline_everything_is_kept_and_another_card_pays(world: World, client: Client):
    choose(client)
    assert pay(client, world, DECLINED, "reader@example.org") == AT + "card/"
    page = client.get(AT + "card/").content.decode()
    assert "Your bank didn’t accept this payment" in page
    assert 'value="reader@example.org"' in page
    assert pay(client, world, APPROVED, "reader@example.org") == AT + "thanks/"
    assert Contribution.objects.count() == 1


def test_a_refused_country_sees_the_same_bytes_and_leaves_no_row(world: World, client: Client):
    choose(client)
    assert pay(client, world, RUSSIA, "reader@example.org") == AT + "refused/"
    assert client.cookies["checkout"].value == ""
    one, other = client.get(AT + "refused/"), Client().get(AT + "refused/")
    assert one.content == other.content
    assert "Set-Cookie" not in str(other.headers)
    assert not other.cookies
    assert not re.search(r"<(form|script|input)", other.content.decode())
    assert not Contribution.objects.exists()
    assert [(call["method"], call["path"].split("/")[2]) for call in world.calls()] == [
        ("POST", "tokens"),
        ("GET", "tokens"),
    ]


def test_a_warning_offers_once_first_and_a_year_of_months(world: World, client: Client):
    choose(client)
    assert pay(client, world, KAZAKHSTAN) == AT + "warned/"
    page = client.get(AT + "warned/").content.decode()
    assert "Kazakhstan" in page
    assert 'value="once" checked' in page
    assert not Contribution.objects.exists()
    assert goes_to(client.post(AT + "warned/", {"frequency": "monthly"})) == AT + "thanks/"
    row = Contribution.objects.get()
    assert (row.frequency, row.last_due_date is not None) == ("monthly", True)


def test_a_warning_accepted_without_a_choice_gives_once(world: World, client: Client):
    choose(client)
    pay(client, world, KAZAKHSTAN)
    client.post(AT + "warned/", {})
    assert Contribution.objects.get().frequency == "once"


def test_the_bank_asks_and_the_return_page_drops_its_words(world: World, client: Client):
    choose(client)
    bank = pay(client, world, ALWAYS_ASKS)
    assert bank.startswith(world.company.address)
    assert "bank" in client.get(AT + "status/").content.decode()
    world.answer_at_bank(bank, "approve")
    assert goes_to(client.get(AT + "return/?intent=int_1&result=approved")) == AT + "thanks/"


def test_an_unknown_outcome_waits_and_resolves_itself(world: World, client: Client):
    choose(client)
    assert pay(client, world, UNKNOWN) == AT + "status/"
    page = client.get(AT + "status/").content.decode()
    assert "Please don’t pay again" in page
    assert 'http-equiv="refresh"' in page
    assert goes_to(client.post(AT, MONTHLY)) == AT + "status/"
    world.company.clock.now += 60
    Contribution.objects.get().installments.update(claim_until=None)
    assert goes_to(client.get(AT + "status/")) == AT + "thanks/"


def test_a_choice_changed_in_another_tab_is_noticed(world: World, client: Client):
    old = mark_on(choose(client))
    choose(client, amount_monthly="1000")
    response = client.post(
        AT + "pay/", {"mark": old, "token": world.token(APPROVED), "mail": "a@example.org"}
    )
    assert response.status_code == 409
    assert "$10 a month" in response.content.decode()
    assert 'value="a@example.org"' in response.content.decode()
    assert not Contribution.objects.exists()


def test_a_bad_address_is_said_and_nothing_is_charged(world: World, client: Client):
    page = choose(client)
    sent = {"mark": mark_on(page), "token": world.token(APPROVED), "mail": "nobody"}
    response = client.post(AT + "pay/", sent)
    assert response.status_code == 400
    assert 'value="nobody"' in response.content.decode()
    assert not Contribution.objects.exists()


@pytest.mark.parametrize(
    "path", ["card/", "thanks/", "status/", "return/", "receipt/", "dates.ics", "warned/"]
)
def test_without_the_cookie_the_page_says_so_and_points_on(world: World, client: Client, path):
    page = client.get(AT + path).content.decode()
    assert "24 hours" in page
    assert "/my/far-shore/" in page


def test_a_changed_cookie_is_no_cookie(world: World, client: Client):
    choose(client)
    client.cookies["checkout"] = client.cookies["checkout"].value + "x"
    assert "24 hours" in client.get(AT + "card/").content.decode()


def test_the_till_is_closed(world: World, client: Client):
    choose(client)
    world.newsroom.gifts_stopped_reason = "A colleague is checking something."
    world.newsroom.save()
    for page in (client.get(AT), client.post(AT, MONTHLY), client.get(AT + "card/")):
        assert "We take no new gifts at the moment" in page.content.decode()
        assert "A colleague" not in page.content.decode()


def test_too_much_from_one_place_waits(world: World, client: Client):
    answers = {client.post(AT, MONTHLY).status_code for _ in range(70)}
    assert answers == {303, 429}


def test_the_language_goes_along(world: World, client: Client):
    response = client.post(AT + "?language=ru", MONTHLY)
    assert goes_to(response) == AT + "card/?language=ru"
    assert 'lang="ru"' in client.get(response["Location"]).content.decode()


def test_a_reminder_without_a_script(world: World, client: Client):
    assert "Remind me next month" in client.get(AT + "remind/").content.decode()
    bad = client.post(AT + "remind/", {"mail": "nobody"})
    assert bad.status_code == 400
    assert 'value="nobody"' in bad.content.decode()


def test_a_calendar_file_without_a_trace(world: World, client: Client):
    file = client.get(AT + "reminder.ics?title=1").content.decode()
    assert "SUMMARY:Think about it again" in file
    assert "Far" not in file


def test_no_such_newsroom(world: World, client: Client):
    assert client.get("/support/nobody/").status_code == 404
