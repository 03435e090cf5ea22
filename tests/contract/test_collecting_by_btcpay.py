"""A gift in bitcoin from the checkout to the books: invoice, webhook, late and partial money, refund, renewal."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mainstay.collection.checkout import Draft, Step, check_again, progress_of
from mainstay.collection.conftest import Story, story
from mainstay.collection.elsewhere import ask_for_money
from mainstay.collection.inbox import receive
from mainstay.collection.models import Difference, Payment, Refund
from mainstay.collection.refunds import request_refund
from mainstay.contributions.models import Contribution
from mainstay.core.ids import new_checkout_key
from mainstay.core.money import Money
from mainstay.letters.models import Letter
from mainstay.newsrooms.models import ProcessorAccount
from mainstay.processors import registry
from mainstay.processors.btcpay import adapter
from mainstay.processors.btcpay.example_server import KEY, SECRET, STORE, Greenfield, hook, running
from tests.contract.shapes.btcpay import expect_shapes

__all__ = ["story"]
FIVE = Money(500, "EUR")


@dataclass
class Shop:
    """The newsroom with one store."""

    story: Story
    account: ProcessorAccount
    server: Greenfield

    def begin(self, frequency: str = "once") -> str:
        """A reader chooses bitcoin. Returns the checkout's key."""
        key = new_checkout_key()
        draft = Draft(
            frequency=frequency, amount=FIVE, language="en", mail="r@example.org", way=str(self.account.pk)
        )
        begun = ask_for_money(self.story.newsroom, draft, key, "http://127.0.0.1/back", self.story.now)
        assert begun.step == Step.ACTION
        return key

    def step(self, key: str) -> Step:
        return progress_of(self.story.newsroom, key, self.story.now).step

    @property
    def invoice(self) -> str:
        """The newest one."""
        return list(self.server.invoices)[-1]

    def tell(self, times: int = 1) -> None:
        """The server's webhook arrives, and the worker follows it."""
        headers, body = hook("InvoiceSettled", invoiceId=self.invoice)
        processor = registry.adapter_for(self.account)
        for _turn in range(times):
            receive(self.account, processor.verify_webhook(headers, body, self.story.now), self.story.now)
        self.story.work()


@pytest.fixture
def shop(story: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """A store on a running server. In the end, the shape of each request is checked."""
    with running() as server:
        account = ProcessorAccount.objects.create(
            newsroom=story.newsroom,
            processor="btcpay",
            label="Bitcoin",
            settings={"address": server.address, "store_id": STORE, "deadline_seconds": 2},
        )
        secrets = tmp_path / "secrets.toml"
        entry = f'[accounts."{account.pk}"]\napi_key = "{KEY}"\nwebhook_secrets = ["{SECRET}"]\n'
        secrets.write_text(secrets.read_text(encoding="utf-8") + entry, encoding="utf-8")
        known: Any = {"memory": story.processor, "btcpay": adapter}
        monkeypatch.setattr(registry, "adapters", lambda: known)
        registry.forget_adapters()
        yield Shop(story, account, server)
        expect_shapes(server.asked)


def test_an_invoice_is_paid_and_told_of_many_times(shop: Shop) -> None:
    key = shop.begin()
    shown = check_again(shop.story.newsroom, key, shop.story.now)
    assert shown.action_url.startswith(shop.server.address)
    shop.server.becomes(shop.invoice, "Processing", paid="5.00")
    shop.tell()
    assert shop.step(key) == Step.PENDING
    shop.server.pays(shop.invoice)
    shop.tell(times=5)
    assert shop.step(key) == Step.PAID
    shop.tell(times=5)
    assert Payment.objects.get().gross == FIVE


def test_money_that_comes_late_still_counts(shop: Shop) -> None:
    key = shop.begin()
    shop.server.becomes(shop.invoice, "Expired")
    shop.tell()
    assert shop.step(key) == Step.DECLINED
    shop.story.days(4)
    shop.server.becomes(shop.invoice, "Expired", "PaidLate", "5.00")
    shop.story.days(1)
    assert shop.step(key) == Step.PAID, "the poll found it without a webhook"


def test_another_amount_waits_for_a_person(shop: Shop) -> None:
    key = shop.begin()
    shop.server.becomes(shop.invoice, "Settled", "PaidOver", "7.00")
    shop.tell()
    assert not Payment.objects.exists()
    assert shop.step(key) == Step.CHECKING
    assert Difference.objects.get().detail["told"] == "700 EUR"


def test_a_refund_is_fetched_later(shop: Shop) -> None:
    shop.begin()
    shop.server.pays(shop.invoice)
    shop.tell()
    payment = Payment.objects.get()
    request_refund(payment, FIVE, request_token="a", reason="", actor="finance", now=shop.story.now)
    shop.story.work()
    assert Refund.objects.get().state == "pending"
    assert Letter.objects.filter(kind="refund_claim").count() == 1
    [pull] = shop.server.pulls
    shop.server.claim(pull, "5.00")
    shop.story.days(2)
    assert Refund.objects.get().state == "succeeded"
    payment.refresh_from_db()
    assert payment.refunded_minor == 500


def test_a_month_later_a_letter_brings_the_next_invoice(shop: Shop) -> None:
    shop.begin("monthly")
    shop.server.pays(shop.invoice)
    shop.tell()
    row = Contribution.objects.get()
    assert row.next_due_date is not None
    shop.story.clock.moment += timedelta(days=27)
    shop.story.days(2)
    letter = Letter.objects.get(kind="please_send")
    assert letter.payload["invoice_url"].endswith(shop.invoice)
    shop.server.pays(shop.invoice)
    shop.story.days(1)
    assert (Payment.objects.count(), len(shop.server.invoices)) == (2, 2)
