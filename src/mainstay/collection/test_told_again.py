"""What is told of a try a second time, or when it is over: two web pages and the worker may ask at the same moment."""

import pytest

from mainstay.contributions.models import Attempt, Contribution, Installment
from mainstay.contributions.port import Outcome, RemoteFact
from mainstay.letters.models import Letter

from .conftest import Story
from .models import Payment
from .outcome import apply


def _declined(story: Story, *answers: Outcome) -> Attempt:
    """The first try at the second payment, declined for now; its second try comes two days later."""
    story.give(mail="reader@example.org")
    story.processor.answers = [Outcome.DECLINED_SOFT, *answers]
    story.later(days=28)
    return Attempt.objects.get(installment__number=2)


@pytest.mark.parametrize("again", [Outcome.DECLINED_SOFT, Outcome.DECLINED_HARD, Outcome.UNKNOWN])
@pytest.mark.parametrize("later", [Outcome.ACTION_REQUIRED, Outcome.NOT_EXECUTED, Outcome.CANCELLED])
def test_a_try_that_is_over_hears_of_nothing_but_money(story: Story, again: Outcome, later: Outcome) -> None:
    attempt = _declined(story)
    for outcome in (again, later):
        apply(attempt, RemoteFact(outcome), story.now)
    installment = Installment.objects.get(number=2)
    assert (installment.state, installment.tries, installment.next_action_at) == ("retrying", 1, None)
    assert str(installment.next_try_on) == "2026-03-02"
    assert Contribution.objects.get().events.filter(kind="declined").count() == 1


def test_a_late_answer_to_the_first_try_leaves_the_second_one_open(story: Story) -> None:
    first = _declined(story)
    story.processor.lost_answers = {"execute"}
    story.later(days=2)
    apply(first, RemoteFact(Outcome.DECLINED_SOFT), story.now)
    installment = Installment.objects.get(number=2)
    assert (installment.state, installment.next_action_at is None) == ("unknown", False)


def test_money_that_the_first_try_is_told_of_is_the_second_ones(story: Story) -> None:
    first = _declined(story)
    story.processor.lost_answers = {"execute"}
    story.later(days=2)
    apply(first, story.processor.charges()[-1], story.now)
    tries = Attempt.objects.filter(installment__number=2).order_by("number")
    assert [attempt.state for attempt in tries] == ["declined", "succeeded"]
    story.later(days=1)
    assert Payment.objects.count() == 2


def test_declined_for_good_after_a_first_decline_is_a_letter_of_its_own(story: Story) -> None:
    _declined(story, Outcome.DECLINED_HARD)
    story.later(days=2)
    assert Letter.objects.filter(kind="payment_failed").count() == 2
