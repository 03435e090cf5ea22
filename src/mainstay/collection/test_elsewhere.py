"""Paying by another way than a card on our page: which ways there are, orders to approve, money that is sent."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mainstay.contributions.models import Contribution
from mainstay.contributions.port import Flow, Outcome, RemoteFact, ReturnUrls, TokenView
from mainstay.contributions.states import ContributionState, InstallmentState
from mainstay.core.ids import contribution_id, new_checkout_key
from mainstay.core.money import Money
from mainstay.newsrooms.models import CountryRule, ProcessorAccount

from .checkout import Draft, Step, check_again, pay, progress_of
from .conftest import Story
from .elsewhere import approved, ask_for_money, send_to_approve
from .labels import SOMEWHERE
from .models import Payment
from .outcome import apply
from .ways import ways_of

BACK = "http://127.0.0.1/back"
URLS = ReturnUrls(BACK, "http://127.0.0.1/not")
MONTHLY = Draft("monthly", Money(500, "USD"), "en")


def flows(story: Story, flow: Flow, **changes: bool) -> None:
    """The account in memory works that way."""
    story.processor.capabilities = replace(story.processor.capabilities, flow=flow, **changes)


def another_account(story: Story, label: str, **settings: object) -> ProcessorAccount:
    return ProcessorAccount.objects.create(
        newsroom=story.newsroom, processor="memory", label=label, settings=settings
    )


def labels(story: Story, draft: Draft = MONTHLY) -> list[str]:
    return [way.account.label for way in ways_of(story.newsroom, draft)]


def test_the_ways_stand_in_the_desks_order(story: Story, monkeypatch: pytest.MonkeyPatch):
    for label, place in (("Last", 9), ("First", -1)):
        another_account(story, label, place=place)
    ProcessorAccount.objects.create(newsroom=story.newsroom, processor="nobody", label="Broken")
    monkeypatch.setattr("mainstay.processors.registry.secrets_of", lambda account: {})
    assert labels(story) == ["First", "Memory", "Last"]


def test_a_way_that_cannot_take_the_gift_is_left_out(story: Story, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mainstay.processors.registry.secrets_of", lambda account: {})
    another_account(story, "Only once", frequencies=["once"])
    another_account(story, "Off")
    ProcessorAccount.objects.filter(label="Off").update(active=False)
    another_account(story, "Euros")
    ProcessorAccount.objects.filter(label="Euros").update(currencies=["EUR"])
    assert labels(story) == ["Memory"]
    assert labels(story, replace(MONTHLY, frequency="once")) == ["Memory", "Only once"]
    assert labels(story, replace(MONTHLY, amount=Money(500, "EUR"))) == ["Euros", "Memory"]
    assert labels(story, replace(MONTHLY, amount=Money(500, "ISK"))) == []


def test_where_no_country_is_named_before_there_is_no_way_after_a_warning(story: Story):
    flows(story, Flow.PUSH, country_before_money=False)
    assert labels(story) == ["Memory"]
    assert labels(story, replace(MONTHLY, warned="KZ")) == []
    assert labels(story, replace(MONTHLY, warned=SOMEWHERE)) == []
    CountryRule.objects.update(unnamed=True)
    assert labels(story, replace(MONTHLY, warned="KZ")) == ["Memory"], "the newsroom's rule for it says so"
    assert labels(story, replace(MONTHLY, warned="RU")) == [], "and where gifts are refused no switch works"
    assert labels(story, replace(MONTHLY, warned=SOMEWHERE)) == []
    story.newsroom.strict_countries = True
    assert labels(story, replace(MONTHLY, warned="KZ")) == []
    assert labels(story) == []
    progress = ask_for_money(story.newsroom, MONTHLY, new_checkout_key(), BACK, story.now)
    assert progress.step == Step.STOPPED
    assert not Contribution.objects.exists()


def orders(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """Approval in memory: an order is an object, and its payer approves at once."""
    flows(story, Flow.APPROVAL)
    memory = type(story.processor)

    def start_checkout(self, order, key, urls) -> RemoteFact:
        return replace(self.prepare(order, key), action_url="http://127.0.0.1/approve")

    monkeypatch.setattr(memory, "start_checkout", start_checkout)
    monkeypatch.setattr(memory, "read_approval", lambda self, order: TokenView(self.country, "wallet"))


def test_two_tabs_get_one_order_and_another_choice_another(story: Story, monkeypatch: pytest.MonkeyPatch):
    orders(story, monkeypatch)
    key = new_checkout_key()
    first = send_to_approve(story.newsroom, MONTHLY, key, URLS, story.now)
    assert (first.step, first.action_url) == (Step.ACTION, "http://127.0.0.1/approve")
    assert send_to_approve(story.newsroom, MONTHLY, key, URLS, story.now).order == first.order
    ten = replace(MONTHLY, amount=Money(1000, "USD"))
    assert send_to_approve(story.newsroom, ten, key, URLS, story.now).order != first.order
    assert not Contribution.objects.exists()
    assert story.processor.objects[first.order].reference == f"{contribution_id(key)}:1"


@pytest.mark.parametrize(("country", "step"), [("RU", Step.REFUSED), ("KZ", Step.WARNED), ("US", None)])
def test_the_country_stands_between_approval_and_payment(story: Story, monkeypatch, country, step):
    orders(story, monkeypatch)
    key = new_checkout_key()
    order = send_to_approve(story.newsroom, MONTHLY, key, URLS, story.now).order
    story.processor.country = country
    stands = approved(story.newsroom, MONTHLY, key, order, story.now)
    assert (stands.step if stands else None) == step
    closed = story.processor.objects[order].outcome == Outcome.CANCELLED
    assert closed is (step == Step.REFUSED)
    assert pay(story.newsroom, MONTHLY, key, order, BACK, story.now).step == (step or Step.PAID)
    assert len(story.processor.charges()) == (0 if step else 1)
    assert Contribution.objects.count() == (0 if step else 1)


class Died(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_process_that_dies_at_the_capture_pays_once(story: Story, monkeypatch, moment):
    orders(story, monkeypatch)
    key = new_checkout_key()
    order = send_to_approve(story.newsroom, MONTHLY, key, URLS, story.now).order

    def dies(call: str) -> None:
        if call == "execute":
            raise Died

    setattr(story.processor, moment, dies)
    with pytest.raises(Died):
        pay(story.newsroom, MONTHLY, key, order, BACK, story.now)
    setattr(story.processor, moment, lambda call: None)
    assert pay(story.newsroom, MONTHLY, key, order, BACK, story.now).step == Step.CHECKING
    story.later(minutes=10)
    progress = pay(story.newsroom, MONTHLY, key, order, BACK, story.now)
    assert progress.step == Step.PAID
    assert (len(story.processor.objects), len(story.processor.charges()), Payment.objects.count()) == (
        1,
        1,
        1,
    )


def sends(story: Story, key: str) -> Contribution:
    """A reader who is told how to send the money."""
    flows(story, Flow.PUSH)
    story.processor.answers = [Outcome.ACTION_REQUIRED]
    assert ask_for_money(story.newsroom, MONTHLY, key, BACK, story.now).step == Step.ACTION
    return Contribution.objects.get()


def test_money_that_is_sent_counts_when_it_arrives(story: Story):
    key = new_checkout_key()
    row = sends(story, key)
    again = ask_for_money(story.newsroom, MONTHLY, key, BACK, story.now)
    assert (again.step, Contribution.objects.count(), Payment.objects.count()) == (Step.ACTION, 1, 0)
    assert check_again(story.newsroom, key, story.now).sends
    story.days(9)
    assert progress_of(story.newsroom, key, story.now).step == Step.ACTION
    assert "cancel" not in story.processor.calls
    story.processor.settle(row.installments.get().remote_id)
    story.days(1)
    assert progress_of(story.newsroom, key, story.now).step == Step.PAID
    row.refresh_from_db()
    assert (row.state, row.started_on + timedelta(days=10)) == (ContributionState.ACTIVE, row.anchor)


def test_after_35_days_the_invoice_is_closed_and_money_that_comes_later_counts(story: Story):
    key = new_checkout_key()
    row = sends(story, key)
    installment = row.installments.get()
    story.days(36, every=4)
    row.refresh_from_db()
    assert row.state == ContributionState.ABANDONED
    assert story.processor.objects[installment.remote_id].outcome == Outcome.CANCELLED
    assert row.installments.get().remote_id == ""
    late = RemoteFact(
        Outcome.SUCCEEDED,
        installment.remote_id,
        "ch-late",
        Money(500, "USD"),
        reference=installment.reference,
    )
    apply(row.installments.get().attempts.get(), late, story.now)
    row.refresh_from_db()
    assert (row.state, Payment.objects.get().gross_minor) == (ContributionState.ACTIVE, 500)


def test_another_way_after_a_decline_closes_the_first_object(story: Story, monkeypatch):
    monkeypatch.setattr("mainstay.processors.registry.secrets_of", lambda account: {})
    other = another_account(story, "Other")
    key = new_checkout_key()
    story.processor.answers = [Outcome.DECLINED_HARD]
    assert story.give(key).step == Step.DECLINED
    first = Contribution.objects.get().installments.get().remote_id
    progress = story.give(key, way=str(other.pk))
    assert (progress.step, story.processor.objects[first].outcome) == (Step.PAID, Outcome.CANCELLED)
    row = Contribution.objects.get()
    assert (row.account, row.installments.get().state) == (other, InstallmentState.PAID)
