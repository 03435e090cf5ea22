"""Refunds: whole, in part, slow, lost, made elsewhere, failing afterwards, ten at once, and never beyond the gross."""

import threading
import time
from dataclasses import replace

import pytest
from django.db import OperationalError, connection

from mainstay.contributions.models import Contribution
from mainstay.contributions.port import DisputeStage, ObjectKind, Outcome
from mainstay.core.money import MixedCurrencies, Money
from mainstay.ledger.models import Transfer

from .conftest import Story
from .disputes import apply_dispute
from .models import Difference, Payment, Refund
from .refunds import RefundDisputed, RefundTooLarge, carry_out_refund, request_refund


def _ask(story: Story, minor: int, token: str, currency: str = "USD") -> Refund:
    payment = Payment.objects.latest("day")
    return request_refund(
        payment, Money(minor, currency), request_token=token, reason="", actor="finance", now=story.now
    )


def _killed(call: str) -> None:
    if call == "refund":
        raise KeyboardInterrupt


def _net() -> int:
    """What the books say went back: refunds less those that failed afterwards."""
    back = sum(Transfer.objects.filter(to_account__code="refunds").values_list("amount_minor", flat=True))
    again = sum(Transfer.objects.filter(from_account__code="refunds").values_list("amount_minor", flat=True))
    return back - again


def test_two_equal_parts_are_two_refunds_and_a_double_click_is_one(story: Story) -> None:
    story.give()
    assert _ask(story, 200, "a").pk == _ask(story, 200, "a").pk
    _ask(story, 200, "b")
    story.work()
    assert (len(story.processor.refunds), _net(), Payment.objects.get().refunded_minor) == (2, 400, 400)


def test_never_more_than_the_gross_and_in_its_own_currency(story: Story) -> None:
    story.give()
    _ask(story, 500, "a")
    for minor in (1, 500, 0, -1):
        with pytest.raises((RefundTooLarge, ValueError)):
            _ask(story, minor, f"b{minor}")
    with pytest.raises(MixedCurrencies):
        _ask(story, 1, "c", "EUR")


def test_one_that_is_slow_is_booked_when_it_is_there(story: Story) -> None:
    story.give()
    story.processor.refund_outcome = Outcome.PENDING
    row = _ask(story, 500, "a")
    story.work()
    row.refresh_from_db()
    assert (row.state, _net()) == ("pending", 0)
    with pytest.raises(RefundTooLarge):
        _ask(story, 1, "b")
    remote_id = next(iter(story.processor.refunds))
    story.processor.refunds[remote_id] = _as(story, remote_id, Outcome.SUCCEEDED)
    story.days(1)
    row.refresh_from_db()
    assert (row.state, _net()) == ("succeeded", 500)


def _as(story: Story, remote_id: str, outcome: Outcome):
    from dataclasses import replace

    return replace(story.processor.refunds[remote_id], outcome=outcome, why="account_closed")


@pytest.mark.parametrize("before", [Outcome.PENDING, Outcome.SUCCEEDED])
def test_one_that_fails_afterwards_is_taken_back_in_the_books(story: Story, before: Outcome) -> None:
    story.give()
    story.processor.refund_outcome = before
    row = _ask(story, 500, "a")
    story.work()
    remote_id = next(iter(story.processor.refunds))
    story.processor.refunds[remote_id] = _as(story, remote_id, Outcome.REJECTED)
    story.processor.tell(ObjectKind.REFUND, remote_id)
    story.days(1)
    row.refresh_from_db()
    assert (row.state, row.why_failed, _net()) == ("failed", "account_closed", 0)
    assert Payment.objects.get().refunded_minor == 0
    _ask(story, 500, "again")


@pytest.mark.parametrize("days", [0, 3])
def test_one_whose_answer_was_lost_is_found_by_its_key_and_not_made_twice(story: Story, days: int) -> None:
    story.give()
    story.processor.lost_answers = {"refund"}
    row = _ask(story, 200, "a")
    story.work()
    row.refresh_from_db()
    assert row.state == "unknown"
    if days:
        story.processor.keys.clear()  # the processor has forgotten the key; only the look-up knows the refund
    story.later(days=days, minutes=2)
    row.refresh_from_db()
    assert (row.state, len(story.processor.refunds), _net()) == ("succeeded", 1, 200)


