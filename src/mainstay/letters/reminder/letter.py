"""The reminder: once, with the reader's own choice filled in, and one click to call it off.

It is sent straight from its row, not through the outbox: the address must not be stored a second time.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from mainstay.core.money import Money
from mainstay.letters.facts import amount_in, how_often, support_url, unsubscribe_url
from mainstay.newsrooms.models import Newsroom

EXAMPLE = {
    "amount_minor": 500,
    "currency": "USD",
    "frequency": "monthly",
    "reminder": "7d3f0c52-7f0e-4a3b-9d4d-0d6b1f0a9a11",
}


def subject() -> str:
    """Neutral: it may be read on a locked screen."""
    return _("The reminder you asked for")


def words(newsroom: Newsroom, payload: Mapping[str, Any], language: str) -> dict[str, str]:
    """What the template says."""
    amount = Money(payload["amount_minor"], payload["currency"])
    return {
        "amount": amount_in(payload, language),
        "how_often": how_often(payload["frequency"]),
        "support_url": support_url(newsroom, payload["frequency"], amount, language),
        "unsubscribe": unsubscribe_url(payload["reminder"]),
        "name": newsroom.name,
    }
