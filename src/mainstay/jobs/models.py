"""The worker's own rows. They know no domain and tell nothing about a reader."""

from django.db import models


class WorkerHeartbeat(models.Model):
    """A worker process was there at that moment. `name` is random and says nothing about its host."""

    name = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()
    locked = models.PositiveIntegerField(
        default=0, help_text="What a person must unlock before it can do all."
    )

    def __str__(self) -> str:
        return self.name
