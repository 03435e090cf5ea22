"""The bank asks the reader to confirm a renewal: a link to their page, where one button leads to the bank."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from mainstay.letters.facts import amount_in, day_in, my_url
from mainstay.newsrooms.models import Newsroom

EXAMPLE = {"amount_minor": 500, "currency": "GBP", "due": "2026-06-14"}


def subject() -> str:
    """Neutral: it may be read on a locked screen."""
    return _("Your bank asks you to confirm a payment")


def words(newsroom: Newsroom, payload: Mapping[str, Any], language: str) -> dict[str, str]:
    """What the template says."""
    return {
        "amount": amount_in(payload, language),
        "due": day_in(payload["due"], language),
        "name": newsroom.name,
        "my_url": my_url(newsroom),
    }
