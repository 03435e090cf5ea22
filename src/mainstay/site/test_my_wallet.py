"""A promise that is paid through PayPal: another account there, or a card, given on the supporter's own page."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings as program
from django.test import Client

from mainstay.collection.checkout import Draft, Step, pay
from mainstay.collection.conftest import World, world
from mainstay.collection.elsewhere import send_to_approve
from mainstay.collection.models import Detachment
from mainstay.contributions.models import Contribution
from mainstay.contributions.port import ReturnUrls
from mainstay.core.ids import code_of, new_checkout_key
from mainstay.core.money import Money
from mainstay.guard.buckets import forget_all
from mainstay.newsrooms.models import ProcessorAccount
from mainstay.processors.paypal.example_account import CLIENT_ID, CLIENT_SECRET, Account, Break, Says
from mainstay.processors.paypal.example_server import running_paypal
from mainstay.processors.registry import forget_adapters
from tests.contract.shapes.paypal import expect_shapes

from . import my_card, my_change, my_wallet

__all__ = ["world"]
BACK = "http://127.0.0.1/back"


@dataclass
class At:
    """A supporter on the page of their promise, which is paid through PayPal."""

    world: World
    paypal: Account
    row: ProcessorAccount
    reader: Client
    promise: Contribution

    @property
    def page(self) -> str:
        return f"/my/far-shore/page/{self.promise.pk}/"

    def text(self, path: str = "", **query: str) -> str:
        return self.reader.get(f"{self.page}{path}", query).content.decode()

    def post(self, **fields: str) -> str:
        """Where the page leads, or what it says."""
        answer = self.reader.post(f"{self.page}card/", fields)
        return answer.headers.get("Location", "") or answer.content.decode()

    def agree(self, *, answer: bool = True) -> None:
        """*Continue*, and *Agree* at PayPal unless they close the window."""
        there = urlsplit(self.post(way=str(self.row.pk)))
        if answer:
            self.paypal.approve(there.query.removeprefix("token="))

    def now(self) -> Contribution:
        return Contribution.objects.get()


@pytest.fixture
def at(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[At]:
    forget_all()
    for module in (my_card, my_change, my_wallet):
        monkeypatch.setattr(module, "clock", world.clock)
    with running_paypal() as paypal:
        row = ProcessorAccount.objects.create(
            newsroom=world.newsroom,
            processor="paypal",
            label="PayPal",
            settings={"address": paypal.address, "place": 1},
        )
        secrets = Path(program.MAINSTAY_SECRETS_FILE)
        lines = f'[accounts."{row.pk}"]\nclient_id = "{CLIENT_ID}"\nclient_secret = "{CLIENT_SECRET}"\n'
        secrets.write_text(secrets.read_text(encoding="utf-8") + lines, encoding="utf-8")
        forget_adapters()
        key, now = new_checkout_key(), world.clock.now()
        draft = Draft("monthly", Money(500, "USD"), "en", way=str(row.pk))
        order = send_to_approve(world.newsroom, draft, key, ReturnUrls(BACK, BACK), now).order
        paypal.approve(order)
        assert pay(world.newsroom, draft, key, order, BACK, now).step == Step.PAID
        reader = Client()
        reader.post("/my/far-shore/", {"code": code_of(key)})
        yield At(world, paypal, row, reader, Contribution.objects.get())
        expect_shapes(paypal.heard)


def test_the_page_offers_both(at: At) -> None:
    assert "Pay with another account or a card" in at.text()
    page = at.text("card/")
    assert "Continue to PayPal" in page
    assert "Pay with a card instead" in page


def test_another_account_is_saved_after_the_way_back_and_nothing_is_charged(at: At) -> None:
    before = bytes(at.promise.method_sealed or b"")
    at.agree()
    assert bytes(at.now().method_sealed or b"") == before
    assert "Save it" in at.text("card/", way=str(at.row.pk), step="back", approval_token_id="X")
    assert at.post(way=str(at.row.pk), do="save").endswith("said=wallet")
    assert bytes(at.now().method_sealed or b"") != before
    assert at.now().account == at.row
    assert Detachment.objects.get().account == at.row
    assert len(at.paypal.captures()) == 1


def test_who_did_not_agree_has_changed_nothing(at: At) -> None:
    before = bytes(at.promise.method_sealed or b"")
    at.agree(answer=False)
    assert "without approving it at PayPal" in at.post(way=str(at.row.pk), do="save")
    assert bytes(at.now().method_sealed or b"") == before


def test_a_refused_country_is_refused_before_anything_is_saved(at: At) -> None:
    at.paypal.country = "RU"
    at.agree()
    assert at.post(way=str(at.row.pk), do="save") == "/support/far-shore/refused/"
    assert len(at.paypal.vault) == 1


def test_a_warning_comes_between_and_ends_the_promise_after_a_year(at: At) -> None:
    at.paypal.country = "KZ"
    at.agree()
    page = at.post(way=str(at.row.pk), do="save")
    assert "This account comes from Kazakhstan" in page
    assert len(at.paypal.vault) == 1
    assert at.post(way=str(at.row.pk), do="save", warned="KZ").endswith("said=wallet")
    assert at.now().last_due_date is not None


def test_a_payment_that_was_declined_is_made_with_the_new_account(at: At) -> None:
    at.paypal.says = Says.FAILS_LATER
    at.world.clock.moment = at.world.clock.moment.replace(month=2, day=28)
    at.paypal.now = at.world.clock.moment
    at.world.work()
    assert at.now().state == "failing"
    at.paypal.says = Says.APPROVED
    at.agree()
    assert at.post(way=str(at.row.pk), do="save").endswith("said=wallet-paid")
    assert (len(at.paypal.captures()), at.now().state) == (2, "active")


def test_a_card_takes_the_place_of_paypal(at: At) -> None:
    way = str(at.world.account.pk)
    page = at.text("card/", way=way)
    assert f'name="way" value="{way}"' in page
    assert "Pay through PayPal instead" in page
    assert at.post(way=way, token=at.world.token("4242424242424242")).endswith("said=card")
    assert at.now().account == at.world.account
    assert Detachment.objects.get().account == at.row


@pytest.mark.parametrize("path", ["/setup-tokens", "/payment-tokens"])
def test_an_answer_that_is_lost_changes_nothing_and_the_next_try_finds_it(at: At, path: str) -> None:
    at.agree()
    at.paypal.breaks.append((lambda heard: heard.path.endswith(path), Break.CUT))
    assert "Nothing was changed" in at.post(way=str(at.row.pk), do="save")
    assert at.post(way=str(at.row.pk), do="save").endswith("said=wallet")
    assert len(at.paypal.vault) == 2


def test_a_key_that_is_refused_is_trouble_and_no_error(at: At) -> None:
    at.agree()
    at.paypal.breaks.append((lambda heard: heard.path.endswith("/payment-tokens"), Break.UNAUTHORIZED))
    assert "Nothing was changed" in at.post(way=str(at.row.pk), do="save")
    assert len(at.paypal.vault) == 1


def test_a_way_that_is_none_is_the_promise_s_own(at: At) -> None:
    assert "Continue to PayPal" in at.text("card/", way="nobody")
