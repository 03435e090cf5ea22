"""The country's rule at every door to the bank: first payment, renewal, another card, a rule edited during a run."""

import pytest

from mainstay.contributions.models import Attempt, Contribution
from mainstay.newsrooms.models import CountryRule

from .cards import replace_card
from .checkout import Step
from .conftest import Story
from .models import Payment

MONEY = {"prepare", "execute", "save_method"}


def _tighten(story: Story) -> None:
    CountryRule.objects.create(newsroom=story.newsroom, country="US", state="refuse")


def test_a_refused_country_leaves_no_row_and_no_call(story: Story) -> None:
    story.processor.country = "RU"
    assert story.give().step == Step.REFUSED
    assert not Contribution.objects.exists()
    assert not MONEY & set(story.processor.calls)


@pytest.mark.parametrize(("strict", "step"), [(False, Step.WARNED), (True, Step.REFUSED)])
def test_no_country_at_all_is_warned_about_or_refused(story: Story, strict: bool, step: Step) -> None:
    story.processor.country = None
    story.newsroom.strict_countries = strict
    story.newsroom.save()
    assert story.give().step == step
    assert not MONEY & set(story.processor.calls)


def test_a_rule_that_is_tightened_between_two_payments_ends_the_promise(story: Story) -> None:
    story.give()
    _tighten(story)
    story.quiet_days(28)
    row = Contribution.objects.get()
    assert (row.state, row.ended_why, Payment.objects.count()) == ("cancelled", "country", 1)
    assert not Attempt.objects.filter(installment__number=2).exists()
    story.days(1)
    assert story.processor.detached, "and its card is forgotten at the processor"


def test_a_rule_that_is_tightened_during_the_run_stops_it_before_the_bank(story: Story) -> None:
    story.give()
    story.quiet_days(27)

    def tighten(call: str) -> None:
        if call == "prepare":
            _tighten(story)

    story.processor.after = tighten
    story.days(2)
    assert (len(story.processor.charges()), Contribution.objects.get().ended_why) == (1, "country")
    assert "cancel" in story.processor.calls, "the prepared object is closed"


def test_another_card_of_a_refused_country_is_not_saved(story: Story) -> None:
    story.give()
    before = bytes(Contribution.objects.get().method_sealed or b"")
    story.processor.country = "RU"
    assert replace_card(Contribution.objects.get(), "tok", story.now).step == Step.REFUSED
    assert bytes(Contribution.objects.get().method_sealed or b"") == before
    assert "save_method" not in story.processor.calls


def test_an_error_in_the_policy_makes_no_payment_call(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    from . import run

    def broken(*_arguments: object) -> None:
        raise ValueError("broken policy")

    story.give()
    monkeypatch.setattr(run, "decide_for", broken)
    story.quiet_days(30)
    assert len(story.processor.charges()) == 1
