"""Campaigns, the published versions of their words and asks, and the epochs in which weights held."""

from django.db import models

from mainstay.core.ids import new_id
from mainstay.newsrooms.models import Newsroom


class Campaign(models.Model):
    """A message, its audience and its dates. `draft` is what the editor is writing; what readers see is published.

    `draft_number` counts what was saved, so that of two editors at once the later one is asked and overwrites nothing.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    newsroom = models.ForeignKey(Newsroom, on_delete=models.PROTECT, related_name="campaigns")
    slug = models.SlugField(max_length=40)
    draft = models.JSONField(default=dict)
    draft_number = models.PositiveIntegerField(default=0)
    priority = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["newsroom", "slug"], name="campaign_one_of_a_slug")]
        ordering = ["priority", "slug"]

    def __str__(self) -> str:
        return self.slug


class Version(models.Model):
    """One published wording of a campaign, never changed. The newest is what readers see."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    staff = models.CharField(max_length=60)
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "number"], name="version_one_of_a_number")]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.number}"


class Epoch(models.Model):
    """A stretch of time in which the published weights held: archived for ever, so that a result can be recomputed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    newsroom = models.ForeignKey(Newsroom, on_delete=models.PROTECT, related_name="epochs")
    number = models.PositiveIntegerField()
    weights = models.JSONField()
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["newsroom", "number"], name="epoch_one_of_a_number")]
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.number}"
