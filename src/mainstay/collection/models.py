"""What happened to money, as the processor tells it."""

from django.db import models
from django.db.models import F, Q

from mainstay.contributions.models import Contribution, Installment
from mainstay.contributions.port import DisputeStage
from mainstay.contributions.states import RefundState
from mainstay.core.ids import new_id
from mainstay.core.money import Money
from mainstay.jobs.claims import Claimable
from mainstay.newsrooms.models import Newsroom, ProcessorAccount

from .bank_models import BankLine, BankStatement
from .books_models import AccountCheck, Difference, Payout
from .debit_models import Debit, DebitFile, Mandate
from .inbox_models import AccountWatch, Hint

__all__ = [
    "AccountCheck",
    "AccountWatch",
    "BankLine",
    "BankStatement",
    "Debit",
    "DebitFile",
    "Detachment",
    "Difference",
    "Dispute",
    "Hint",
    "Mandate",
    "Payment",
    "Payout",
    "Refund",
    "Saving",
]


class Payment(models.Model):
    """Money that arrived. The link to its contribution is cut after 13 months; the remote id is hashed and sealed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    newsroom = models.ForeignKey(Newsroom, on_delete=models.PROTECT, related_name="payments")
    account = models.ForeignKey(ProcessorAccount, on_delete=models.PROTECT, related_name="payments")
    contribution = models.ForeignKey(
        Contribution, on_delete=models.SET_NULL, null=True, blank=True, related_name="payments"
    )
    installment = models.OneToOneField(
        Installment, on_delete=models.SET_NULL, null=True, blank=True, related_name="payment"
    )
    remote_hash = models.CharField(max_length=64, help_text="Of the charge's id.")
    object_hash = models.CharField(
        max_length=64, blank=True, default="", help_text="Of the remote object's id."
    )
    remote_sealed = models.BinaryField(help_text="The charge's and the remote object's id.")
    gross_minor = models.PositiveBigIntegerField()
    fee_minor = models.PositiveBigIntegerField(null=True, blank=True)
    refunded_minor = models.PositiveBigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    frequency = models.CharField(max_length=8)
    campaign = models.CharField(max_length=40, blank=True, default="")
    first = models.BooleanField(default=False, help_text="The first payment of its contribution.")
    day = models.DateField()
    matched_on = models.DateField(
        null=True, blank=True, help_text="When the processor's own books were found to have it."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "remote_hash"], name="payment_one_per_remote"),
            models.CheckConstraint(condition=Q(gross_minor__gt=0), name="payment_gross_positive"),
            models.CheckConstraint(
                condition=Q(refunded_minor__lte=F("gross_minor")), name="payment_refund_within_gross"
            ),
        ]
        indexes = [
            models.Index(fields=["newsroom", "day"], name="payment_by_day"),
            models.Index(fields=["object_hash"], name="payment_by_object"),
            models.Index(
                fields=["account", "day"], name="payment_unmatched", condition=Q(matched_on__isnull=True)
            ),
            models.Index(
                fields=["newsroom", "day"],
                name="payment_linked",
                condition=Q(contribution__isnull=False) | Q(installment__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gross_minor} {self.currency} on {self.day}"

    @property
    def gross(self) -> Money:
        """What the reader paid."""
        return Money(self.gross_minor, self.currency)

    @property
    def left(self) -> Money:
        """What is left after refunds."""
        return Money(self.gross_minor - self.refunded_minor, self.currency)


class Refund(Claimable):
    """Money on its way back. The web asks, the worker does: the web's key can't refund.

    One that was made at the processor itself has the hash of its id as its token.
    """

    State = RefundState

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    request_token = models.CharField(max_length=64)
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    why_failed = models.CharField(max_length=80, blank=True, default="")
    requested_by = models.CharField(max_length=60)
    reason = models.CharField(max_length=200, blank=True, default="")
    remote_hash = models.CharField(max_length=64, blank=True, default="", help_text="Of the refund's own id.")
    remote_sealed = models.BinaryField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment", "request_token"], name="refund_one_per_request"),
            models.UniqueConstraint(
                fields=["payment", "remote_hash"], condition=~Q(remote_hash=""), name="refund_one_per_remote"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_amount_positive"),
        ]
        indexes = [models.Index(fields=["remote_hash"], name="refund_by_remote")]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency} ({self.state})"

    @property
    def amount(self) -> Money:
        """What goes back."""
        return Money(self.amount_minor, self.currency)

    @property
    def key(self) -> str:
        """The key of the refund at the processor."""
        return f"v1:refund:{self.pk}"


class Dispute(models.Model):
    """A reader's objection at their bank. It says what the processor took; the remote id is hashed and sealed."""

    Stage = DisputeStage

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    remote_hash = models.CharField(max_length=64, unique=True)
    remote_sealed = models.BinaryField()
    stage = models.CharField(max_length=10, choices=[(stage.value, stage.value) for stage in DisputeStage])
    amount_minor = models.PositiveBigIntegerField()
    fee_minor = models.PositiveBigIntegerField(default=0)
    fee_currency = models.CharField(max_length=3)
    fee_returned = models.BooleanField(default=False)
    currency = models.CharField(max_length=3)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency} ({self.stage})"

    @property
    def amount(self) -> Money:
        """What is disputed."""
        return Money(self.amount_minor, self.currency)


class Detachment(Claimable):
    """A saved card that the processor shall forget. The row is deleted once it has."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(ProcessorAccount, on_delete=models.PROTECT, related_name="detachments")
    method_sealed = models.BinaryField()
    tries = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.pk)


class Saving(Claimable):
    """A card whose bank wants its holder before it is saved. The row is deleted once that is known."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="savings")
    account = models.ForeignKey(ProcessorAccount, on_delete=models.PROTECT, related_name="savings")
    remote_id = models.CharField(max_length=120)
    warned = models.BooleanField(help_text="Its country's warning was accepted: the promise gets an end.")
    wanted = models.BooleanField(default=True, help_text="No other card was given since.")
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contribution"], condition=Q(wanted=True), name="saving_one_wanted"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
