"""Annual promises: no charge until seven days after the notice went, and those that wait are in nobody's way."""

from datetime import date, timedelta

from mainstay.contributions.models import Contribution
from mainstay.letters.models import Letter

from .conftest import Story
from .models import Payment
from .renewals import due_contributions


def _announced(story: Story) -> Letter:
    """An annual promise on the day on which its second notice is queued, a week before it falls due."""
    story.give(mail="reader@example.org", frequency="annual")
    story.clock.moment += timedelta(days=358)
    story.work()
    story.work()
    return Letter.objects.get(dedupe_key__endswith=":7")


def _goes(letter: Letter, day: date) -> None:
    Letter.objects.filter(pk=letter.pk).update(state=Letter.State.SENT, day=day)


def test_seven_days_after_the_notice_went_not_after_it_was_queued(story: Story) -> None:
    letter = _announced(story)
    story.later(days=3)
    _goes(letter, story.now.date())
    story.later(days=6)
    assert Payment.objects.count() == 1
    story.later(days=1)
    assert Payment.objects.count() == 2


def test_a_notice_that_waits_for_weeks_holds_the_charge_as_long(story: Story) -> None:
    letter = _announced(story)
    story.later(days=9)
    story.later(days=7)
    _goes(letter, story.now.date())
    story.later(days=6)
    assert Payment.objects.count() == 1
    story.later(days=2)
    assert Payment.objects.count() == 2


def test_those_that_wait_are_not_due(story: Story) -> None:
    """The worker rests, and a hundred of them hide nobody else's renewal."""
    _announced(story)
    story.later(days=9)
    story.work()
    assert due_contributions(story.now, 10) == []
    assert story.work() == 0


def test_a_notice_that_could_not_be_delivered_ends_the_promise(story: Story) -> None:
    letter = _announced(story)
    Letter.objects.filter(pk=letter.pk).update(state=Letter.State.FAILED)
    story.later(days=8)
    promise = Contribution.objects.get()
    assert (promise.state, promise.ended_why, Payment.objects.count()) == ("cancelled", "no_address", 1)


def test_a_renewal_that_will_not_come_is_not_announced(story: Story) -> None:
    story.give(mail="reader@example.org", frequency="annual")
    Contribution.objects.update(last_due_date=date(2027, 1, 30))
    story.clock.moment += timedelta(days=358)
    story.work()
    assert not Letter.objects.filter(kind="renewal_notice").exists()
    story.later(days=8)
    assert Contribution.objects.get().state == "completed"