def test_one_whose_worker_was_killed_is_not_made_twice_after_the_keys_life(story: Story) -> None:
    story.give()
    _ask(story, 200, "a")
    story.processor.after = _killed
    with pytest.raises(KeyboardInterrupt):
        carry_out_refund(Refund.objects.get().pk, story.ring, story.now)
    story.processor.after = lambda call: None
    del story.processor.keys[Refund.objects.get().key]
    story.later(hours=30)
    assert (len(story.processor.refunds), Refund.objects.get().state) == (1, "succeeded")


def test_a_dispute_that_opens_before_the_refund_goes_stops_it(story: Story) -> None:
    story.give()
    _ask(story, 500, "a")
    story.processor.dispute(DisputeStage.OPENED)
    apply_dispute(story.account, story.processor.disputes["dp1"], story.now)
    story.work()
    assert not story.processor.refunds
    assert (Refund.objects.get().state, Refund.objects.get().why_failed) == ("failed", "disputed")


def test_one_made_at_the_processor_is_booked_and_counts(story: Story) -> None:
    story.give()
    charge = story.processor.charges()[-1]
    refund = story.processor.give_back(charge.charge_id, Money(300, "USD"))
    story.processor.tell(ObjectKind.REFUND, refund.remote_id)
    story.later(minutes=11)
    row = Refund.objects.get()
    assert (row.state, row.requested_by, _net()) == ("succeeded", "processor", 300)
    with pytest.raises(RefundTooLarge):
        _ask(story, 201, "a")
    assert Contribution.objects.get().events.filter(kind="refunded", actor="processor").count() == 1


def test_a_webhook_of_our_own_refund_is_not_a_second_one(story: Story) -> None:
    story.give()
    story.processor.lost_answers = {"refund"}
    _ask(story, 200, "a")
    story.work()
    story.processor.tell(ObjectKind.REFUND, next(iter(story.processor.refunds)))
    story.later(minutes=11)
    assert (Refund.objects.count(), _net()) == (1, 200)


@pytest.mark.parametrize(
    ("went", "booked"),
    [(Money(300, "USD"), 300), (Money(501, "USD"), 0), (Money(300, "EUR"), 0)],
)
def test_one_that_the_processor_made_of_another_amount_is_shown_and_counts_as_what_it_is(
    story: Story, went: Money, booked: int
) -> None:
    story.give()
    row = _ask(story, 200, "a")
    story.processor.lost_answers = {"refund"}
    story.work()
    remote_id = next(iter(story.processor.refunds))
    story.processor.refunds[remote_id] = replace(story.processor.refunds[remote_id], amount=went)
    story.later(minutes=2)
    assert (_net(), Payment.objects.get().refunded_minor) == (booked, booked)
    assert Difference.objects.get().kind == "refund"
    row.refresh_from_db()
    assert row.remote_hash


def test_half_a_year_later_a_refund_still_finds_its_payment(story: Story) -> None:
    story.give(frequency="once")
    charge = story.processor.charges()[-1]
    story.days(1)
    story.later(days=180)
    refund = story.processor.give_back(charge.charge_id, Money(500, "USD"))
    story.processor.tell(ObjectKind.REFUND, refund.remote_id)
    story.later(minutes=11)
    assert _net() == 500


def test_a_disputed_payment_is_not_given_back_as_well(story: Story) -> None:
    story.give()
    story.processor.dispute(DisputeStage.INQUIRY)
    story.later(minutes=11)
    _ask(story, 100, "during the inquiry")
    story.processor.dispute(DisputeStage.OPENED)
    story.later(minutes=11)
    with pytest.raises(RefundDisputed):
        _ask(story, 100, "a")
    story.processor.dispute(DisputeStage.WON)
    story.later(minutes=11)
    _ask(story, 100, "after it was won")


def test_ten_at_once_never_pass_the_gross(books_can_go: None, story: Story) -> None:
    story.give()
    refused: list[str] = []
    start = threading.Barrier(10)

    def ask(number: int) -> None:
        start.wait()
        asked = False
        while not asked:
            try:
                _ask(story, 200, f"token-{number}")
                asked = True
            except OperationalError:
                time.sleep(0.01)  # SQLite in memory does not wait for a lock
            except RefundTooLarge:
                refused.append(str(number))
                asked = True
        connection.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(refused), Refund.objects.count()) == (8, 2)
    for row in Refund.objects.all():
        carry_out_refund(row.pk, story.ring, story.now)
    assert _net() == 400
