"""What is published now: the newest version of each campaign, and the epoch."""

from mainstay.newsrooms.models import Newsroom

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


def epoch_number(newsroom: Newsroom) -> int:
    """The number of the newest epoch; 0 before anything was published."""
    newest = Epoch.objects.filter(newsroom=newsroom).order_by("-number").first()
    return newest.number if newest else 0
