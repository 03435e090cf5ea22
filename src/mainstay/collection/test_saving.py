"""A card whose bank wants its holder before it is saved: agreed, refused, left, replaced, and come too late."""

from typing import Any

import pytest

from mainstay.contributions.actions import stop
from mainstay.contributions.models import Contribution
from mainstay.contributions.port import Outcome, ProcessorRefused
from mainstay.newsrooms.models import CountryRule

from . import saving
from .cards import replace_card
from .checkout import Progress, Step
from .conftest import Story
from .models import Detachment, Payment, Saving
from .sealed import open_method


@pytest.fixture
def asking(story: Story) -> Story:
    """A monthly gift, at a company where the bank asks before a card is saved."""
    story.give()
    story.processor.asks_to_save = True
    return story


def _page() -> Contribution:
    return Contribution.objects.select_related("newsroom", "account", "moving_to").get()


def _given(story: Story, **more: Any) -> Progress:
    return replace_card(_page(), "tok2", story.now, **more)


def _card(story: Story) -> str:
    method = open_method(story.ring, _page())
    assert method is not None
    return method.method


def test_the_card_is_saved_once_its_holder_is_back(asking: Story) -> None:
    old, given = _card(asking), _given(asking)
    assert (given.step, given.action_url) == (Step.ACTION, "https://bank.example/")
    assert _card(asking) == old, "until the bank has agreed the old one stays"
    assert saving.page_at_bank(_page(), asking.now) == given.action_url
    waiting = saving.back_from_bank(_page(), asking.now)
    assert waiting is not None
    assert waiting.step == Step.ACTION
    new = asking.processor.agree()
    back = saving.back_from_bank(_page(), asking.now)
    assert back is not None
    assert (back.step, _card(asking), Payment.objects.count()) == (Step.PAID, new, 1)
    assert saving.back_from_bank(_page(), asking.now) is None, "a reload changes nothing"
    asking.work()
    assert (asking.processor.detached, Saving.objects.count()) == ([old], 0)


def test_a_bank_that_does_not_agree_leaves_the_old_card(asking: Story) -> None:
    old = _card(asking)
    _given(asking)
    asking.processor.agree(Outcome.DECLINED_HARD)
    back = saving.back_from_bank(_page(), asking.now)
    assert back is not None
    assert (back.step, _card(asking), Saving.objects.count()) == (Step.DECLINED, old, 0)


@pytest.mark.parametrize("agreed", [True, False])
def test_a_window_that_was_closed_is_asked_about_after_half_an_hour(asking: Story, agreed: bool) -> None:
    old = _card(asking)
    _given(asking)
    asking.later(minutes=29)
    assert Saving.objects.exists()
    expected = asking.processor.agree() if agreed else old
    asking.later(minutes=2)
    assert (_card(asking), Saving.objects.count()) == (expected, 0)
    assert ("cancel_saving" in asking.processor.calls) is not agreed


@pytest.mark.parametrize("first_is_agreed", [True, False])
def test_of_two_cards_the_last_one_counts(asking: Story, first_is_agreed: bool) -> None:
    _given(asking)
    forgotten = [asking.processor.agree()] if first_is_agreed else []
    _given(asking)
    new = asking.processor.agree()
    assert saving.back_from_bank(_page(), asking.now) is not None
    asking.work()
    asking.work()
    assert _card(asking) == new
    assert forgotten == [name for name in asking.processor.detached if name in forgotten]
    assert (Saving.objects.count(), Detachment.objects.count()) == (0, 0)


@pytest.mark.parametrize("why", ["stopped", "refused"])
def test_a_card_that_comes_too_late_is_forgotten(asking: Story, why: str) -> None:
    _given(asking)
    if why == "stopped":
        stop(_page(), why="reader", actor="reader", day=_page().newsroom.today(asking.now))
    else:
        CountryRule.objects.create(newsroom=asking.newsroom, country="US", state="refuse")
    new = asking.processor.agree()
    asking.later(minutes=31)
    asking.work()
    assert new in asking.processor.detached
    assert not Saving.objects.exists()


def test_what_is_overdue_is_tried_with_the_new_card_by_the_worker(asking: Story) -> None:
    asking.processor.answers = [Outcome.DECLINED_HARD]
    asking.quiet_days(28)
    assert (_page().state, Payment.objects.count()) == ("failing", 1)
    _given(asking)
    asking.processor.agree()
    executed = asking.processor.calls.count("execute")
    saving.back_from_bank(_page(), asking.now)
    assert asking.processor.calls.count("execute") == executed, "the way back pays nothing"
    asking.work()
    assert (_page().state, Payment.objects.count()) == ("active", 2)


def test_a_renewal_that_waits_for_the_old_card_is_tried_with_the_new_one(asking: Story) -> None:
    asking.processor.answers = [Outcome.ACTION_REQUIRED]
    asking.quiet_days(28)
    _given(asking)
    asking.processor.agree()
    saving.back_from_bank(_page(), asking.now)
    asking.work()
    assert (Payment.objects.count(), len(asking.processor.charges())) == (2, 2)


def test_while_the_company_says_nothing_the_row_stays(asking: Story) -> None:
    _given(asking)
    asking.processor.refuse = ProcessorRefused("no")
    assert saving.page_at_bank(_page(), asking.now) == ""
    back = saving.back_from_bank(_page(), asking.now)
    assert back is not None
    assert back.step == Step.ACTION
    asking.later(minutes=31)
    assert Saving.objects.exists()
    asking.processor.refuse = None
    new = asking.processor.agree()
    asking.later(minutes=20)
    assert _card(asking) == new


def test_after_a_warning_the_promise_gets_its_end_when_the_card_is_saved(asking: Story) -> None:
    asking.processor.country = "KZ"
    assert _given(asking).step == Step.WARNED
    assert not Saving.objects.exists()
    assert _given(asking, warned="KZ").step == Step.ACTION
    assert _page().last_due_date is None
    asking.processor.agree()
    saving.back_from_bank(_page(), asking.now)
    assert _page().last_due_date is not None
