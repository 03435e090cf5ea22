"""A promise that was made elsewhere has a page here now: its code, and what happens next."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from mainstay.core.ids import grouped
from mainstay.letters.facts import amount_in, day_in, how_often, my_url
from mainstay.newsrooms.models import Newsroom

EXAMPLE = {
    "amount_minor": 500,
    "currency": "USD",
    "frequency": "monthly",
    "due": "2026-06-14",
    "needs_card": True,
    "code": "7K3QZ0M4V8T2XH6N9RBD",
}


def subject() -> str:
    """Neutral: it may be read on a locked screen."""
    return _("Your page has moved")


def words(newsroom: Newsroom, payload: Mapping[str, Any], language: str) -> dict[str, Any]:
    """What the template says. `code` is sealed with the address, never in the payload."""
    return {
        "name": newsroom.name,
        "amount": amount_in(payload, language),
        "how_often": how_often(payload["frequency"]),
        "due": day_in(payload["due"], language),
        "needs_card": payload["needs_card"],
        "code": grouped(payload["code"]),
        "my_url": my_url(newsroom),
    }
