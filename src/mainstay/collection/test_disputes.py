"""Disputes: asked, opened, won, lost, in part, after a refund, two on one charge. Renewals end at once."""

from datetime import timedelta

import pytest

from mainstay.contributions.models import Contribution
from mainstay.contributions.port import DisputeStage
from mainstay.core.money import Money
from mainstay.ledger.models import LedgerAccount
from mainstay.ledger.post import balance, hold_code, processor_code

from .conftest import Story
from .models import Difference, Dispute, Payment, Refund
from .refunds import request_refund

FEE = Money(1500, "USD")


def _balances(story: Story) -> tuple[int, int, int]:
    """What the books say is at the processor, on hold, and lost."""
    codes = (processor_code(story.account.pk), hold_code(story.account.pk), "chargebacks")
    return tuple(balance(story.newsroom, "USD", code).minor for code in codes)  # type: ignore[return-value]


def _told(story: Story, stage: DisputeStage, dispute_id: str = "dp1", **changes: object) -> None:
    story.processor.dispute(stage, dispute_id, **changes)
    story.later(minutes=11)


def test_an_opened_dispute_ends_the_promise_and_sets_the_money_aside(story: Story) -> None:
    story.give()
    _told(story, DisputeStage.OPENED, fee=FEE)
    row = Contribution.objects.get()
    assert (row.state, row.ended_why, row.next_due_date) == ("cancelled", "dispute", None)
    assert _balances(story) == (455 - 500 - 1500, 500, 0)
    story.days(70, every=4)
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("fee_returned", [True, False])
def test_won(story: Story, fee_returned: bool) -> None:
    story.give()
    _told(story, DisputeStage.OPENED, fee=FEE)
    _told(story, DisputeStage.WON, fee=FEE, fee_returned=fee_returned)
    assert _balances(story) == (455 - (0 if fee_returned else 1500), 0, 0)
    assert Contribution.objects.get().state == "cancelled"


def test_lost(story: Story) -> None:
    story.give()
    _told(story, DisputeStage.OPENED)
    _told(story, DisputeStage.LOST)
    assert _balances(story) == (455 - 500, 0, 500)
    assert Dispute.objects.get().closed_on is not None


def test_heard_of_for_the_first_time_when_it_is_lost(story: Story) -> None:
    story.give()
    _told(story, DisputeStage.LOST, fee=FEE)
    assert _balances(story) == (455 - 500 - 1500, 0, 500)


def test_an_inquiry_books_nothing_and_still_ends_the_promise(story: Story) -> None:
    story.give()
    _told(story, DisputeStage.INQUIRY)
    assert (_balances(story), Contribution.objects.get().ended_why) == ((455, 0, 0), "dispute")
    _told(story, DisputeStage.OPENED, amount=Money(300, "USD"))
    assert _balances(story) == (155, 300, 0)


def test_a_part(story: Story) -> None:
    story.give()
    _told(story, DisputeStage.OPENED, amount=Money(200, "USD"))
    _told(story, DisputeStage.LOST)
    assert _balances(story) == (255, 0, 200)
    assert not Difference.objects.exists()


def test_two_on_one_charge(story: Story) -> None:
    story.give()
    _told(story, DisputeStage.LOST, "dp1", amount=Money(200, "USD"))
    _told(story, DisputeStage.LOST, "dp2", amount=Money(300, "USD"))
    assert (Dispute.objects.count(), _balances(story)) == (2, (-45, 0, 500))
    assert not Difference.objects.exists()


def test_more_than_is_left_after_a_refund_is_booked_as_taken_and_shown(story: Story) -> None:
    story.give()
    request_refund(
        Payment.objects.get(), Money(500, "USD"), request_token="t", reason="", actor="finance", now=story.now
    )
    story.work()
    assert Refund.objects.get().state == "succeeded"
    _told(story, DisputeStage.OPENED)
    assert _balances(story) == (455 - 500 - 500, 500, 0)
    shown = Difference.objects.get()
    assert (shown.kind, shown.detail["refunded"]) == ("dispute", 500)


def test_what_is_said_after_the_end_is_shown_and_books_nothing(story: Story) -> None:
    story.give()
    _told(story, DisputeStage.WON)
    before = _balances(story)
    _told(story, DisputeStage.LOST)
    assert (_balances(story), Dispute.objects.get().stage) == (before, "won")
    assert Difference.objects.get().detail["after"] == "lost"


def test_half_a_year_later_a_dispute_still_finds_its_payment(story: Story) -> None:
    story.give(frequency="once")
    story.clock.moment += timedelta(days=180)
    story.work()
    _told(story, DisputeStage.OPENED)
    assert Dispute.objects.get().payment == Payment.objects.get()


def test_no_clear_id_stays(story: Story) -> None:
    story.give()
    _told(story, DisputeStage.OPENED)
    kept = str(list(Dispute.objects.values())) + str(list(LedgerAccount.objects.values()))
    assert "dp1" not in kept
