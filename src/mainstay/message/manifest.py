"""The manifest: all that the script needs of a newsroom in one language, as a file that any cache may keep.

It is the same for everyone. Words are plain text; amounts are integers in minor units. The names are short because
the file is read by every phone; `docs/reference/manifest.md` explains each.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language_info

from mainstay.core.money import exponent_of
from mainstay.newsrooms.models import Newsroom

from .content import CampaignContent, FrequencyAsk, Text, Variant, read
from .published import epoch_number, newest_versions
from .words import interface_words


@dataclass(frozen=True, slots=True)
class Shown:
    """A campaign as a manifest shows it: its short name and its content."""

    slug: str
    content: CampaignContent


def manifest_bytes(newsroom: Newsroom, language: str, now: datetime) -> bytes:
    """The manifest of what is published, for the newsroom's day when the machine clock says `now`."""
    today = newsroom.today(now)
    published = [Shown(version.campaign.slug, read(version.content)) for version in newest_versions(newsroom)]
    running = [shown for shown in published if shown.content.runs_on(today)]
    # Nobody is asked for what the till would not take.
    silent = newsroom.message_off or newsroom.gifts_stopped_reason
    campaigns = [] if silent else running
    return manifest_of(newsroom, campaigns, language, epoch_number(newsroom))


def manifest_of(newsroom: Newsroom, campaigns: Sequence[Shown], language: str, epoch: int) -> bytes:
    """The manifest of these campaigns, published or not: the desk's preview asks for a draft's."""
    value = {
        "n": epoch,
        "lang": language,
        "dir": "rtl" if get_language_info(language)["bidi"] else "ltr",
        "cur": newsroom.currency,
        "t": interface_words(language),
        "c": [_campaign(newsroom, shown, language) for shown in campaigns],
    }
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _campaign(newsroom: Newsroom, shown: Shown, language: str) -> dict[str, Any]:
    content = shown.content
    return {
        "id": shown.slug,
        "salt": content.salt,
        "sec": list(content.sections),
        "quiet": content.quiet_days,
        "f": content.frequency,
        "ask": {code: _currency(code, by) for code, by in content.ask.items()},
        "v": [_variant(newsroom, variant, language) for variant in content.variants if variant.weight],
    }


def _currency(code: str, asks: dict[str, FrequencyAsk]) -> dict[str, Any]:
    """The exponent, and for each frequency: minimum, maximum, default, amounts."""
    lists = {name: [ask.minimum, ask.maximum, ask.default, *ask.amounts] for name, ask in asks.items()}
    return {"x": exponent_of(code), **lists}


def _variant(newsroom: Newsroom, variant: Variant, language: str) -> dict[str, Any]:
    text = text_in(variant, language, newsroom.language)
    named = [
        line.replace("{newsroom}", newsroom.name)
        for line in (text.title, text.salutation, text.sign_off, *text.paragraphs)
    ]
    return {
        "id": variant.name,
        "w": variant.weight,
        "h": named[0],
        "s": named[1],
        "g": named[2],
        "p": named[3:],
    }


def text_in(variant: Variant, language: str, otherwise: str) -> Text:
    """The variant's words in that language, else in the newsroom's own, else in the first that it has."""
    return variant.texts.get(language) or variant.texts.get(otherwise) or next(iter(variant.texts.values()))
