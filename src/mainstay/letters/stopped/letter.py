"""A contribution was stopped: what that means, and thanks."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from mainstay.letters.facts import amount_in, day_in, how_often, my_url
from mainstay.newsrooms.models import Newsroom

EXAMPLE = {"amount_minor": 500, "currency": "USD", "frequency": "monthly", "day": "2026-06-20"}


def subject() -> str:
    """Neutral: it may be read on a locked screen."""
    return _("Your payments are stopped")


def words(newsroom: Newsroom, payload: Mapping[str, Any], language: str) -> dict[str, str]:
    """What the template says."""
    return {
        "amount": amount_in(payload, language),
        "how_often": how_often(payload["frequency"]),
        "day": day_in(payload["day"], language),
        "name": newsroom.name,
        "my_url": my_url(newsroom),
    }
