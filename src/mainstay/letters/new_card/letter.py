"""The newsroom changes its payment company, and the card does not come along."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from mainstay.letters.facts import amount_in, how_often, my_url
from mainstay.newsrooms.models import Newsroom

EXAMPLE = {"amount_minor": 500, "currency": "USD", "frequency": "monthly"}


def subject() -> str:
    """Neutral: it may be read on a locked screen."""
    return _("Please give your card once more")


def words(newsroom: Newsroom, payload: Mapping[str, Any], language: str) -> dict[str, str]:
    """What the template says."""
    return {
        "name": newsroom.name,
        "amount": amount_in(payload, language),
        "how_often": how_often(payload["frequency"]),
        "my_url": my_url(newsroom),
    }
