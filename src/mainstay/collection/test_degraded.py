"""A processor in trouble: its key refused, its calls limited. No try is counted, and nobody is written to."""

from datetime import timedelta

import pytest

from mainstay.contributions.models import Attempt, Contribution, Installment
from mainstay.contributions.port import ObjectKind, Outcome, ProcessorRefused
from mainstay.core.money import Money
from mainstay.letters.models import Letter

from . import declines
from .conftest import Story
from .models import AccountWatch, Difference, Hint, Payment, Refund
from .refunds import request_refund


def _refuse(story: Story) -> None:
    story.processor.refuse = ProcessorRefused("The key was taken back.")


def test_a_refused_key_stops_the_run_of_that_account_and_counts_no_try(story: Story) -> None:
    for _reader in range(5):
        story.give(mail="reader@example.org")
    _refuse(story)
    story.clock.moment = story.clock.moment.replace(month=2, day=28)
    calls = len(story.processor.calls)
    story.work()
    assert len(story.processor.calls) - calls == 1
    story.later(minutes=5)
    assert len(story.processor.calls) - calls == 1, "the account rests for a quarter of an hour"
    story.later(minutes=11)
    assert len(story.processor.calls) - calls == 2, "then one call tries again"
    story.processor.refuse = None
    story.later(minutes=16)
    story.later(minutes=31)
    assert Payment.objects.count() == 10
    assert set(Installment.objects.values_list("tries", flat=True)) == {0}
    assert not Letter.objects.filter(kind="payment_failed").exists()


def test_a_key_refused_in_the_middle_of_a_payment_leaves_it_undone(story: Story) -> None:
    story.give()

    def refuse(call: str) -> None:
        if call == "prepare":
            _refuse(story)

    story.processor.after = refuse
    story.quiet_days(28)
    attempt = Attempt.objects.get(installment__number=2)
    assert (attempt.state, Contribution.objects.get().state) == ("not_executed", "active")
    assert AccountWatch.objects.get().resting_until == story.now + timedelta(minutes=15)
    story.processor.after, story.processor.refuse = lambda call: None, None
    story.later(hours=1)
    assert (Payment.objects.count(), len(story.processor.charges())) == (2, 2)


def test_the_webs_key_does_not_put_the_workers_account_to_rest(story: Story) -> None:
    _refuse(story)
    assert story.give().step == "declined"
    assert not AccountWatch.objects.filter(resting_until__isnull=False).exists()
    assert Attempt.objects.get().state == "not_executed"


def test_hints_and_refunds_wait_while_the_account_rests(story: Story) -> None:
    story.give()
    request_refund(
        Payment.objects.get(), Money(100, "USD"), request_token="t", reason="", actor="finance", now=story.now
    )
    story.processor.tell(ObjectKind.INTENT, story.processor.charges()[-1].remote_id)
    story.later(minutes=11)
    story.processor.tell(ObjectKind.REFUND, "re-unknown")
    _refuse(story)
    story.later(minutes=11)
    assert AccountWatch.objects.get().resting_until is not None
    story.processor.refuse = None
    story.later(minutes=16)
    story.later(hours=7)
    assert Refund.objects.get().state == "succeeded"
    story.later(hours=24)
    assert not Hint.objects.exists()


def test_a_key_refused_for_days_loses_no_hint(story: Story) -> None:
    story.processor.lost_answers = {"execute", "look_up"}
    story.give()
    story.processor.tell(ObjectKind.INTENT, story.processor.charges()[-1].remote_id)
    story.later(minutes=1)
    _refuse(story)
    story.processor.lost_answers = set()
    story.days(3)
    assert not Difference.objects.exists()
    story.processor.refuse = None
    story.later(hours=7)
    assert (Payment.objects.count(), Hint.objects.count()) == (1, 0)


def test_limited_calls_are_tried_again_later_without_a_letter(story: Story) -> None:
    story.give(mail="reader@example.org")
    story.processor.answers = [Outcome.NOT_EXECUTED] * 6
    story.quiet_days(28)
    for _time in range(6):
        story.later(minutes=31)
    assert Payment.objects.count() == 2
    assert Installment.objects.get(number=2).tries == 0
    assert not Letter.objects.filter(kind="payment_failed").exists()


def test_while_renewals_are_stopped_nothing_is_tried_again(story: Story) -> None:
    story.give()
    story.processor.answers = [Outcome.DECLINED_SOFT]
    story.later(days=28)
    story.newsroom.renewals_stopped_reason = "the desk"
    story.newsroom.save()
    story.later(days=2)
    assert Attempt.objects.filter(installment__number=2).count() == 1


def test_what_is_refused_again_and_again_is_asked_less_and_less_often(story: Story) -> None:
    story.give(mail="reader@example.org")
    story.processor.answers = [Outcome.REJECTED] * 100
    story.later(days=28)
    for _time in range(16):
        story.later(hours=3)
    assert Attempt.objects.filter(installment__number=2).count() == 11


@pytest.mark.parametrize("outcome", [Outcome.REJECTED, Outcome.NOT_EXECUTED])
def test_our_own_fault_is_no_letter_to_the_reader(story: Story, outcome: Outcome) -> None:
    story.give(mail="reader@example.org")
    story.processor.answers = [outcome]
    story.quiet_days(28)
    assert not Letter.objects.filter(kind="payment_failed").exists()
    assert Contribution.objects.get().state == "active"


def test_when_all_are_declined_the_run_stops_and_spares_the_other_readers_their_tries(story: Story) -> None:
    for _reader in range(30):
        story.give(mail="reader@example.org")
    story.processor.answers = [Outcome.DECLINED_SOFT] * 30
    story.clock.moment = story.clock.moment.replace(month=2, day=28)
    story.work()
    renewals = Installment.objects.filter(number=2)
    assert renewals.filter(state="retrying", tries=1).count() == declines.LARGEST_ROW
    assert renewals.filter(state="due", tries=0).count() == 30 - declines.LARGEST_ROW
    story.later(minutes=16)
    assert renewals.filter(state="due").count() == 30 - declines.LARGEST_ROW - 1, "one tries again"
    story.processor.answers = []
    story.later(minutes=16)
    assert renewals.filter(state="paid").count() == 30 - declines.LARGEST_ROW - 1
    assert not renewals.filter(state="due").exists()


def test_a_success_between_declines_begins_their_count_anew(story: Story) -> None:
    for _reader in range(30):
        story.give()
    before = [Outcome.DECLINED_SOFT] * (declines.LARGEST_ROW - 1)
    story.processor.answers = [*before, Outcome.SUCCEEDED, *[Outcome.DECLINED_SOFT] * 10]
    story.quiet_days(28)
    renewals = Installment.objects.filter(number=2)
    assert (renewals.filter(state="retrying").count(), renewals.filter(state="paid").count()) == (29, 1)
