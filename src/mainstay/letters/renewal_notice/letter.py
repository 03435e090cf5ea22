"""The notice 30 and 7 days before an annual payment, with the way to stop it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from mainstay.letters.facts import amount_in, day_in, my_url
from mainstay.newsrooms.models import Newsroom

EXAMPLE = {"amount_minor": 6000, "currency": "EUR", "due": "2027-03-01", "days": 30}


def subject() -> str:
    """Neutral: it may be read on a locked screen."""
    return _("Your yearly payment is coming up")


def words(newsroom: Newsroom, payload: Mapping[str, Any], language: str) -> dict[str, str]:
    """What the template says."""
    return {
        "amount": amount_in(payload, language),
        "due": day_in(payload["due"], language),
        "name": newsroom.name,
        "statement": newsroom.statement_name,
        "my_url": my_url(newsroom),
    }
