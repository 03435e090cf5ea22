"""What is published now: the newest version of each campaign, and the epoch."""

import uuid
from functools import lru_cache

from mainstay.newsrooms.models import Newsroom

from .content import CampaignContent, read
from .models import Campaign, Epoch, Version

MOST_CAMPAIGNS = 20


def newest_versions(newsroom: Newsroom) -> list[Version]:
    """The newest version of each published campaign, in the campaigns' order."""
    campaigns = Campaign.objects.filter(newsroom=newsroom).order_by("priority", "slug")[:MOST_CAMPAIGNS]
    found = (
        Version.objects.filter(campaign=campaign).select_related("campaign").order_by("-number").first()
        for campaign in campaigns
    )
    return [version for version in found if version is not None]


@lru_cache(maxsize=64)
def content_of(version_id: uuid.UUID) -> CampaignContent:
    """What a published version says. A version never changes, so it is read and checked once in a process."""
    return read(Version.objects.get(pk=version_id).content)


def epoch_number(newsroom: Newsroom) -> int:
    """The number of the newest epoch; 0 before anything was published."""
    newest = Epoch.objects.filter(newsroom=newsroom).order_by("-number").first()
    return newest.number if newest else 0
