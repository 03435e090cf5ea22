"""What is under way between one place and another, and the last look over a newsroom before it takes money."""

from django.db import models

from mainstay.contributions.models import Contribution
from mainstay.core.ids import new_id
from mainstay.newsrooms.models import Newsroom, ProcessorAccount


class CheckUp(models.Model):
    """What `mainstay doctor` found when it last looked: one row for each newsroom."""

    newsroom = models.OneToOneField(
        Newsroom, on_delete=models.CASCADE, primary_key=True, related_name="check_up"
    )
    day = models.DateField()
    findings = models.JSONField(default=list)
    confirmed = models.JSONField(
        default=dict, help_text="What only a person can see, by whom it was confirmed and when."
    )

    def __str__(self) -> str:
        return f"looked at on {self.day}"


class Import(models.Model):
    """Promises that were brought in together, from one file or one account."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    newsroom = models.ForeignKey(Newsroom, on_delete=models.CASCADE, related_name="imports")
    account = models.ForeignKey(ProcessorAccount, on_delete=models.CASCADE, related_name="imports")
    source = models.CharField(max_length=20)
    actor = models.CharField(max_length=60)
    day = models.DateField()
    undone_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.source} on {self.day}"


class ImportedPromise(models.Model):
    """Which promise came from which line or subscription, so that none comes twice. Deleted after 35 days.

    `taken` says that nobody else collects it any more.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="promises")
    contribution = models.OneToOneField(Contribution, on_delete=models.CASCADE, related_name="imported")
    origin_hash = models.CharField(max_length=64, unique=True)
    origin_sealed = models.BinaryField(null=True, blank=True, help_text="The subscription's id.")
    taken = models.BooleanField(default=True)
    day = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["day"], name="imported_by_day")]

    def __str__(self) -> str:
        return "taken over" if self.taken else "under way"


class MovedPromise(models.Model):
    """A promise on its way to another processor account, with what it needs to go back. Deleted after 35 days."""

    contribution = models.OneToOneField(
        Contribution, on_delete=models.CASCADE, primary_key=True, related_name="moved"
    )
    from_account = models.ForeignKey(ProcessorAccount, on_delete=models.CASCADE, related_name="moved_away")
    to_account = models.ForeignKey(ProcessorAccount, on_delete=models.CASCADE, related_name="moved_here")
    method_sealed = models.BinaryField(null=True, blank=True, help_text="The card at the old account.")
    number = models.PositiveIntegerField(help_text="The first installment at the new account.")
    day = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["day"], name="moved_by_day")]

    def __str__(self) -> str:
        return f"moved on {self.day}"
