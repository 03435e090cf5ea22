"""Hints in any order, any number of times, late, or never: the books are the same."""

import itertools
from datetime import timedelta

import pytest
from django.db import transaction

from mainstay.contributions.models import Attempt, Contribution, Installment
from mainstay.contributions.port import DisputeStage, EventRef, ObjectKind, Outcome
from mainstay.core.money import Money
from mainstay.ledger.models import Transfer
from mainstay.letters.models import Letter

from .conftest import Story
from .inbox import follow, receive
from .models import Difference, Dispute, Hint, Payment, Refund


def _books() -> list[tuple[str, int]]:
    return sorted(Transfer.objects.values_list("reference", "amount_minor"))


def _told(story: Story, *events: EventRef) -> None:
    """The webhooks of these events, each followed at once."""
    for event in events:
        receive(story.account, [event], story.now)
        story.clock.moment += timedelta(seconds=90)
        for hint in Hint.objects.all():
            follow(hint.pk, story.ring, story.now)


def test_refund_and_dispute_that_are_told_before_their_charge_wait_for_it(story: Story) -> None:
    story.processor.lost_answers = {"execute"}
    story.give()
    charge = story.processor.charges()[-1]
    refund = story.processor.give_back(charge.charge_id, Money(200, "USD"))
    _told(
        story,
        EventRef("1", ObjectKind.REFUND, refund.remote_id),
        story.processor.dispute(DisputeStage.OPENED),
    )
    assert Hint.objects.count() == 2
    _told(story, EventRef("3", ObjectKind.INTENT, charge.remote_id))
    story.later(minutes=31)
    assert not Hint.objects.exists()
    assert (Payment.objects.get().refunded_minor, Dispute.objects.get().stage) == (200, "opened")


def test_a_success_told_before_our_own_answer(story: Story) -> None:
    def webhook_first(call: str) -> None:
        if call == "execute":
            remote_id = Installment.objects.get().remote_id
            _told(story, EventRef("1", ObjectKind.INTENT, remote_id))

    story.processor.after = webhook_first
    assert story.give(mail="reader@example.org").step == "paid"
    assert (Payment.objects.count(), Letter.objects.filter(kind="receipt").count()) == (1, 1)
    assert Attempt.objects.get().state == "succeeded"


def test_what_an_object_looked_like_before_our_call_means_nothing(story: Story) -> None:
    """A hint that is followed between two calls of ours finds the last decline: it is not this try's."""
    story.processor.answers = [Outcome.DECLINED_SOFT]
    key = "one-checkout"
    story.give(key)

    def follow_in_between(call: str) -> None:
        if call == "execute":
            remote_id = Installment.objects.get().remote_id
            _told(story, EventRef("1", ObjectKind.INTENT, remote_id))

    story.processor.before = follow_in_between
    assert story.give(key).step == "paid"
    assert [row.state for row in Attempt.objects.order_by("number")] == ["declined", "succeeded"]
    assert Contribution.objects.get().events.filter(kind="declined").count() == 1


def test_a_decline_told_after_the_success_changes_nothing(story: Story) -> None:
    story.give()
    before = _books()
    charge = story.processor.charges()[-1]
    remote_id = charge.remote_id
    story.processor.objects[remote_id] = charge.__class__(
        Outcome.DECLINED_SOFT, remote_id=remote_id, reference=charge.reference
    )
    _told(story, EventRef("1", ObjectKind.INTENT, remote_id))
    assert _books() == before
    assert Contribution.objects.get().state == "active"


def test_a_forged_hint_learns_nothing_but_the_truth(story: Story) -> None:
    story.processor.answers = [Outcome.DECLINED_HARD]
    story.give()
    remote_id = Installment.objects.get().remote_id
    _told(story, EventRef("forged", ObjectKind.INTENT, remote_id))
    assert not Payment.objects.exists()
    assert not Hint.objects.exists()


