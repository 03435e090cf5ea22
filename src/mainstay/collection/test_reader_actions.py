"""What a reader does while a payment is being collected, injected between every two steps of the run.

Before the call that moves money a stop or a pause means that nothing is charged; after it the charge stands and is
shown. A new amount holds from the next payment, another card from the moment it is saved.
"""

from collections.abc import Callable

import pytest

from mainstay.contributions import actions
from mainstay.contributions.models import Attempt, Contribution, Installment
from mainstay.contributions.port import Method, Outcome
from mainstay.core.money import Money
from mainstay.ledger.models import Transfer
from mainstay.letters.models import Letter

from . import run
from .cards import confirm_url
from .conftest import Story
from .models import Payment
from .sealed import seal_method

Act = Callable[[Story], None]
BEFORE_MONEY = ("materialised", "claimed", "before prepare", "after prepare")
AFTER_MONEY = ("before execute", "after execute", "after the outcome")
"""`before execute` is between the last commit and the bank: the call has begun, as far as anybody can know."""


def _stop(story: Story) -> None:
    actions.stop(Contribution.objects.get(), why="reader", actor="reader", day=story.now.date())


def _pause(story: Story) -> None:
    actions.pause(Contribution.objects.get(), 2, actor="reader", day=story.now.date())


def _amount(story: Story) -> None:
    actions.change_amount(Contribution.objects.get(), Money(900, "USD"), actor="reader", day=story.now.date())


def _frequency(story: Story) -> None:
    actions.change_frequency(Contribution.objects.get(), "annual", actor="reader", day=story.now.date())


def _day(story: Story) -> None:
    actions.change_day(Contribution.objects.get(), 15, actor="reader", day=story.now.date())


def _card(story: Story) -> None:
    sealed = seal_method(story.newsroom, Method("cus1", "pmother", "US", "2041-01"))
    actions.set_method(Contribution.objects.get(), sealed, actor="reader", day=story.now.date())


def _refused_card(story: Story) -> None:
    sealed = seal_method(story.newsroom, Method("cus1", "pmru", "RU", "2041-01"))
    actions.set_method(Contribution.objects.get(), sealed, actor="reader", day=story.now.date())


def _renew_with(story: Story, monkeypatch: pytest.MonkeyPatch, when: str, act: Act) -> None:
    """The second payment falls due and is collected; the reader acts once, at that point."""
    story.give(mail="reader@example.org")
    story.quiet_days(27)
    todo = [act]

    def now(point: str) -> None:
        if point == when and todo:
            todo.pop()(story)

    story.processor.before = lambda call: now(f"before {call}")
    story.processor.after = lambda call: now(f"after {call}")
    honest = run._work_on

    def claimed(*arguments: object) -> None:
        now("claimed")
        honest(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(run, "_work_on", claimed)
    due = run.due_installments
    monkeypatch.setattr(run, "due_installments", lambda *arguments: (now("materialised"), due(*arguments))[1])
    story.days(1)
    now("after the outcome")
    assert not todo, f"the run never came to {when!r}"


def _charges(story: Story) -> int:
    return len(story.processor.charges())


@pytest.mark.parametrize("act", [_stop, _pause, _refused_card])
@pytest.mark.parametrize("when", BEFORE_MONEY)
def test_a_stop_before_the_money_moves_is_a_stop(
    story: Story, monkeypatch: pytest.MonkeyPatch, when: str, act: Act
) -> None:
    _renew_with(story, monkeypatch, when, act)
    assert (_charges(story), Installment.objects.get(number=2).state) == (1, "skipped")
    story.quiet_days(20)
    assert (_charges(story), Payment.objects.count()) == (1, 1)
    assert not Attempt.objects.filter(state__in=["created", "prepared", "sent", "unknown"]).exists()


@pytest.mark.parametrize("act", [_stop, _pause])
@pytest.mark.parametrize("when", AFTER_MONEY)
def test_a_stop_after_it_leaves_one_charge_that_is_shown(
    story: Story, monkeypatch: pytest.MonkeyPatch, when: str, act: Act
) -> None:
    _renew_with(story, monkeypatch, when, act)
    story.quiet_days(20)
    assert (_charges(story), Payment.objects.count()) == (2, 2)
    assert Installment.objects.get(number=2).state == "paid"
    assert Contribution.objects.get().state == ("cancelled" if act is _stop else "paused")


@pytest.mark.parametrize("act", [_amount, _frequency, _day, _card])
@pytest.mark.parametrize("when", BEFORE_MONEY + AFTER_MONEY)
def test_a_change_at_any_step_is_one_charge_of_the_old_amount(
    story: Story, monkeypatch: pytest.MonkeyPatch, when: str, act: Act
) -> None:
    _renew_with(story, monkeypatch, when, act)
    story.days(3)
    assert (_charges(story), Payment.objects.count(), Transfer.objects.count()) == (2, 2, 4)
    assert set(Payment.objects.values_list("gross_minor", flat=True)) == {500}
    assert Contribution.objects.get().state == "active"


def test_a_new_amount_holds_from_the_next_payment(story: Story) -> None:
    story.give()
    _amount(story)
    story.quiet_days(28)
    assert list(Payment.objects.order_by("day").values_list("gross_minor", flat=True)) == [500, 900]


def test_stopping_the_first_payment_in_another_tab(story: Story) -> None:
    def stop(call: str) -> None:
        if call == "prepare":
            _stop(story)

    story.processor.after = stop
    assert story.give().step == "declined"
    assert (_charges(story), Installment.objects.get().state) == (0, "skipped")


def test_stopping_while_the_bank_is_asked_writes_no_letter_about_it(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.processor.answers = [Outcome.SUCCEEDED, Outcome.ACTION_REQUIRED]
    _renew_with(story, monkeypatch, "after execute", _stop)
    story.days(2)
    assert Installment.objects.get(number=2).state == "skipped"
    assert not Letter.objects.filter(kind="authentication_needed").exists()


def test_a_decline_after_a_stop_is_no_letter_and_no_retry(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.processor.answers = [Outcome.SUCCEEDED, Outcome.DECLINED_SOFT]
    _renew_with(story, monkeypatch, "after execute", _stop)
    assert Installment.objects.get(number=2).state == "skipped"
    assert not Letter.objects.filter(kind="payment_failed").exists()


def test_stopping_while_the_bank_waits_closes_its_page(story: Story) -> None:
    story.give(mail="reader@example.org")
    story.processor.answers = [Outcome.ACTION_REQUIRED]
    story.quiet_days(28)
    _stop(story)
    assert confirm_url(Contribution.objects.get(), story.now) == ""
    story.days(2)
    assert Attempt.objects.get(installment__number=2).state == "cancelled"
    assert Installment.objects.get(number=2).state == "skipped"
