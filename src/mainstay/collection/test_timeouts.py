"""Time-outs and cut answers, before and after the money moved: unknown, looked up, one charge."""

from datetime import timedelta

import pytest

from mainstay.contributions.models import Attempt, Contribution, Installment
from mainstay.contributions.port import ObjectKind, Outcome, RemoteFact
from mainstay.contributions.retry import STANDARD
from mainstay.core.ids import new_checkout_key
from mainstay.letters.models import Letter

from .checkout import check_again
from .conftest import Story, outcome
from .models import Payment


def test_a_time_out_after_success_is_one_charge_and_one_receipt(story: Story) -> None:
    story.processor.lost_answers = {"execute"}
    progress = story.give(mail="reader@example.org")
    assert progress.step == "checking"
    story.later(minutes=2)
    assert (len(story.processor.charges()), Payment.objects.count()) == (1, 1)
    assert Letter.objects.filter(kind="receipt").count() == 1


def test_a_time_out_while_preparing_moves_no_money_and_keeps_its_key(story: Story) -> None:
    story.give()
    story.processor.lost_answers = {"prepare"}
    story.quiet_days(28)
    assert Attempt.objects.get(installment__number=2).state == "not_executed"
    story.processor.lost_answers = set()
    story.later(minutes=31)
    assert Payment.objects.count() == 2
    assert len(story.processor.objects) == 2


def test_while_it_is_unknown_nothing_is_tried_beside_it(story: Story) -> None:
    story.give()
    story.processor.lost_answers, story.processor.answers = {"execute"}, [Outcome.UNKNOWN]
    story.quiet_days(28)
    remote_id = Installment.objects.get(number=2).remote_id
    story.days(9)
    assert Attempt.objects.filter(installment__number=2).count() == 1
    assert Installment.objects.get(number=2).state == "unknown"
    story.processor.settle(remote_id)
    story.days(1)
    assert Payment.objects.count() == 2


class OtherKey:
    """Another account's key is in use for a while: what this company is asked there, it has never heard of."""

    def __init__(self, story: Story) -> None:
        self._processor, self._ours = story.processor, story.processor.objects
        self._theirs: dict[str, RemoteFact] = {}

    def __enter__(self) -> None:
        self._processor.objects = self._theirs

    def __exit__(self, *_error: object) -> None:
        self._processor.objects = self._ours

    @property
    def charges(self) -> int:
        """How often the reader was charged, at both accounts together."""
        facts = (*self._ours.values(), *self._theirs.values())
        return sum(fact.outcome == Outcome.SUCCEEDED for fact in facts)


@pytest.mark.parametrize("answer", [Outcome.SUCCEEDED, Outcome.PENDING, Outcome.UNKNOWN])
def test_with_another_accounts_key_nothing_is_paid_twice(story: Story, answer: Outcome) -> None:
    story.give()
    story.processor.answers = [answer]
    story.processor.lost_answers = {"execute"} if answer == Outcome.SUCCEEDED else set()
    story.quiet_days(28)
    remote_id = Installment.objects.get(number=2).remote_id
    other = OtherKey(story)
    with other:
        story.days(3)
        assert outcome(Contribution.objects.get()) == ("active", "unknown")
    if answer != Outcome.SUCCEEDED:
        story.processor.settle(remote_id)
    story.days(1)
    assert (Payment.objects.count(), other.charges) == (2, 2)
    assert Attempt.objects.get(installment__number=2).missing_since is None


def test_a_reader_who_waits_does_not_wear_the_patience_out(story: Story) -> None:
    key = new_checkout_key()
    story.processor.lost_answers = {"execute"}
    assert story.give(key).step == "checking"
    other = OtherKey(story)
    with other:
        for _look in range(20):
            story.clock.moment += timedelta(seconds=5)
            assert check_again(story.newsroom, key, story.now).step == "checking"
    story.later(days=1)
    assert (Payment.objects.count(), other.charges) == (1, 1)


def test_days_without_an_answer_do_not_wear_it_out_either(story: Story) -> None:
    story.give()
    story.processor.lost_answers, story.processor.answers = {"execute"}, [Outcome.UNKNOWN]
    story.quiet_days(28)
    story.days(14)
    with OtherKey(story):
        story.days(1)
    assert outcome(Contribution.objects.get()) == ("active", "unknown")


def test_what_is_gone_for_days_is_believed_and_tried_anew(story: Story) -> None:
    story.give()
    story.processor.lost_answers, story.processor.answers = {"execute"}, [Outcome.UNKNOWN]
    story.quiet_days(28)
    story.processor.objects, story.processor.lost_answers = {}, set()
    for _day in range(STANDARD.gone_after_days + 1):
        assert Attempt.objects.filter(installment__number=2).count() == 1
        story.later(days=1)
    assert Attempt.objects.get(installment__number=2).state == "expired"
    story.later(hours=1)
    assert (Payment.objects.count(), Attempt.objects.filter(installment__number=2).count()) == (2, 2)


def test_what_the_call_itself_did_not_find_is_tried_anew_within_the_hour(story: Story) -> None:
    """Nothing was moved: some companies forget an object that was made days ago and not paid."""
    story.give()
    story.processor.answers = [Outcome.DECLINED_SOFT, Outcome.NOT_FOUND]
    story.days(30)
    assert Attempt.objects.filter(installment__number=2, state="expired").count() == 1
    story.later(hours=1)
    assert (Payment.objects.count(), Contribution.objects.get().state) == (2, "active")


def test_what_a_killed_worker_left_unsent_is_paid_within_minutes(story: Story) -> None:
    story.give()

    def killed(call: str) -> None:
        if call == "execute":
            raise RuntimeError("The worker was killed.")

    story.processor.before = killed
    story.quiet_days(28)
    assert Attempt.objects.get(installment__number=2).state == "sent"
    story.processor.before = lambda call: None
    story.later(minutes=3)
    story.later(minutes=2)
    assert (len(story.processor.charges()), Payment.objects.count()) == (2, 2)


def test_look_ups_go_further_and_further_apart(story: Story) -> None:
    story.processor.lost_answers, story.processor.answers = {"execute"}, [Outcome.UNKNOWN]
    story.give()
    asked = []
    for minutes in range(0, 60 * 9, 1):
        before = len(story.processor.calls)
        story.clock.moment += timedelta(minutes=1)
        from .run import collect, due_installments

        for installment in due_installments(story.now, 10):
            collect(installment, story.ring, "http://127.0.0.1", story.now)
        if "look_up" in story.processor.calls[before:]:
            asked.append(minutes + 1)
    assert asked == [1, 6, 36, 156, 516]


@pytest.mark.parametrize("outcome", [Outcome.DECLINED_SOFT, Outcome.SUCCEEDED])
def test_a_webhook_resolves_what_is_unknown(story: Story, outcome: Outcome) -> None:
    story.give()
    story.processor.lost_answers, story.processor.answers = {"execute"}, [Outcome.UNKNOWN]
    story.quiet_days(28)
    remote_id = Installment.objects.get(number=2).remote_id
    story.processor.settle(remote_id, outcome)
    story.processor.tell(ObjectKind.INTENT, remote_id)
    story.later(minutes=11)
    paid = outcome == Outcome.SUCCEEDED
    assert Installment.objects.get(number=2).state == ("paid" if paid else "retrying")
