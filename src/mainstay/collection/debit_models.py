"""Mandates that readers signed, the debits that came of them, and the files that a person took to the bank."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from mainstay.contributions.models import Attempt, Contribution
from mainstay.core.ids import new_id
from mainstay.newsrooms.models import ProcessorAccount
from mainstay.processors.bank.reference import creditor_reference


class Mandate(models.Model):
    """A reader's permission to debit their account. Name and number are sealed to the people key.

    It outlives its promise by the months in which a bank may ask for it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    contribution = models.OneToOneField(Contribution, on_delete=models.PROTECT, related_name="mandate")
    reference = models.CharField(max_length=35, unique=True)
    signed_on = models.DateField()
    holder_sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"signed on {self.signed_on}"


class DebitFile(models.Model):
    """A file for the bank. Its bytes are not kept; they are made anew, and held to the hash of the first time."""

    class State(models.TextChoices):
        """Where it stands."""

        MADE = "made", _("not sent yet")
        SENT = "sent", _("sent to the bank")
        WITHDRAWN = "withdrawn", _("withdrawn")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(ProcessorAccount, on_delete=models.PROTECT, related_name="debit_files")
    state = models.CharField(max_length=10, choices=State.choices, default=State.MADE)
    made_on = models.DateField()
    made_by = models.CharField(max_length=40)
    collect_on = models.DateField()
    content_hash = models.CharField(max_length=64, blank=True, default="")

    def __str__(self) -> str:
        return f"for {self.collect_on} ({self.state})"

    @property
    def message(self) -> str:
        """What the bank knows the file by."""
        return creditor_reference(f"debit-file:{self.pk}")


class Debit(models.Model):
    """One attempt in a file. `reference` is what the statement will call it. The row goes after 13 months."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, related_name="debit")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="debits")
    file = models.ForeignKey(DebitFile, on_delete=models.PROTECT, related_name="debits")
    reference = models.CharField(max_length=25, unique=True)
    sequence = models.CharField(max_length=4)

    def __str__(self) -> str:
        return f"{self.reference} ({self.sequence})"
