"""Booking once, exactly, and never twice."""

from datetime import date

import pytest

from mainstay.core.money import Money
from mainstay.newsrooms.models import Newsroom

from .models import Transfer
from .post import DifferentTransfer, Move, balance, post, post_all

DAY = date(2026, 3, 1)


@pytest.mark.django_db
def test_the_same_reference_is_booked_once_and_a_different_one_raises() -> None:
    newsroom = Newsroom.objects.create(slug="far-shore", name="The Far Shore")
    five = Money(500, "USD")
    for _turn in range(2):
        post(newsroom, "income:spring", "processor:a", five, "charge:1", DAY)
    with pytest.raises(DifferentTransfer):
        post(newsroom, "income:spring", "processor:a", Money(501, "USD"), "charge:1", DAY)
    assert Transfer.objects.count() == 1
    assert balance(newsroom, "USD", "processor:a") == five
    assert balance(newsroom, "USD", "income:spring") == -five


@pytest.mark.django_db
def test_of_several_moves_what_is_booked_already_is_left_and_the_rest_is_booked() -> None:
    newsroom = Newsroom.objects.create(slug="far-shore", name="The Far Shore")
    charge = Move("income:spring", "processor:a", Money(500, "USD"), "charge:1")
    fee = Move("processor:a", "fees:a", Money(45, "USD"), "fee:1")
    abroad = Move("income:spring", "processor:a", Money(700, "JPY"), "charge:2")
    post_all(newsroom, DAY, [charge])
    post_all(newsroom, DAY, [charge, fee, abroad])
    assert Transfer.objects.count() == 3
    assert balance(newsroom, "USD", "processor:a") == Money(455, "USD")
    assert balance(newsroom, "JPY", "processor:a") == Money(700, "JPY")


@pytest.mark.django_db
def test_of_several_moves_none_is_booked_when_one_differs() -> None:
    newsroom = Newsroom.objects.create(slug="far-shore", name="The Far Shore")
    post(newsroom, "processor:a", "fees:a", Money(45, "USD"), "fee:1", DAY)
    charge = Move("income:spring", "processor:a", Money(500, "USD"), "charge:1")
    fee = Move("processor:a", "fees:a", Money(46, "USD"), "fee:1")
    with pytest.raises(DifferentTransfer):
        post_all(newsroom, DAY, [charge, fee])
    assert not Transfer.objects.filter(reference="charge:1").exists()
