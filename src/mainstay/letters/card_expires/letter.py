"""A supporter's card expires soon: what happens then, and where another one is given."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from mainstay.letters.facts import day_in, how_often, my_url
from mainstay.newsrooms.models import Newsroom

EXAMPLE = {"last_day": "2026-06-30", "frequency": "monthly"}


def subject() -> str:
    """Neutral: it may be read on a locked screen."""
    return _("A card expires soon")


def words(newsroom: Newsroom, payload: Mapping[str, Any], language: str) -> dict[str, str]:
    """What the template says."""
    return {
        "last_day": day_in(payload["last_day"], language),
        "how_often": how_often(payload["frequency"]),
        "name": newsroom.name,
        "my_url": my_url(newsroom),
    }
