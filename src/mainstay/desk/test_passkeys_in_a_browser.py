"""Passkeys in a real browser with an authenticator of its own: making them, signing in, and what is refused."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections
from django.test.testcases import LiveServerThread
from django.urls import reverse
from playwright.sync_api import CDPSession, Page, expect

from mainstay.newsrooms.models import Passkey, Staff

from .conftest import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def served(db: None) -> Iterator[str]:
    """The desk at a name, for a browser makes no passkey for a number."""
    connection = connections["default"]
    connection.inc_thread_sharing()
    server = LiveServerThread("127.0.0.1", StaticFilesHandler, connections_override={"default": connection})
    server.daemon = True
    server.start()
    server.is_ready.wait()
    yield f"http://localhost:{server.port}"
    server.terminate()
    server.join()
    connection.dec_thread_sharing()


@pytest.fixture
def device(page: Page) -> CDPSession:
    """A phone that knows its owner."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    answer = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    session.authenticator = answer["authenticatorId"]  # type: ignore[attr-defined]
    return session


def sign_in_with_password(page: Page, served: str) -> None:
    page.set_default_timeout(15_000)
    page.goto(served + reverse("desk:account"))
    page.fill("[name=pseudonym]", "admin-bird")
    page.fill("[name=password]", PASSWORD)
    page.click("form:has([name=password]) button")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")


def add_passkey(page: Page, label: str) -> None:
    page.get_by_label("Name of the new passkey").fill(label)
    page.get_by_role("button", name="Add a passkey").click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to the desk")


@pytest.fixture
def enrolled(page: Page, served: str, device: CDPSession, staff: dict[str, Staff]) -> str:
    """The admin has a passkey on the phone, and is signed out."""
    sign_in_with_password(page, served)
    add_passkey(page, "my phone")
    expect(page.get_by_role("status")).to_contain_text("no password opens your account")
    sign_out(page)
    return served


def test_a_passkey_signs_in_and_ends_the_password(page: Page, enrolled: str) -> None:
    key = Passkey.objects.get()
    assert key.label == "my phone"
    assert not key.staff.has_usable_password()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/desk/today/")
    expect(page.get_by_role("link", name="admin-bird")).to_be_visible()
    before, key = key.sign_count, Passkey.objects.get()
    assert key.sign_count > before
    sign_out(page)
    page.fill("[name=pseudonym]", "admin-bird")
    page.fill("[name=password]", PASSWORD)
    page.click("form:has([name=password]) button")
    expect(page.get_by_role("alert").last).to_contain_text("don’t match")


@pytest.mark.parametrize("why", ["copied", "shut out", "forgotten here", "not verified"])
def test_a_passkey_that_does_not_fit_opens_nothing(
    page: Page, enrolled: str, device: Any, staff: dict[str, Staff], why: str
) -> None:
    match why:
        case "copied":
            Passkey.objects.update(sign_count=1_000)
        case "shut out":
            Staff.objects.filter(pseudonym="admin-bird").update(is_active=False)
        case "forgotten here":
            Passkey.objects.all().delete()
        case "not verified":
            told = {"authenticatorId": device.authenticator, "isUserVerified": False}
            device.send("WebAuthn.setUserVerified", told)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expected = "gave no passkey" if why == "not verified" else "was not accepted"
    expect(page.get_by_role("alert").filter(has_text=expected)).to_be_visible(timeout=70_000)
    assert page.request.get(enrolled + reverse("desk:today"), max_redirects=0).status == 302


def test_an_answer_serves_once(page: Page, enrolled: str) -> None:
    with page.expect_request(lambda request: request.url.endswith("/sign-in/passkey/")) as sent:
        page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/desk/today/")
    Passkey.objects.update(sign_count=0)
    sign_out(page)
    token = page.locator("[name=csrfmiddlewaretoken]").first.get_attribute("value")
    answer = sent.value.post_data_json["answer"]
    again = page.request.post(
        enrolled + reverse("desk:passkey_sign_in"),
        form={"csrfmiddlewaretoken": token or "", "answer": answer},
        headers={"Referer": enrolled},
    )
    assert again.status == 400


def test_of_two_passkeys_one_can_go_and_the_last_stays(
    page: Page, enrolled: str, device: Any, staff: dict[str, Staff]
) -> None:
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/desk/today/")
    page.goto(enrolled + reverse("desk:account"))
    expect(page.get_by_text("You have one passkey")).to_be_visible()
    page.get_by_role("button", name="Remove my phone").click()
    expect(page.get_by_role("status")).to_contain_text("only passkey")
    add_passkey(page, "the same phone")
    expect(page.get_by_role("alert")).to_contain_text("If it has one for you already")
    device.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": device.authenticator})
    options = {
        "protocol": "ctap2",
        "transport": "usb",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    add_passkey(page, "the blue key")
    expect(page.get_by_role("strong").filter(has_text="the blue key")).to_be_visible()
    page.get_by_role("button", name="Remove my phone").click()
    expect(page.get_by_role("status")).to_contain_text("It opens nothing any more")
    assert [key.label for key in Passkey.objects.all()] == ["the blue key"]
