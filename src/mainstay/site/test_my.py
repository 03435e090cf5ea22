"""The supporter's pages through Django's client: getting in, every button, what is told, what is not."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from mainstay.collection.models import Payment
from mainstay.contributions.actions import set_mail
from mainstay.contributions.models import Contribution
from mainstay.core.clock import clock
from mainstay.core.ids import code_hash, digest, grouped, new_code, new_id
from mainstay.guard.buckets import forget_all
from mainstay.letters.models import Letter
from mainstay.newsrooms.models import Newsroom, PublicKey, sealing_key
from mainstay.sealing.boxes import open_sealed, seal
from mainstay.sealing.keyring import KeyRing
from mainstay.supporters.models import LostCode, Reminder, SignInLink, SignInRequest

CODE = new_code()
ENTRY = "/my/far-shore/"


@pytest.fixture(autouse=True)
def _no_brake() -> Iterator[None]:
    forget_all()
    yield
    forget_all()


@pytest.fixture
def today(newsroom: Newsroom) -> date:
    return newsroom.today(clock.now())


@pytest.fixture
def promise(newsroom: Newsroom, today: date) -> Contribution:
    """$5 a month, paid today for the first time."""
    account = newsroom.processor_accounts.create(processor="practice", label="Practice")
    contribution = Contribution.objects.create(
        newsroom=newsroom,
        account=account,
        frequency="monthly",
        amount_minor=500,
        currency="USD",
        state="active",
        language="en",
        started_on=today,
        anchor=today,
        next_due_date=today + timedelta(days=28),
        code_hash=code_hash(CODE),
        method_sealed=b"card",
    )
    Payment.objects.create(
        newsroom=newsroom,
        account=account,
        contribution=contribution,
        remote_hash=str(new_id()),
        remote_sealed=b"x",
        gross_minor=500,
        currency="USD",
        frequency="monthly",
        day=today,
        first=True,
    )
    return contribution


@pytest.fixture
def inside(client: Client, promise: Contribution) -> Client:
    response = client.post(ENTRY, {"code": grouped(CODE).lower()})
    assert response.status_code == 303
    return client


def path(promise: Contribution, what: str = "") -> str:
    return f"/my/far-shore/page/{promise.pk}/{what}"


def act(client: Client, promise: Contribution, what: str, status: int = 303, **typed: str) -> str:
    response = client.post(path(promise, f"{what}/"), typed)
    assert response.status_code == status, response.content.decode()
    if status == 303:
        response = client.get(response["Location"])
    promise.refresh_from_db()
    return response.content.decode()


def test_the_code_opens_the_page_for_half_an_hour(inside: Client, promise: Contribution) -> None:
    cookie = inside.cookies["my"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (
        "/my/",
        True,
        "Lax",
        1800,
    )
    assert inside.get("/my/far-shore/page/")["Location"] == path(promise)
    page = inside.get(path(promise)).content.decode()
    assert "$5 every month" in page
    assert "The next payment is on" in page
    assert CODE not in page


def test_a_wrong_code_and_no_code_are_answered_alike(client: Client, promise: Contribution) -> None:
    answers = set()
    for typed in (new_code(), "nonsense", ""):
        response = client.post(ENTRY, {"code": typed})
        assert response.status_code == 422
        assert "my" not in response.cookies
        text = response.content.decode().replace(f'value="{typed}"', "")
        answers.add(text[text.index("<h1>") : text.index('name="csrf')])
        answers.add("This code opens no page" in text)
    assert True in answers
    assert False not in answers


def test_without_the_cookie_every_page_leads_to_the_entry(client: Client, promise: Contribution) -> None:
    for address in ("", "card/", "data.json", "2026.txt", "confirm/"):
        response = client.get(path(promise, address))
        assert response["Location"] == "/my/far-shore/?said=over", address
    assert client.post(path(promise, "stop/"))["Location"] == "/my/far-shore/?said=over"
    promise.refresh_from_db()
    assert promise.state == "active"


def test_a_forged_cookie_opens_nothing(client: Client, promise: Contribution) -> None:
    client.cookies["my"] = json.dumps({str(promise.pk): promise.code_hash[:12]})
    assert client.get(path(promise)).status_code == 303


def test_another_page_can_not_be_opened_with_ones_own_cookie(inside: Client, promise: Contribution) -> None:
    other = Contribution.objects.get(pk=promise.pk)
    other.pk, other.code_hash = new_id(), code_hash(new_code())
    other.save(force_insert=True)
    assert inside.get(path(other)).status_code == 404
    assert inside.post(path(other, "stop/")).status_code == 404


def test_changing_amount_and_frequency(inside: Client, promise: Contribution) -> None:
    page = act(inside, promise, "change", frequency="annual", amount="60,50")
    assert (promise.frequency, promise.amount_minor) == ("annual", 6050)
    assert 'role="status">Saved.' in page
    assert "Nothing was changed" in act(inside, promise, "change", frequency="annual", amount="60.5")


@pytest.mark.parametrize("typed", ["", "-5", "1.005", "five", "0.01", "999999999", "5 EUR"])
def test_an_amount_that_can_not_be_taken_loses_nothing(
    inside: Client, promise: Contribution, typed: str
) -> None:
    page = act(inside, promise, "change", 422, frequency="monthly", amount=typed)
    assert promise.amount_minor == 500
    assert f'value="{typed}"' in page
    assert 'aria-invalid="true"' in page
    assert "<details open>" in page


def test_moving_the_day(inside: Client, promise: Contribution, today: date) -> None:
    act(inside, promise, "day", day="31")
    assert promise.next_due_date is not None
    assert promise.next_due_date > today
    assert "Choose a day" in act(inside, promise, "day", 422, day="32")


def test_pausing_and_going_on(inside: Client, promise: Contribution) -> None:
    assert "Choose from 1 to 12" in act(inside, promise, "pause", 422, months="13")
    assert "It is paused, and goes on by itself on" in act(inside, promise, "pause", months="3")
    assert promise.state == "paused"
    act(inside, promise, "resume")
    assert promise.state == "active"
    assert "can’t be done" in act(inside, promise, "resume"), "a page that lay open harms nothing"


def test_stopping_is_one_click_and_the_reason_comes_after(inside: Client, promise: Contribution) -> None:
    page = act(inside, promise, "stop")
    assert (promise.state, promise.ended_why) == ("cancelled", "reader")
    assert "why did you stop?" in page
    assert "Stop it now" not in page
    assert "Thank you for telling us" in act(inside, promise, "why", reason="money")
    act(inside, promise, "why", reason="other")
    reasons = [event.detail["reason"] for event in promise.events.filter(kind="stop_reason")]
    assert reasons == ["money"]


def test_who_gave_an_address_gets_the_stop_in_writing(
    inside: Client, promise: Contribution, today: date
) -> None:
    act(inside, promise, "mail", mail="ada@reader.example")
    act(inside, promise, "stop")
    act(inside, promise, "stop")
    assert [letter.kind for letter in Letter.objects.all()] == ["stopped"]


def test_the_address_is_sealed_and_can_be_deleted(
    inside: Client, promise: Contribution, ring: KeyRing
) -> None:
    assert "like name@example.org" in act(inside, promise, "mail", 422, mail="ada@")
    page = act(inside, promise, "mail", mail="ada@Reader.example")
    assert "ada@" not in page
    opened = open_sealed(
        ring.people_key("far-shore") or b"", promise.newsroom_id, bytes(promise.mail_sealed or b"")
    )
    assert opened == {"mail": "ada@reader.example"}
    act(inside, promise, "no-mail")
    assert promise.mail_sealed is None


def test_papers(inside: Client, promise: Contribution, today: date) -> None:
    payment = promise.payments.get()
    receipt = inside.get(path(promise, f"receipt/{payment.pk}.txt"))
    assert receipt["Content-Disposition"] == f'attachment; filename="receipt-{today}.txt"'
    assert promise.newsroom.legal_name in receipt.content.decode()
    assert "$5" in receipt.content.decode()
    assert "Total: $5" in inside.get(path(promise, f"{today.year}.txt")).content.decode()
    assert inside.get(path(promise, "1999.txt")).status_code == 404
    assert inside.get(path(promise, f"receipt/{new_id()}.txt")).status_code == 404
    data = inside.get(path(promise, "data.json")).json()
    assert data["payments"][0]["amount_minor"] == 500
    assert promise.code_hash not in json.dumps(data)


def test_being_forgotten(inside: Client, promise: Contribution, today: date) -> None:
    key = sealing_key(promise.newsroom_id, PublicKey.Kind.PEOPLE)
    set_mail(promise, seal(key, {"mail": "ada@reader.example"}), actor="reader", day=today)
    response = inside.post(path(promise, "forget/"))
    assert "Day and amount of each payment" in inside.get(response["Location"]).content.decode()
    promise.refresh_from_db()
    assert (promise.state, promise.mail_sealed) == ("cancelled", None)
    assert inside.get(path(promise)).status_code == 303, "this browser is out"
    assert inside.post(ENTRY, {"code": CODE}).status_code == 422, "and the code opens nothing"
    assert Payment.objects.count() == 1, "the books stay"
    assert not Letter.objects.filter(recipient_sealed__isnull=False).exists()


def test_asking_for_a_link_is_answered_alike(client: Client, promise: Contribution) -> None:
    seen = {
        client.post("/my/far-shore/link/", {"mail": mail})["Location"]
        for mail in ("ada@x.example", "eve@x.example")
    }
    assert seen == {"/my/far-shore/link/sent/"}
    assert SignInRequest.objects.count() == 2
    assert client.post("/my/far-shore/link/", {"mail": "ada"}).status_code == 422


def test_a_link_is_used_by_its_button_alone(client: Client, promise: Contribution) -> None:
    link = SignInLink.objects.create(
        token_hash=digest("secret", "link"),
        newsroom=promise.newsroom,
        expires_at=clock.now() + timedelta(minutes=5),
    )
    link.contributions.add(promise)
    address = "/my/far-shore/link/secret/"
    for _look in range(2):
        assert client.get(address).status_code == 200
    assert client.post(address)["Location"] == "/my/far-shore/page/"
    assert client.get(path(promise)).status_code == 200
    assert client.get(address).status_code == 410
    assert client.post(address).status_code == 410


def test_a_lost_code_goes_to_the_desk(client: Client, promise: Contribution, today: date) -> None:
    typed = {"day": today.isoformat(), "amount": "5", "currency": "USD"}
    assert client.post("/my/far-shore/lost/", typed)["Location"] == "/my/far-shore/lost/told/"
    assert LostCode.objects.get().amount_minor == 500
    for wrong in ({"day": "x"}, {"day": "2099-01-01"}, {"amount": "five"}, {"currency": "ZZZ"}):
        response = client.post("/my/far-shore/lost/", {**typed, **wrong})
        assert response.status_code == 422
        assert 'role="alert"' in response.content.decode()
    assert LostCode.objects.count() == 1


def test_unsubscribing_with_one_click(newsroom: Newsroom, today: date) -> None:
    reminder = Reminder.objects.create(newsroom=newsroom, due_date=today, sealed=b"x")
    address = f"/my/unsubscribe/{reminder.pk}/"
    strict = Client(enforce_csrf_checks=True)
    assert strict.get(address).status_code == 200
    assert Reminder.objects.count() == 1, "looking calls nothing off"
    assert strict.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Reminder.objects.count() == 0
    assert strict.post(address).status_code == 303, "a second time ends alike"


@pytest.mark.parametrize(
    ("address", "beginning"),
    [
        (ENTRY, ENTRY),
        (ENTRY + "lost/", ENTRY),
        ("/support/far-shore/card/", "/support/far-shore/"),
        ("/desk/sign-in/", "/desk/today/"),
    ],
)
def test_forms_are_protected_and_a_stale_one_leads_back(
    promise: Contribution, address: str, beginning: str
) -> None:
    response = Client(enforce_csrf_checks=True).post(address, {"code": CODE})
    assert response.status_code == 403
    assert f'href="{beginning}' in response.content.decode()


@pytest.mark.parametrize("page", ["", "lost/", "link/sent/", "lost/told/", "forgotten/"])
def test_who_asks_for_the_head_of_a_page_gets_it(client: Client, promise: Contribution, page: str) -> None:
    assert client.head(ENTRY + page).status_code == client.get(ENTRY + page).status_code == 200


def test_guessing_codes_is_slowed_down(client: Client, promise: Contribution) -> None:
    statuses = [client.post(ENTRY, {"code": new_code()}).status_code for _guess in range(25)]
    assert statuses[0] == 422
    assert statuses[-1] == 429


def test_the_language_of_the_address_stays(client: Client, promise: Contribution) -> None:
    response = client.post(ENTRY + "?language=ar", {"code": CODE})
    assert response["Location"] == "/my/far-shore/page/?language=ar"
    page: Any = client.get(client.get(response["Location"])["Location"])
    assert 'dir="rtl"' in page.content.decode()


def test_one_newsroom_needs_no_choice(client: Client, newsroom: Newsroom) -> None:
    assert client.get("/my/")["Location"] == ENTRY
    assert client.get("/my/nowhere/").status_code == 404


def test_a_discreet_letters_addresses_lead_on(client: Client, newsroom: Newsroom) -> None:
    hour = timedelta(hours=1)
    SignInLink.objects.create(
        token_hash=digest("secret", "link"), newsroom=newsroom, expires_at=clock.now() + hour
    )
    assert client.get("/my/link/secret/?language=ru")["Location"] == "/my/far-shore/link/secret/?language=ru"
    assert client.get("/my/link/another/").status_code == 410
    assert client.get("/my/next/")["Location"] == "/support/far-shore/"


def test_leaving_in_one_click_closes_the_page(inside: Client, promise: Contribution) -> None:
    assert b'href="/support/far-shore/leave/"' in inside.get(path(promise)).content
    inside.get("/support/far-shore/leave/")
    assert inside.get(path(promise)).status_code == 303
