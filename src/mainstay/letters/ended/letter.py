"""A contribution ended by itself: its agreed time was over, or the card could no longer be charged."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from mainstay.letters.facts import amount_in, day_in, how_often, my_url
from mainstay.newsrooms.models import Newsroom

EXAMPLE = {
    "amount_minor": 500,
    "currency": "USD",
    "frequency": "monthly",
    "day": "2027-05-14",
    "why": "uncollectible",
}


def subject() -> str:
    """Neutral: it may be read on a locked screen."""
    return _("Your payments have ended")


def words(newsroom: Newsroom, payload: Mapping[str, Any], language: str) -> dict[str, str]:
    """What the template says.

    `why` is "sunset" (the agreed time is over), "uncollectible" (the card), "debit" (the bank refused) or "not_sent".
    """
    return {
        "amount": amount_in(payload, language),
        "how_often": how_often(payload["frequency"]),
        "day": day_in(payload["day"], language),
        "why": payload["why"],
        "name": newsroom.name,
        "my_url": my_url(newsroom),
    }
