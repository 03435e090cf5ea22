"""Slow methods, such as a direct debit: under way for days, then there, refused, or come back after all."""

import pytest

from mainstay.contributions.models import Attempt, Contribution, Installment
from mainstay.contributions.port import DisputeStage, ObjectKind, Outcome
from mainstay.ledger.models import Transfer
from mainstay.letters.models import Letter

from .conftest import Story
from .models import Difference, Payment


def _begin_and_wait(story: Story, outcome: Outcome) -> str:
    """A promise whose second payment the bank has not decided on; returns its object's id."""
    story.give(mail="reader@example.org")
    story.processor.answers = [outcome]
    story.quiet_days(28)
    return Installment.objects.get(number=2).remote_id


def test_nothing_is_booked_while_the_bank_has_it_under_way(story: Story) -> None:
    _begin_and_wait(story, Outcome.PENDING)
    assert Installment.objects.get(number=2).state == "pending"
    story.days(5)
    assert (Payment.objects.count(), Attempt.objects.filter(installment__number=2).count()) == (1, 1)
    assert Contribution.objects.get().state == "active"


@pytest.mark.parametrize("told_by", ["webhook", "look-up"])
def test_a_late_success_is_booked_once(story: Story, told_by: str) -> None:
    remote_id = _begin_and_wait(story, Outcome.PENDING)
    story.processor.settle(remote_id)
    if told_by == "webhook":
        story.processor.tell(ObjectKind.INTENT, remote_id)
    story.days(3)
    assert (Payment.objects.count(), Transfer.objects.count()) == (2, 4)
    assert Installment.objects.get(number=2).state == "paid"
    assert not Difference.objects.exists()


def test_a_late_refusal_is_tried_again_after_the_day_it_was_told(story: Story) -> None:
    remote_id = _begin_and_wait(story, Outcome.PENDING)
    story.days(6)
    story.processor.settle(remote_id, Outcome.DECLINED_SOFT)
    story.days(1)
    row = Installment.objects.get(number=2)
    assert (row.state, str(row.next_try_on)) == ("retrying", "2026-03-08")
    assert Letter.objects.filter(kind="payment_failed").count() == 1
    story.days(1)
    assert Payment.objects.count() == 2


def test_a_debit_that_comes_back_after_success_ends_the_promise(story: Story) -> None:
    remote_id = _begin_and_wait(story, Outcome.PENDING)
    story.processor.settle(remote_id)
    story.days(2)
    story.processor.dispute(DisputeStage.LOST)
    story.days(40, every=4)
    assert Payment.objects.count() == 2
    assert Transfer.objects.filter(to_account__code="chargebacks").get().amount_minor == 500
    assert Contribution.objects.get().ended_why == "dispute"


@pytest.mark.parametrize("given_up", ["declined", "uncollectible", "cancelled"])
def test_money_always_wins(story: Story, given_up: str) -> None:
    """A success that comes after we had given the try, the installment or the promise up is booked."""
    remote_id = _begin_and_wait(story, Outcome.DECLINED_HARD)
    if given_up == "uncollectible":
        story.days(22)
        assert Installment.objects.get(number=2).state == "uncollectible"
    if given_up == "cancelled":
        Contribution.objects.update(state="cancelled")
        Installment.objects.filter(number=2).update(state="skipped")
    story.processor.settle(remote_id)
    story.processor.tell(ObjectKind.INTENT, remote_id)
    story.later(minutes=11)
    assert Payment.objects.filter(installment__number=2).count() == 1
    assert Installment.objects.get(number=2).state == "paid"
    assert Difference.objects.filter(kind="late").count() == (given_up != "declined")
    state = {"declined": "active", "uncollectible": "lapsed", "cancelled": "cancelled"}[given_up]
    assert Contribution.objects.get().state == state


def test_a_first_payment_that_takes_days_begins_the_promise_when_it_is_there(story: Story) -> None:
    story.processor.answers = [Outcome.PENDING]
    story.give()
    story.days(4)
    assert Contribution.objects.get().state == "pending"
    story.processor.settle(Installment.objects.get().remote_id)
    story.days(1)
    row = Contribution.objects.get()
    assert (row.state, str(row.anchor)) == ("active", "2026-02-05")
