"""What the inbox keeps: objects that something is said to have happened to, and what is known of each account."""

from django.db import models

from mainstay.contributions.port import ObjectKind
from mainstay.core.ids import new_id
from mainstay.jobs.claims import Claimable
from mainstay.newsrooms.models import ProcessorAccount


class Hint(Claimable):
    """An object at a processor that something is said to have happened to. What is true is fetched.

    One row for each object, however many webhooks come: claiming it puts all that is said of one object in order.
    `news` is written anew by each hint, so that one that comes while the object is being fetched is not lost. The row
    is deleted when it is resolved, after a day at the latest.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(ProcessorAccount, on_delete=models.CASCADE, related_name="hints")
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in ObjectKind])
    object_id = models.CharField(max_length=120)
    news = models.CharField(max_length=32)
    tries = models.PositiveSmallIntegerField(default=0)
    first_heard_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "kind", "object_id"], name="hint_one_per_object")
        ]
        indexes = [models.Index(fields=["next_action_at"], name="hint_due")]

    def __str__(self) -> str:
        return f"{self.kind} ({self.tries})"


class AccountWatch(Claimable):
    """What the worker keeps in mind about one account: where asking for news goes on, and whether the account rests.

    The claim columns say when its news is asked for next. `heard_at` is cut to the hour: it tells staff that webhooks
    have stopped, not when somebody paid.
    """

    account = models.OneToOneField(
        ProcessorAccount, on_delete=models.CASCADE, primary_key=True, related_name="watch"
    )
    cursor = models.CharField(
        max_length=120, blank=True, default="", help_text="Where the next poll goes on."
    )
    heard_at = models.DateTimeField(null=True, blank=True, help_text="The hour of the last webhook.")
    resting_until = models.DateTimeField(
        null=True, blank=True, help_text="The key is refused: no call before."
    )
    cards_read_on = models.DateField(
        null=True, blank=True, help_text="When cards were last read for their end."
    )
    statement = models.CharField(
        max_length=60, blank=True, default="", help_text="What bank statements read, by the company's word."
    )
    statement_asked_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.account_id}"
