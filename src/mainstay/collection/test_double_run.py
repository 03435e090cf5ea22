"""Two schedulers, a lease that runs out under a live worker, a restored machine, "run now": one charge each."""

from datetime import timedelta

import pytest

from mainstay.contributions.models import Attempt, Contribution, Installment
from mainstay.contributions.port import Outcome
from mainstay.jobs.claims import claim
from mainstay.letters.models import Letter
from mainstay.newsrooms.models import Newsroom

from . import run
from .conftest import Story
from .models import AccountCheck, Payment
from .renewals import due_contributions, materialise
from .watch import rest


def _due(story: Story) -> Installment:
    """The second payment's installment, made and not yet collected."""
    story.give(mail="reader@example.org")
    story.clock.moment = story.clock.moment.replace(month=2, day=28)
    for contribution in due_contributions(story.now, 10):
        materialise(contribution, story.now)
        materialise(contribution, story.now)
    return Installment.objects.get(number=2)


def _collect(story: Story, installment: Installment) -> None:
    run.collect(installment.pk, story.ring, "http://127.0.0.1", story.now)


def test_a_second_worker_comes_between_every_two_calls(story: Story) -> None:
    installment = _due(story)
    story.processor.before = lambda call: _collect(story, installment)
    story.processor.after = lambda call: _collect(story, installment)
    _collect(story, installment)
    _collect(story, installment)
    assert (len(story.processor.charges()), Payment.objects.count()) == (2, 2)


def test_a_lease_that_runs_out_under_a_live_worker(story: Story) -> None:
    """The second worker finds the first one's attempt, asks, and waits; the first one's answer is booked once."""
    installment = _due(story)
    todo = ["once"]

    def slow(call: str) -> None:
        if call == "execute" and todo:
            todo.pop()
            story.clock.moment += timedelta(minutes=10)
            assert installment.pk in run.due_installments(story.now, 10)
            _collect(story, installment)

    story.processor.before = slow
    _collect(story, installment)
    assert (len(story.processor.charges()), Payment.objects.count()) == (2, 2)
    assert Letter.objects.filter(kind="receipt").count() == 2


def test_the_same_after_the_money_moved_and_before_the_answer(story: Story) -> None:
    installment = _due(story)
    todo = ["once"]

    def slow(call: str) -> None:
        if call == "execute" and todo:
            todo.pop()
            story.clock.moment += timedelta(minutes=10)
            _collect(story, installment)

    story.processor.after = slow
    _collect(story, installment)
    assert (len(story.processor.charges()), Payment.objects.count()) == (2, 2)
    assert Letter.objects.filter(kind="receipt").count() == 2


@pytest.mark.parametrize("point", ["before prepare", "after prepare"])
@pytest.mark.parametrize("answer", [Outcome.SUCCEEDED, Outcome.DECLINED_SOFT])
def test_a_worker_that_slept_leaves_the_payment_to_the_one_that_went_on(
    story: Story, point: str, answer: Outcome
) -> None:
    """It wakes up with an attempt that is over, and neither sends it again nor writes over what came of it."""
    installment = _due(story)
    story.processor.answers = [answer]
    todo = ["once"]

    def sleeping(now: str) -> None:
        if now == point and todo:
            todo.pop()
            story.clock.moment += timedelta(minutes=10)
            _collect(story, installment)

    story.processor.before = lambda call: sleeping(f"before {call}")
    story.processor.after = lambda call: sleeping(f"after {call}")
    _collect(story, installment)
    assert story.processor.calls.count("execute") == 2, "the first gift's and one for the second"
    said = "paid" if answer == Outcome.SUCCEEDED else "declined"
    told = Contribution.objects.get().events.filter(kind=said).count()
    assert told == (2 if said == "paid" else 1)
    assert Attempt.objects.get(installment=installment).state == (
        "succeeded" if said == "paid" else "declined"
    )


def test_a_restored_machine_with_an_old_claim(story: Story) -> None:
    """The claim of a worker that is no more holds until its lease is over, and not a moment longer."""
    installment = _due(story)
    assert claim(Installment, installment.pk, story.now)
    _collect(story, installment)
    assert len(story.processor.charges()) == 1
    story.clock.moment += timedelta(minutes=3)
    _collect(story, installment)
    assert len(story.processor.charges()) == 2


def test_run_now_again_and_again(story: Story) -> None:
    installment = _due(story)
    for _time in range(5):
        _collect(story, installment)
        story.work()
    assert Attempt.objects.filter(installment=installment).count() == 1
    assert len(story.processor.charges()) == 2


def _untouched(story: Story, installment: Installment) -> None:
    calls = len(story.processor.calls)
    _collect(story, installment)
    assert (len(story.processor.calls), Attempt.objects.count()) == (calls, 1)


def test_renewals_that_were_stopped_meanwhile_are_not_collected(story: Story) -> None:
    """The installment was found among hundreds; somebody pressed the switch before its turn came."""
    installment = _due(story)
    Newsroom.objects.update(renewals_stopped_reason="an audit")
    _untouched(story, installment)
    Newsroom.objects.update(renewals_stopped_reason="")
    _collect(story, installment)
    assert Payment.objects.count() == 2


def test_neither_are_those_of_an_account_that_rests_or_is_held(story: Story) -> None:
    installment = _due(story)
    until = rest(story.account, story.now)
    _untouched(story, installment)
    story.clock.moment = until
    AccountCheck.objects.update_or_create(account=story.account, defaults={"held": True})
    _untouched(story, installment)
    AccountCheck.objects.update(held=False)
    _collect(story, installment)
    assert Payment.objects.count() == 2
