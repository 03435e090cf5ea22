"""Reminders, requests for a sign-in link, and the desk's queue of lost codes."""

from django.db import models

from mainstay.contributions.models import Contribution
from mainstay.core.ids import new_id
from mainstay.jobs.claims import Claimable
from mainstay.newsrooms.models import Newsroom


class Reminder(Claimable):
    """ "Ask me again next month": one letter, once. Address and choice are sealed to the key of the month it is due.

    The row is deleted when the letter has gone; unsubscribing deletes it by its random id.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    newsroom = models.ForeignKey(Newsroom, on_delete=models.PROTECT, related_name="reminders")
    due_date = models.DateField()
    sealed = models.BinaryField()
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["newsroom", "due_date"], name="reminder_by_day")]

    def __str__(self) -> str:
        return f"due {self.due_date}"


class SignInRequest(Claimable):
    """A reader asked for a link to their page. Sealed to the people key; dropped when an hour old."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    newsroom = models.ForeignKey(Newsroom, on_delete=models.PROTECT, related_name="sign_in_requests")
    sealed = models.BinaryField()
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)


class SignInLink(models.Model):
    """A mailed link: the hash of its secret, the pages it opens, for one hour and one use."""

    token_hash = models.CharField(primary_key=True, max_length=64)
    newsroom = models.ForeignKey(Newsroom, on_delete=models.PROTECT, related_name="sign_in_links")
    contributions = models.ManyToManyField(Contribution, related_name="sign_in_links")
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"until {self.expires_at:%H:%M}"


class LostCode(models.Model):
    """A reader lost their code and told day and amount: the desk finds the promise and can only stop it."""

    class State(models.TextChoices):
        """Waiting for the desk, or dealt with."""

        OPEN = "open"
        DONE = "done"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    newsroom = models.ForeignKey(Newsroom, on_delete=models.PROTECT, related_name="lost_codes")
    paid_on = models.DateField()
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    day = models.DateField()

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency} on {self.paid_on}"
