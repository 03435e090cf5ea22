"""Clocks that jump: back and forth two hours, a day ahead at the start, summer time, a host in another zone."""

from datetime import UTC, datetime, timedelta

import pytest

from mainstay.contributions.models import Contribution, Installment
from mainstay.contributions.port import Outcome

from .conftest import Story
from .models import Payment


@pytest.mark.parametrize(
    "jump", [timedelta(hours=-2), timedelta(hours=2), timedelta(days=-1), timedelta(days=-40)]
)
def test_a_clock_that_jumps_after_a_payment_charges_nothing_again(story: Story, jump: timedelta) -> None:
    story.give()
    story.quiet_days(28)
    story.clock.moment += jump
    for _pass in range(3):
        story.later(minutes=5)
    assert len(story.processor.charges()) == 2
    story.clock.moment -= jump
    story.work()
    assert (len(story.processor.charges()), Payment.objects.count()) == (2, 2)


def test_a_clock_that_jumps_back_while_an_answer_is_unknown(story: Story) -> None:
    story.give()
    story.processor.lost_answers = {"execute"}
    story.quiet_days(28)
    story.clock.moment -= timedelta(hours=2)
    story.work()
    story.later(hours=5)
    assert (len(story.processor.charges()), Payment.objects.count()) == (2, 2)


def test_a_day_ahead_at_the_start_and_set_right(story: Story) -> None:
    story.give()
    story.clock.moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    story.work()
    story.clock.moment = datetime(2026, 2, 28, 12, tzinfo=UTC)
    story.days(10)
    assert len(story.processor.charges()) == 2
    assert Contribution.objects.get().next_due_date.isoformat() == "2026-03-31"


@pytest.mark.parametrize("zone", ["Pacific/Apia", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"])
def test_the_newsrooms_zone_says_what_a_day_is(story: Story, zone: str) -> None:
    story.newsroom.time_zone = zone
    story.newsroom.save()
    story.give()
    story.days(70, every=4)
    days = list(Installment.objects.order_by("number").values_list("due_date", flat=True))
    anchor = Contribution.objects.get().anchor
    assert anchor == days[0]
    assert len(days) == 3
    assert [day.day for day in days] == [anchor.day, min(anchor.day, 28), anchor.day]
    assert len(story.processor.charges()) == 3


def test_late_by_three_weeks_is_collected_once_and_not_retried_beyond_the_window(story: Story) -> None:
    story.give()
    story.processor.answers = [Outcome.DECLINED_SOFT] * 9
    story.clock.moment += timedelta(days=28 + 20)
    story.work()
    assert story.processor.calls.count("execute") == 2
    story.days(3)
    assert Contribution.objects.get().state == "lapsed"
