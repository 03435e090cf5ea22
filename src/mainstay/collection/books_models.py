"""What reconciliation keeps: differences that staff must see, and how far each account has been compared."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from mainstay.contributions.port import PayoutStage
from mainstay.core.ids import new_id
from mainstay.core.money import Money
from mainstay.jobs.claims import Claimable
from mainstay.newsrooms.models import ProcessorAccount


class Difference(models.Model):
    """One thing on which our books and a processor's don't agree, until it is settled.

    The object's id is hashed and sealed; `detail` has amounts, days and ids of our own rows, and nobody's person.
    """

    class Kind(models.TextChoices):
        """What is the matter. `desk/differences.py` says in plain words what each means and how it is repaired."""

        AMOUNT = "amount", _("another amount or currency than we asked for")
        FEE = "fee", _("another fee than is booked")
        UNKNOWN_PAYMENT = "unknown_payment", _("money that no promise asked for")
        UNKNOWN_OBJECT = "unknown_object", _("news of something that we don’t have")
        UNKNOWN_LINE = "unknown_line", _("a line of the company’s books that we can’t read")
        MISSING_THERE = "missing_there", _("a payment that the company doesn’t have")
        MISSING_PROMISE = "missing_promise", _("a promise that was lost with a backup")
        REFUND = "refund", _("a refund that doesn’t fit its payment")
        DISPUTE = "dispute", _("a dispute that doesn’t fit its payment")
        BALANCE = "balance", _("another balance than our books have")
        UNRESOLVED = "unresolved", _("nobody knows what became of a payment")
        LATE = "late", _("money that came after we had given it up")
        WRONG_ACCOUNT = "wrong_account", _("news that was meant for another account")

    class State(models.TextChoices):
        """Open, gone by itself or by a repair, or looked at and accepted by a member of staff."""

        OPEN = "open"
        SETTLED = "settled"
        ACCEPTED = "accepted"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(ProcessorAccount, on_delete=models.CASCADE, related_name="differences")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    object_hash = models.CharField(max_length=64)
    object_sealed = models.BinaryField(help_text="The processor's id of the object.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    first_seen_on = models.DateField()
    settled_on = models.DateField(null=True, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind", "object_hash"], name="difference_one_of_a_kind"
            )
        ]
        indexes = [models.Index(fields=["account", "state"], name="difference_by_state")]

    def __str__(self) -> str:
        return f"{self.kind} ({self.state})"


class AccountCheck(Claimable):
    """How far an account has been compared with its processor's own books, and what came of it last time.

    The cursor lives in the database on purpose: a restored backup brings back the cursor of its own moment, and
    reading goes on from there.
    """

    account = models.OneToOneField(
        ProcessorAccount, on_delete=models.CASCADE, primary_key=True, related_name="check_row"
    )
    cursor = models.CharField(max_length=120, blank=True, default="")
    held = models.BooleanField(
        default=False, help_text="After an outage: nothing is collected before the account has been compared."
    )
    sums = models.JSONField(
        default=dict,
        help_text="What the lines up to the cursor moved the balance by, by currency, minor units.",
    )
    checked_on = models.DateField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    lines_read = models.PositiveIntegerField(default=0)
    payments_booked = models.PositiveIntegerField(default=0)
    promises_rebuilt = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=200, blank=True, default="", help_text="Why it could not be done.")

    def __str__(self) -> str:
        return f"{self.account_id} checked on {self.checked_on}"


class Payout(models.Model):
    """Money that a processor sends to the newsroom's bank. Its id is hashed and sealed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(ProcessorAccount, on_delete=models.PROTECT, related_name="payouts")
    remote_hash = models.CharField(max_length=64)
    remote_sealed = models.BinaryField()
    stage = models.CharField(max_length=10, choices=[(stage.value, stage.value) for stage in PayoutStage])
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "remote_hash"], name="payout_one_per_remote"),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="payout_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency} ({self.stage})"

    @property
    def amount(self) -> Money:
        """What was sent."""
        return Money(self.amount_minor, self.currency)
