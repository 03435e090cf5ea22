"""Whole stories with PayPal's adapter: months of renewals, a lapse, a refund, lost answers, the books compared."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mainstay.collection.checkout import Draft, Step, pay
from mainstay.collection.conftest import NOW, Time
from mainstay.collection.elsewhere import send_to_approve
from mainstay.collection.models import Detachment, Difference, Payment
from mainstay.collection.reconcile import ask_for_check
from mainstay.collection.refunds import request_refund
from mainstay.collection.work import due_work
from mainstay.contributions.actions import stop
from mainstay.contributions.models import Contribution
from mainstay.contributions.port import AccountConfig, Processor, ReturnUrls
from mainstay.contributions.states import ContributionState
from mainstay.core.clock import FixedClock
from mainstay.core.ids import new_checkout_key
from mainstay.core.money import Money
from mainstay.jobs.worker import Worker
from mainstay.newsrooms.models import Newsroom, ProcessorAccount
from mainstay.processors import registry
from mainstay.processors.paypal.adapter import make
from mainstay.processors.paypal.example_account import CLIENT_ID, CLIENT_SECRET, Account, Break, Says
from mainstay.processors.paypal.example_server import running_paypal
from mainstay.processors.registry import forget_adapters
from mainstay.sealing.keyring import KeyRing

from .shapes.paypal import expect_shapes

BACK = "http://127.0.0.1/back"


@dataclass
class Story(Time):
    """A newsroom that takes gifts through PayPal."""

    newsroom: Newsroom
    row: ProcessorAccount
    paypal: Account
    ring: KeyRing
    clock: FixedClock

    def begin(self) -> Contribution:
        """A reader approves five dollars a month, and pays."""
        key, now = new_checkout_key(), self.clock.now()
        draft = Draft("monthly", Money(500, "USD"), "en")
        order = send_to_approve(self.newsroom, draft, key, ReturnUrls(BACK, BACK), now).order
        self.paypal.approve(order)
        assert pay(self.newsroom, draft, key, order, BACK, now).step == Step.PAID
        return Contribution.objects.get()

    def work(self) -> int:
        """One pass of the worker."""
        self.paypal.now = max(self.paypal.now, self.clock.now())
        return Worker(due_work(self.ring), self.clock, threads=1).run_once()

    def taken(self) -> list[str]:
        """The numbers of the installments that were paid at PayPal."""
        return [one["invoice_id"].partition(":")[2] for one in self.paypal.captures()]


@pytest.fixture(params=["order_first", "one_call"])
def story(
    request: pytest.FixtureRequest,
    newsroom: Newsroom,
    ring: KeyRing,
    tmp_path: Path,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Story]:
    """The Far Shore at a local PayPal, with both ways to renew."""
    machine = FixedClock(NOW)

    def made(config: AccountConfig) -> Processor:
        return make(config, machine.now)

    with running_paypal() as paypal:
        paypal.now = NOW
        told = {"address": paypal.address, "renewals": request.param, "books_from": "2026-01-01"}
        row = ProcessorAccount.objects.create(
            newsroom=newsroom, processor="paypal", label="PayPal", settings=told
        )
        secrets = tmp_path / "secrets.toml"
        lines = f'[accounts."{row.pk}"]\nclient_id = "{CLIENT_ID}"\nclient_secret = "{CLIENT_SECRET}"\n'
        secrets.write_text(lines, encoding="utf-8")
        settings.MAINSTAY_SECRETS_FILE = str(secrets)
        monkeypatch.setattr(registry, "adapters", lambda: {"paypal": SimpleNamespace(make=made)})
        forget_adapters()
        yield Story(newsroom, row, paypal, ring, machine)
        forget_adapters()
        expect_shapes(paypal.heard)


def test_two_months_are_two_renewals(story: Story):
    story.begin()
    story.days(62, every=4)
    assert story.taken() == ["1", "2", "3"]
    assert Payment.objects.count() == 3


def test_soft_declines_are_tried_on_their_days_then_the_promise_lapses(story: Story):
    row = story.begin()
    story.paypal.says = Says.FAILS_LATER
    story.days(50, every=4)
    row.refresh_from_db()
    assert row.state == ContributionState.LAPSED
    assert (story.taken(), Payment.objects.count()) == (["1"], 1)


@pytest.mark.parametrize("broken", [Break.CUT, Break.ERROR_AFTER])
def test_a_renewal_whose_answer_is_lost_is_looked_up_and_not_paid_again(story: Story, broken):
    story.begin()
    way = story.row.settings["renewals"]
    moves_money = "/capture" if way == "order_first" else "/orders"
    story.paypal.breaks.append(
        (lambda heard: heard.method == "POST" and heard.path.endswith(moves_money), broken)
    )
    story.days(35, every=4)
    assert story.paypal.breaks == []
    assert story.taken() == ["1", "2"]
    assert Payment.objects.count() == 2


def test_a_stopped_promise_is_forgotten_at_paypal(story: Story):
    row = story.begin()
    assert len(story.paypal.vault) == 1
    stop(row, why="reader", actor="reader", day=NOW.date())
    story.days(35, every=4)
    assert (story.paypal.vault, story.taken()) == ({}, ["1"])
    assert not Detachment.objects.exists()


def test_a_refund_and_the_books_agree(story: Story):
    story.begin()
    payment = Payment.objects.get()
    request_refund(
        payment, Money(200, "USD"), request_token="t1", reason="asked", actor="desk", now=story.clock.now()
    )
    story.days(3)
    assert [one["amount"]["value"] for one in story.paypal.refunds.values()] == ["2.00"]
    ask_for_check(story.row, story.clock.now(), from_the_beginning=True)
    story.days(2)
    assert list(Difference.objects.values_list("kind", "state")) == []
    payment.refresh_from_db()
    assert payment.matched_on is not None
