"""A difference is one row however often it is seen, and goes when it is settled."""

from datetime import timedelta

import pytest

from .books_models import Difference
from .conftest import NOW, World
from .differences import KEPT_DAYS, accept, forget_settled, object_of, report, settle

TODAY = NOW.date()
KIND = Difference.Kind.AMOUNT
OPEN, SETTLED, ACCEPTED = Difference.State


@pytest.mark.django_db
def test_the_same_is_reported_once_and_its_id_is_sealed(world: World) -> None:
    first = report(world.account, KIND, "ch_1", day=TODAY, asked_minor=500)
    assert report(world.account, KIND, "ch_1", day=TODAY + timedelta(days=1), asked_minor=500) == first
    assert Difference.objects.get().first_seen_on == TODAY
    assert b"ch_1" not in bytes(first.object_sealed)
    assert object_of(first, world.ring) == "ch_1"


@pytest.mark.django_db
def test_settled_and_seen_again_is_open_again(world: World) -> None:
    report(world.account, KIND, "ch_1", day=TODAY, asked_minor=500)
    settle(world.account, KIND, "ch_1", day=TODAY)
    assert Difference.objects.get().state == SETTLED
    again = report(world.account, KIND, "ch_1", day=TODAY + timedelta(days=1), asked_minor=500)
    assert (again.state, again.first_seen_on) == (OPEN, TODAY + timedelta(days=1))


@pytest.mark.django_db
def test_accepted_stays_so_until_something_about_it_changes(world: World) -> None:
    accept(report(world.account, KIND, "ch_1", day=TODAY, asked_minor=500), day=TODAY)
    assert report(world.account, KIND, "ch_1", day=TODAY, asked_minor=500).state == ACCEPTED
    assert report(world.account, KIND, "ch_1", day=TODAY, asked_minor=700).state == OPEN


@pytest.mark.django_db
def test_what_is_settled_is_forgotten_and_what_is_open_is_not(world: World) -> None:
    report(world.account, KIND, "ch_1", day=TODAY)
    report(world.account, KIND, "ch_2", day=TODAY)
    settle(world.account, KIND, "ch_1", day=TODAY)
    settle(world.account, KIND, "never seen", day=TODAY)
    assert forget_settled(world.account, TODAY + timedelta(days=KEPT_DAYS)) == 0
    assert forget_settled(world.account, TODAY + timedelta(days=KEPT_DAYS + 1)) == 1
    assert Difference.objects.get().state == OPEN