def _happenings(story: Story) -> list[EventRef]:
    """A charge, a part given back at the processor, and a lost dispute: all of it unheard of here."""
    story.processor.lost_answers = {"execute"}
    story.give()
    charge = story.processor.charges()[-1]
    refund = story.processor.give_back(charge.charge_id, Money(100, "USD"))
    dispute = story.processor.dispute(DisputeStage.LOST, amount=Money(400, "USD"), fee=Money(1500, "USD"))
    return [
        EventRef("a", ObjectKind.INTENT, charge.remote_id),
        EventRef("b", ObjectKind.CHARGE, charge.charge_id),
        EventRef("c", ObjectKind.REFUND, refund.remote_id),
        dispute,
    ]


def test_any_order_and_any_number_gives_the_same_books(story: Story) -> None:
    happened = _happenings(story)
    for order in itertools.permutations(happened):
        before, moment = transaction.savepoint(), story.now
        _told(story, *order)
        _told(story, *happened, *happened)
        story.later(hours=7)
        assert sorted(amount for _reference, amount in _books()) == [45, 100, 400, 400, 500, 1500], order
        assert (Refund.objects.count(), Dispute.objects.count()) == (1, 1)
        assert Payment.objects.get().refunded_minor == 100
        assert not Hint.objects.exists()
        assert not Difference.objects.exists()
        transaction.savepoint_rollback(before)
        story.clock.moment = moment


@pytest.mark.parametrize("late", [timedelta(minutes=11), timedelta(days=3)])
def test_all_webhooks_lost_the_poll_finds_them(story: Story, late: timedelta) -> None:
    happened = _happenings(story)
    for event in happened:
        story.processor.tell(event.kind, event.object_id)
    story.clock.moment += late
    story.work()
    story.later(minutes=40)
    assert len(_books()) == 6


def test_a_hint_that_comes_while_its_object_is_fetched_is_not_lost(story: Story) -> None:
    story.give()
    event = story.processor.dispute(DisputeStage.OPENED)
    receive(story.account, [event], story.now)

    def closed_meanwhile(call: str) -> None:
        if call == "look_up_dispute" and Dispute.objects.count() == 0:
            story.processor.before = lambda call: None
            fact = story.processor.disputes["dp1"]
            receive(story.account, [event], story.now)
            story.processor.disputes["dp1"] = fact

    story.processor.before = closed_meanwhile
    follow(Hint.objects.get().pk, story.ring, story.now)
    assert Hint.objects.get().next_action_at == story.now
    story.processor.dispute(DisputeStage.WON)
    follow(Hint.objects.get().pk, story.ring, story.now)
    assert (Dispute.objects.get().stage, Hint.objects.count()) == ("won", 0)


def test_a_thousand_times_the_same_is_one_row(story: Story) -> None:
    event = EventRef("ev1", ObjectKind.INTENT, "in1")
    for _time in range(1000):
        receive(story.account, [event], story.now)
    assert Hint.objects.count() == 1


def test_news_of_a_payment_that_is_booked_is_dropped_and_costs_no_call(story: Story) -> None:
    story.give()
    calls = len(story.processor.calls)
    event = EventRef("1", ObjectKind.INTENT, story.processor.charges()[-1].remote_id)
    receive(story.account, [event], story.now)
    assert (Hint.objects.count(), len(story.processor.calls)) == (0, calls)


def test_an_unknown_object_is_shown_to_staff_after_a_day(story: Story) -> None:
    _told(story, EventRef("1", ObjectKind.DISPUTE, "dp-of-another-shop"))
    story.later(hours=23)
    assert (Hint.objects.count(), Difference.objects.count()) == (1, 0)
    story.later(hours=7)
    assert (Hint.objects.count(), Difference.objects.get().kind) == (0, "unknown_object")
    assert "dp-of-another-shop" not in str(Difference.objects.values())


def test_money_that_no_promise_asked_for_is_shown_as_that(story: Story) -> None:
    story.give()
    charge = story.processor.charges()[-1]
    stranger = charge.__class__(
        Outcome.SUCCEEDED, remote_id="in-x", charge_id="ch-x", amount=charge.amount, reference="a shop's own"
    )
    story.processor.objects["in-x"] = stranger
    _told(story, EventRef("1", ObjectKind.INTENT, "in-x"))
    story.later(hours=30)
    assert Difference.objects.get().kind == "unknown_payment"
    assert Payment.objects.count() == 1
