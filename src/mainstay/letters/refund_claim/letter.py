"""A refund waits to be fetched: the page where its reader says where it shall go."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from mainstay.letters.facts import amount_in
from mainstay.newsrooms.models import Newsroom

EXAMPLE = {
    "amount_minor": 500,
    "currency": "USD",
    "claim_url": "https://pay.farshore.example/pull-payments/Pull1",
}


def subject() -> str:
    """Neutral: it may be read on a locked screen."""
    return _("Your refund is ready")


def words(newsroom: Newsroom, payload: Mapping[str, Any], language: str) -> dict[str, str]:
    """What the template says."""
    return {"amount": amount_in(payload, language), "name": newsroom.name, "claim_url": payload["claim_url"]}
