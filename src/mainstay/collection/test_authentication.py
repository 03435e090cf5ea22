"""The bank wants its customer: the page used twice, late, after another card, after a stop, and paying by hand."""

import pytest

from mainstay.contributions import actions
from mainstay.contributions.models import Attempt, Contribution, Installment
from mainstay.contributions.port import ObjectKind, Outcome
from mainstay.letters.models import Letter

from . import cards
from .cards import confirm_url, confirmed, replace_card
from .checkout import Progress, Step
from .conftest import Story
from .models import Difference, Payment


def _waits(story: Story) -> str:
    """A renewal that waits for its supporter's bank; returns its object's id."""
    story.give(mail="reader@example.org")
    story.processor.answers = [Outcome.ACTION_REQUIRED]
    story.quiet_days(28)
    return Installment.objects.get(number=2).remote_id


def test_one_letter_no_try_of_our_own_and_the_promise_waits(story: Story) -> None:
    _waits(story)
    story.days(10)
    assert Attempt.objects.filter(installment__number=2).count() == 1
    assert Letter.objects.filter(kind="authentication_needed").count() == 1
    assert Contribution.objects.get().state == "failing"


def test_confirmed_twice_is_paid_once(story: Story) -> None:
    story.processor.settle(_waits(story))
    for _time in range(2):
        confirmed(Contribution.objects.get(), story.now)
    assert (Payment.objects.count(), Letter.objects.filter(kind="receipt").count()) == (2, 2)
    assert Contribution.objects.get().state == "active"


def test_another_card_is_tried_at_once_on_the_same_object(story: Story) -> None:
    """Paying by hand and the retry are one installment and one remote object: never two charges."""
    remote_id = _waits(story)
    progress = replace_card(Contribution.objects.get(), "tok", story.now)
    assert progress.step == Step.PAID
    assert progress.payment is not None
    assert Installment.objects.get(number=2).payment == progress.payment
    assert story.processor.objects[remote_id].charge_id
    states = Attempt.objects.filter(installment__number=2).order_by("number").values_list("state", flat=True)
    assert list(states) == ["cancelled", "succeeded"]
    story.processor.tell(ObjectKind.INTENT, remote_id)
    story.quiet_days(20)
    assert (len(story.processor.charges()), Payment.objects.count()) == (2, 2)
    assert not Difference.objects.exists()


def test_the_old_page_approved_before_another_card_is_not_charged_again(story: Story) -> None:
    story.processor.settle(_waits(story))
    progress = replace_card(Contribution.objects.get(), "tok", story.now)
    assert progress.step == Step.PAID
    assert (len(story.processor.charges()), Payment.objects.count()) == (2, 2)


def test_paying_by_hand_while_a_retry_is_planned(story: Story) -> None:
    story.give(mail="reader@example.org")
    story.processor.answers = [Outcome.DECLINED_SOFT]
    story.quiet_days(28)
    assert Installment.objects.get(number=2).state == "retrying"
    assert replace_card(Contribution.objects.get(), "tok", story.now).payment is not None
    story.quiet_days(20)
    assert (len(story.processor.charges()), Payment.objects.count()) == (2, 2)
    assert Contribution.objects.get().state == "active"


def test_paying_by_hand_that_is_declined_says_so_and_writes_no_letter(story: Story) -> None:
    story.give(mail="reader@example.org")
    story.processor.answers = [Outcome.DECLINED_HARD, Outcome.DECLINED_SOFT]
    story.quiet_days(28)
    assert Letter.objects.filter(kind="payment_failed").count() == 1
    progress = replace_card(Contribution.objects.get(), "tok", story.now)
    assert (progress.step, progress.payment, progress.decline) == (Step.PAID, None, "insufficient_funds")
    assert Letter.objects.filter(kind="payment_failed").count() == 1
    assert str(Installment.objects.get(number=2).next_try_on) == "2026-03-02"


def test_paying_by_hand_while_the_worker_has_it_is_left_to_the_worker(story: Story) -> None:
    story.give()
    story.processor.answers = [Outcome.DECLINED_HARD]
    story.quiet_days(28)
    from mainstay.jobs.claims import claim

    assert claim(Installment, Installment.objects.get(number=2).pk, story.now)
    assert replace_card(Contribution.objects.get(), "tok", story.now).payment is None
    assert len(story.processor.charges()) == 1


def test_a_card_given_while_the_worker_is_declined_for_good_is_tried_next(story: Story) -> None:
    story.give()
    story.processor.answers = [Outcome.DECLINED_SOFT, Outcome.DECLINED_HARD]
    story.later(days=28)
    todo = ["once"]

    def another_card(call: str) -> None:
        if call == "execute" and todo:
            todo.pop()
            assert replace_card(Contribution.objects.get(), "tok", story.now).payment is None

    story.processor.before = another_card
    story.later(days=2)
    story.later(minutes=1)
    assert (Payment.objects.count(), Contribution.objects.get().state) == (2, "active")


def test_the_same_when_that_run_goes_on_where_another_died(story: Story) -> None:
    story.give()
    story.processor.answers = [Outcome.DECLINED_HARD]
    todo = ["prepare", "execute"]

    def die_then_another_card(call: str) -> None:
        if todo and call == todo[0]:
            todo.pop(0)
            if call == "prepare":
                raise ConnectionAbortedError
            assert replace_card(Contribution.objects.get(), "tok", story.now).payment is None

    story.processor.before = die_then_another_card
    story.later(days=28)
    assert Attempt.objects.order_by("-opened_on").values_list("state", flat=True)[0] == "created"
    story.later(minutes=10)
    story.later(minutes=1)
    assert (Payment.objects.count(), Contribution.objects.get().state) == (2, "active")


def test_a_card_that_was_saved_and_not_paid_with_is_tried_by_the_worker(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The web process died between saving the card and collecting what is overdue."""
    story.give()
    story.processor.answers = [Outcome.DECLINED_HARD]
    story.later(days=28)
    monkeypatch.setattr(cards, "_pay_overdue", lambda contribution, *rest: Progress(Step.PAID, contribution))
    replace_card(Contribution.objects.get(), "tok", story.now)
    story.work()
    assert (Payment.objects.count(), Contribution.objects.get().state) == (2, "active")


def test_the_banks_page_of_a_card_given_by_hand_left_open_is_closed_and_the_worker_goes_on(
    story: Story,
) -> None:
    story.give()
    story.processor.answers = [Outcome.DECLINED_HARD, Outcome.ACTION_REQUIRED]
    story.quiet_days(28)
    replace_card(Contribution.objects.get(), "tok", story.now)
    assert Installment.objects.get(number=2).state == "action_required"
    story.later(minutes=31)
    story.later(minutes=31)
    assert Payment.objects.count() == 2


def test_nothing_leads_to_the_bank_after_a_stop(story: Story) -> None:
    _waits(story)
    actions.stop(Contribution.objects.get(), why="reader", actor="reader", day=story.now.date())
    assert confirm_url(Contribution.objects.get(), story.now) == ""


def test_approved_after_a_stop_the_charge_stands_and_is_shown(story: Story) -> None:
    remote_id = _waits(story)
    actions.stop(Contribution.objects.get(), why="reader", actor="reader", day=story.now.date())
    story.processor.settle(remote_id)
    story.days(2)
    assert (Payment.objects.count(), Contribution.objects.get().state) == (2, "cancelled")
