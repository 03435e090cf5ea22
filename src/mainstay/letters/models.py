"""The outbox: letters that wait for the people key, and the bare fact of those that went."""

from django.db import models

from mainstay.core.ids import new_id
from mainstay.jobs.claims import Claimable
from mainstay.newsrooms.models import Newsroom


class Letter(Claimable):
    """One letter. Its id makes the Message-ID, so that a second delivery of the same letter is recognisable.

    `recipient_sealed` and `payload` are blanked when it is sent. `day` is when it was queued, then when it went.
    """

    class State(models.TextChoices):
        """Waiting to go, gone, or given up."""

        WAITING = "waiting"
        SENT = "sent"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    newsroom = models.ForeignKey(Newsroom, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=10)
    dedupe_key = models.CharField(max_length=120, unique=True)
    recipient_sealed = models.BinaryField(null=True, blank=True)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    day = models.DateField()

    class Meta:
        indexes = [
            models.Index(
                fields=["newsroom", "next_action_at"],
                name="letter_due",
                condition=models.Q(next_action_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.state})"
