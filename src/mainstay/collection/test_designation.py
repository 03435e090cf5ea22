"""Designation day at a small size: what comes from the country stops, interrupted wherever it may be."""

from collections import Counter
from itertools import islice

import pytest

from mainstay.contributions.models import Contribution
from mainstay.contributions.states import ContributionState
from mainstay.newsrooms.countries import set_rule
from mainstay.newsrooms.models import CountryRule
from mainstay.newsrooms.policy import REFUSED

from .conftest import World
from .designation import Fate, designate, with_cards
from .models import Detachment, Payment

APPROVED, RUSSIAN, GERMAN = "4242424242424242", "4000006430000009", "4000002760000016"


@pytest.fixture
def supporters(world: World) -> list[Contribution]:
    """Five promises, two of them with cards from a country that is not refused yet."""
    CountryRule.objects.filter(country="RU").delete()
    for number in (APPROVED, RUSSIAN, GERMAN, RUSSIAN, APPROVED):
        world.pay(number)
    return list(Contribution.objects.all())


def run_on(world: World, looked_at: int | None = None, dry_run: bool = False) -> Counter[Fate]:
    """The command's work, left off after so many promises."""
    steps = designate(world.newsroom, "RU", world.ring, actor="heron", now=world.clock.now(), dry_run=dry_run)
    return [Counter(counts) for counts in islice(steps, looked_at)][-1]


def stopped() -> int:
    return Contribution.objects.filter(state=ContributionState.CANCELLED, ended_why="country").count()


def test_a_dry_run_counts_and_changes_nothing(world: World, supporters: list[Contribution]) -> None:
    assert run_on(world, dry_run=True) == {Fate.STOPPED: 2, Fate.KEPT: 3}
    assert stopped() == 0
    assert len(with_cards(world.newsroom)) == 5


@pytest.mark.parametrize("looked_at", [1, 2, 3, 4])
def test_interrupted_anywhere_it_ends_the_same(
    world: World, supporters: list[Contribution], looked_at: int
) -> None:
    set_rule(world.newsroom, "RU", REFUSED, reason="", actor="heron", now=world.clock.now())
    run_on(world, looked_at)
    run_on(world)
    assert stopped() == 2
    assert Contribution.objects.filter(state=ContributionState.ACTIVE).count() == 3
    assert Detachment.objects.count() == 2
    world.days(62, every=4)
    assert Detachment.objects.count() == 0, "the company has forgotten the cards"
    assert Payment.objects.count() == 5 + 3 * 2, "the others go on, nobody from there was charged again"


def test_a_promise_not_yet_reached_is_refused_by_the_worker(
    world: World, supporters: list[Contribution]
) -> None:
    set_rule(world.newsroom, "RU", REFUSED, reason="", actor="heron", now=world.clock.now())
    before = len([call for call in world.calls() if call["path"].endswith("/confirm")])
    world.quiet_days(28)
    confirmed = [call for call in world.calls() if call["path"].endswith("/confirm")]
    assert len(confirmed) - before == 3
    assert stopped() == 2
