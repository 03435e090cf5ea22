"""Alarms that stand, and those that stood. No alarm tells anything about a person."""

from django.db import models
from django.db.models import Q

from mainstay.core.ids import new_id
from mainstay.jobs.claims import Claimable
from mainstay.newsrooms.models import Newsroom

from .rules import Kind


class Alarm(Claimable):
    """One alarm, from the moment that it stands until it is over and that was told. Then the row is deleted.

    Without a newsroom it is about the whole installation. `mail_told` and `webhook_told` hold the last state that each
    of them was told of, so that trouble with the one doesn't repeat the other.
    """

    class State(models.TextChoices):
        """It stands, or it is over."""

        STANDS = "stands"
        OVER = "over"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    newsroom = models.ForeignKey(
        Newsroom, on_delete=models.CASCADE, null=True, blank=True, related_name="alarms"
    )
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in Kind])
    number = models.PositiveIntegerField(help_text="What its sentence tells: hours, a count, percent.")
    since = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.STANDS)
    mail_told = models.CharField(max_length=8, blank=True, default="")
    webhook_told = models.CharField(max_length=8, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["newsroom", "kind"], name="alarm_one_of_a_kind", condition=Q(newsroom__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["kind"], name="alarm_one_of_a_kind_in_the_house", condition=Q(newsroom__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.state})"
