"""The link to the supporter's own page: one hour, one use. Its secret is sealed beside the address."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from mainstay.letters.facts import my_url
from mainstay.newsrooms.models import Newsroom

EXAMPLE = {"token": "Yq0wz2V7yQ3v0bqkq8cX3m1o2p4r6t8v0x2z4A6C8E"}


def subject() -> str:
    """Neutral: it may be read on a locked screen."""
    return _("The link you asked for")


def words(newsroom: Newsroom, payload: Mapping[str, Any], language: str) -> dict[str, str]:
    """What the template says."""
    return {"link": my_url(newsroom, "link", payload["token"]), "name": newsroom.name}
