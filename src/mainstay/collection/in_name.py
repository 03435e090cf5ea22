"""Gifts in the name of readers who can't give: a count, and never who gave or for whom."""

from datetime import date

from django.db.models import F

from mainstay.newsrooms.models import Newsroom

SMALLEST_SHOWN = 10


def given_for_others(newsroom: Newsroom, today: date) -> int:
    """How many such gifts arrived this month until yesterday and were not given back; 0 when fewer than ten.

    Until yesterday, so that the figure stands still all day: a page that shows it is the same for everyone, and nobody
    learns from it that somebody gave just now.
    """
    payments = newsroom.payments.filter(
        contribution__for_another=True,
        day__gte=today.replace(day=1),
        day__lt=today,
        refunded_minor__lt=F("gross_minor"),
    )
    count = payments.count()
    return count if count >= SMALLEST_SHOWN else 0
