"""Writing drafts, publishing, undoing, and the switch that silences the message everywhere.

The only writer of campaigns, versions and epochs. Nothing published is ever changed: undo publishes an earlier
version again, under a new number.
"""

from datetime import date

from django.db import transaction
from django.utils.safestring import SafeString

from mainstay.audit.log import record
from mainstay.core.errors import MainstayError
from mainstay.core.ids import new_id
from mainstay.newsrooms.models import Newsroom

from .content import CampaignContent, read
from .fallback import fallback_of
from .models import Campaign, Epoch, Version
from .published import epoch_number, newest_versions

__all__ = [
    "DraftMovedOn",
    "fallback_html",
    "new_campaign",
    "new_salt",
    "publish",
    "save_draft",
    "set_off",
    "undo",
]


class DraftMovedOn(MainstayError):
    """Somebody else saved the draft since this editor opened it."""

    def __init__(self) -> None:
        super().__init__("The draft was saved by somebody else meanwhile. Nothing was changed.")


def new_salt() -> str:
    """A random salt for a campaign: which wording a reader draws in one campaign says nothing of another."""
    return new_id().hex[:8]


def new_campaign(
    newsroom: Newsroom, slug: str, content: CampaignContent, *, actor: str, day: date
) -> Campaign:
    """A campaign with a first draft; readers see it once it is published."""
    with transaction.atomic():
        last = Campaign.objects.filter(newsroom=newsroom).order_by("-priority").first()
        priority = last.priority + 1 if last else 1
        campaign = Campaign.objects.create(newsroom=newsroom, slug=slug, priority=priority)
        save_draft(campaign, content, actor=actor, day=day)
    return campaign


def save_draft(campaign: Campaign, content: CampaignContent, *, actor: str, day: date) -> None:
    """Keeps what the editor wrote; readers still see what was published last.

    `campaign.draft_number` is that of the draft that the editor began from. Raises `DraftMovedOn` when it is no
    longer the newest.
    """
    with transaction.atomic():
        _write_draft(campaign, content)
        _log("message.draft_saved", campaign, actor, day)


def publish(campaign: Campaign, *, actor: str, day: date) -> Version:
    """Makes the draft what readers see, as a new version in a new epoch. Raises `BadContent`."""
    content = read(campaign.draft)
    with transaction.atomic():
        version = _new_version(campaign, content, actor, day)
        _log("message.published", campaign, actor, day, version.number)
    return version


def undo(campaign: Campaign, number: int, *, actor: str, day: date) -> Version:
    """Publishes version `number` once more, and makes it the draft.

    Raises `Version.DoesNotExist`, and `DraftMovedOn` when the draft was saved since `campaign` was read.
    """
    content = read(Version.objects.get(campaign=campaign, number=number).content)
    with transaction.atomic():
        _write_draft(campaign, content)
        version = _new_version(campaign, content, actor, day)
        _log("message.undone", campaign, actor, day, number)
    return version


def set_off(newsroom: Newsroom, off: bool, *, actor: str, day: date) -> None:
    """Silences the message on every page of the newsroom, or lets it speak again."""
    with transaction.atomic():
        newsroom.message_off = off
        newsroom.save(update_fields=["message_off"])
        action = "message.off" if off else "message.on"
        record(action, actor=actor, day=day, newsroom_id=newsroom.pk, subject=newsroom.slug)


def fallback_html(newsroom: Newsroom, language: str, base_url: str) -> SafeString:
    """The plain form for inside the element: what a page shows without the script. "" when there is no campaign.

    `base_url` is where Mainstay answers, without a slash at the end.
    """
    versions = newest_versions(newsroom)
    return (
        fallback_of(newsroom, read(versions[0].content), language, base_url) if versions else SafeString("")
    )


def _write_draft(campaign: Campaign, content: CampaignContent) -> None:
    """One UPDATE that finds no row when the draft has moved on."""
    newest = Campaign.objects.filter(pk=campaign.pk, draft_number=campaign.draft_number)
    if not newest.update(draft=content.written(), draft_number=campaign.draft_number + 1):
        raise DraftMovedOn
    campaign.draft = content.written()
    campaign.draft_number += 1


def _new_version(campaign: Campaign, content: CampaignContent, actor: str, day: date) -> Version:
    newsroom = Newsroom.objects.select_for_update().get(pk=campaign.newsroom_id)
    last = Version.objects.filter(campaign=campaign).order_by("-number").first()
    version = Version.objects.create(
        campaign=campaign,
        number=last.number + 1 if last else 1,
        content=content.written(),
        staff=actor,
        day=day,
    )
    _new_epoch(newsroom, day)
    return version


def _new_epoch(newsroom: Newsroom, day: date) -> None:
    """The weights that hold from now on, kept for ever: a label's epoch says with which chances it was drawn."""
    weights = {
        version.campaign.slug: {variant.name: variant.weight for variant in read(version.content).variants}
        for version in newest_versions(newsroom)
    }
    Epoch.objects.create(newsroom=newsroom, number=epoch_number(newsroom) + 1, weights=weights, day=day)


def _log(action: str, campaign: Campaign, actor: str, day: date, number: int | None = None) -> None:
    detail = {"version": number} if number else {}
    record(
        action,
        actor=actor,
        day=day,
        newsroom_id=campaign.newsroom_id,
        subject=campaign.slug,
        detail=detail,
    )
