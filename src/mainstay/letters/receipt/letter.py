"""The receipt: what was paid, on which day, to whom, and what comes next."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from mainstay.letters.facts import amount_in, day_in, how_often, my_url
from mainstay.newsrooms.models import Newsroom

EXAMPLE = {
    "amount_minor": 500,
    "currency": "USD",
    "day": "2026-05-14",
    "frequency": "monthly",
    "next_day": "2026-06-14",
    "newsroom_legal": "Farshore Press",
    "receipt_number": "7d3f0c52-7f0e-4a3b-9d4d-0d6b1f0a9a11",
}


def subject() -> str:
    """Neutral: it may be read on a locked screen."""
    return _("Your receipt")


def words(newsroom: Newsroom, payload: Mapping[str, Any], language: str) -> dict[str, str]:
    """What the template says."""
    return {
        "amount": amount_in(payload, language),
        "day": day_in(payload["day"], language),
        "how_often": how_often(payload["frequency"]),
        "next_day": day_in(payload["next_day"], language),
        "legal": payload["newsroom_legal"],
        "number": payload["receipt_number"],
        "my_url": my_url(newsroom),
    }
