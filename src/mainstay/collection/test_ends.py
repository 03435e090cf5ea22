"""A promise that ends by itself says so, once, to who gave an address."""

from datetime import date

from mainstay.contributions.models import Contribution, Installment
from mainstay.contributions.port import Outcome
from mainstay.letters.models import Letter

from .conftest import Story, World

APPROVED, SOFT_LATER = "4242424242424242", "4000000000000341"


def _told() -> list[str]:
    return [letter.payload["why"] for letter in Letter.objects.filter(kind="ended")]


def test_a_promise_whose_card_can_not_be_charged_says_that_it_ended(world: World) -> None:
    world.pay(SOFT_LATER, mail="reader@example.org")
    world.days(55, every=4)
    assert Contribution.objects.get().state == "lapsed"
    assert _told() == ["uncollectible"]


def test_a_promise_whose_time_is_over_says_that_it_ended(world: World) -> None:
    world.pay(APPROVED, mail="reader@example.org")
    Contribution.objects.update(last_due_date=date(2026, 3, 1))
    world.days(70, every=4)
    assert Contribution.objects.get().state == "completed"
    assert _told() == ["sunset"]


def test_a_promise_whose_time_is_over_while_it_fails_leaves_nothing_to_try(story: Story) -> None:
    story.give()
    Contribution.objects.update(last_due_date=date(2026, 3, 30))
    story.processor.answers = [Outcome.DECLINED_HARD]
    story.later(days=28)
    Contribution.objects.update(next_due_date=date(2026, 3, 31))
    Installment.objects.filter(number=2).update(due_date=date(2026, 3, 20))
    story.later(days=32)
    assert (Contribution.objects.get().state, Installment.objects.get(number=2).state) == (
        "cancelled",
        "skipped",
    )


def test_a_checkout_that_was_left_after_a_decline_is_abandoned_and_can_be_taken_up(story: Story) -> None:
    story.processor.answers = [Outcome.DECLINED_HARD]
    story.give("one-checkout")
    story.days(1)
    assert Contribution.objects.get().state == "pending"
    story.days(1)
    assert Contribution.objects.get().state == "abandoned"
    assert story.give("one-checkout").step == "paid"
    assert Contribution.objects.get().state == "active"


def test_without_an_address_nobody_is_written_to(world: World) -> None:
    world.pay(APPROVED)
    Contribution.objects.update(last_due_date=date(2026, 2, 1))
    world.days(40, every=4)
    assert Contribution.objects.get().state == "completed"
    assert _told() == []
