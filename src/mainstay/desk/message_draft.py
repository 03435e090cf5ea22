"""The campaign that the desk edits, and what was typed into its form."""

from django.http import QueryDict

from mainstay.message.content import BadContent, CampaignContent, read
from mainstay.message.models import Campaign
from mainstay.newsrooms.models import Newsroom

from .message_fields import Shape, Typed, paths, read_typed, shape_of


def campaign_of(newsroom: Newsroom) -> Campaign | None:
    """The newsroom's first campaign: the one that the desk edits."""
    return Campaign.objects.filter(newsroom=newsroom).order_by("priority", "slug").first()


def typed_in(fields: QueryDict, newsroom: Newsroom) -> tuple[Typed, Shape]:
    """What was typed, without the wordings that were ticked for removal (the last one stays)."""
    counted = fields.get("variants", "1")
    shape = shape_of(newsroom, int(counted) if counted.isdigit() and len(counted) < 3 else 1)
    typed = {path: fields.get(path, "") for path in paths(shape)}
    kept = [place for place in range(shape.variants) if not fields.get(f"variants.{place}.remove")] or [0]
    if len(kept) == shape.variants:
        return typed, shape
    fewer = shape_of(newsroom, len(kept))
    return {path: typed[moved(path, kept)] for path in paths(fewer)}, fewer


def moved(path: str, kept: list[int]) -> str:
    """The path of a field before its wording moved to the place that it has now."""
    parts = path.split(".")
    if parts[0] == "variants":
        parts[1] = str(kept[int(parts[1])])
    return ".".join(parts)


def content_of(typed: Typed, shape: Shape, salt: str) -> CampaignContent:
    """The content that was typed. Raises `BadContent` with the problems of reading and of judging together."""
    reading = read_typed(typed, shape, salt)
    try:
        content = read(reading.content)
    except BadContent as problem:
        raise BadContent({**problem.problems, **reading.problems}) from problem
    if reading.problems:
        raise BadContent(reading.problems)
    return content
