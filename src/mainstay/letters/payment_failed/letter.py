"""A renewal was declined: said once, without blame. A gift is never a debt."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from mainstay.letters.facts import amount_in, day_in, my_url
from mainstay.newsrooms.models import Newsroom

EXAMPLE = {"amount_minor": 500, "currency": "USD", "due": "2026-06-14", "next_try": "2026-06-16"}


def subject() -> str:
    """Neutral: it may be read on a locked screen."""
    return _("A payment did not go through")


def words(newsroom: Newsroom, payload: Mapping[str, Any], language: str) -> dict[str, str]:
    """What the template says."""
    return {
        "amount": amount_in(payload, language),
        "due": day_in(payload["due"], language),
        "next_try": day_in(payload["next_try"], language),
        "name": newsroom.name,
        "my_url": my_url(newsroom),
    }
