"""Booking once, exactly, and never twice."""

from datetime import date

import pytest

from mainstay.core.money import Money
from mainstay.newsrooms.models import Newsroom

from .models import Transfer
from .post import DifferentTransfer, balance, post

DAY = date(2026, 3, 1)


@pytest.mark.django_db
def test_the_same_reference_is_booked_once_and_a_different_one_raises() -> None:
    newsroom = Newsroom.objects.create(slug="far-shore", name="The Far Shore")
    five = Money(500, "USD")
    first = post(newsroom, "income:spring", "processor:a", five, "charge:1", DAY)
    assert post(newsroom, "income:spring", "processor:a", five, "charge:1", DAY) == first
    with pytest.raises(DifferentTransfer):
        post(newsroom, "income:spring", "processor:a", Money(501, "USD"), "charge:1", DAY)
    assert Transfer.objects.count() == 1
    assert balance(newsroom, "USD", "processor:a") == five
    assert balance(newsroom, "USD", "income:spring") == -five
