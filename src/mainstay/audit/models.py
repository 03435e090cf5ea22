"""One row is one business action. Rows are never changed or deleted: a trigger refuses it in both databases."""

from django.db import models


class AuditLine(models.Model):
    """Who did what to which thing, on which day. `previous` and `hash` chain the lines."""

    number = models.PositiveBigIntegerField(primary_key=True)
    newsroom_id = models.UUIDField(null=True)
    day = models.DateField()
    actor = models.CharField(max_length=60)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=80, blank=True)
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        indexes = [models.Index(fields=["day"], name="audit_day")]

    def __str__(self) -> str:
        return f"{self.number} {self.action} {self.subject}"
