"""A gift that its reader sends is due: the details of the transfer, or the address of the invoice."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from mainstay.letters.facts import amount_in, day_in, how_often, my_url
from mainstay.newsrooms.models import Newsroom

EXAMPLE = {
    "amount_minor": 500,
    "currency": "EUR",
    "due": "2026-06-14",
    "frequency": "monthly",
    "name": "Far Shore Press",
    "iban": "DE89 3704 0044 0532 0130 00",
    "bic": "",
    "reference": "RF18 5390 0754 7034",
    "invoice_url": "",
}


def subject() -> str:
    """Neutral: it may be read on a locked screen."""
    return _("Your next payment, if you like")


def words(newsroom: Newsroom, payload: Mapping[str, Any], language: str) -> dict[str, str]:
    """What the template says."""
    return {
        "amount": amount_in(payload, language),
        "due": day_in(payload["due"], language),
        "how_often": how_often(payload["frequency"]),
        "newsroom_name": newsroom.name,
        "my_url": my_url(newsroom),
        **{key: payload[key] for key in ("name", "iban", "bic", "reference", "invoice_url")},
    }
