"""The promise and its due payments. Days, not moments; tokens and addresses only sealed."""

from django.db import models
from django.db.models import Q

from mainstay.core.frequency import Frequency
from mainstay.core.ids import new_id
from mainstay.core.money import Money
from mainstay.jobs.claims import Claimable
from mainstay.newsrooms.models import Newsroom, ProcessorAccount

from .states import OPEN_ATTEMPT, AttemptState, ContributionState, InstallmentState


class Contribution(models.Model):
    """A promise: once, monthly or annual, so much, in this currency."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    newsroom = models.ForeignKey(Newsroom, on_delete=models.PROTECT, related_name="contributions")
    account = models.ForeignKey(ProcessorAccount, on_delete=models.PROTECT, related_name="contributions")
    moving_to = models.ForeignKey(
        ProcessorAccount,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="awaited",
        help_text="Where its supporter is asked to give the next card.",
    )
    frequency = models.CharField(max_length=8, choices=Frequency.choices)
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(
        max_length=10, choices=ContributionState.choices, default=ContributionState.PENDING
    )
    language = models.CharField(max_length=10)

    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    ended_why = models.CharField(max_length=20, blank=True, default="")
    anchor = models.DateField(null=True, blank=True)
    anchor_number = models.IntegerField(default=1, help_text="The installment that falls on the anchor.")
    next_number = models.PositiveIntegerField(default=2)
    next_due_date = models.DateField(null=True, blank=True)
    resume_on = models.DateField(null=True, blank=True)
    last_due_date = models.DateField(null=True, blank=True, help_text="No renewal after this day.")
    noticed_number = models.PositiveIntegerField(
        default=0, help_text="Installment that was announced 7 days ahead."
    )
    noticed_on = models.DateField(null=True, blank=True)
    noticed_early_number = models.PositiveIntegerField(default=0, help_text="The same, 30 days ahead.")

    label_epoch = models.PositiveIntegerField(null=True, blank=True)
    label_campaign = models.CharField(max_length=40, blank=True, default="")
    label_variant = models.CharField(max_length=20, blank=True, default="")
    label_section = models.CharField(max_length=20, blank=True, default="")
    for_another = models.BooleanField(default=False, help_text="In the name of a reader who can't give.")

    code_hash = models.CharField(max_length=64, unique=True)
    checkout_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)
    method_sealed = models.BinaryField(null=True, blank=True)
    mail_sealed = models.BinaryField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="contribution_amount_positive"),
            models.CheckConstraint(
                condition=~Q(frequency="once") | Q(next_due_date__isnull=True),
                name="contribution_once_has_no_next",
            ),
        ]
        indexes = [
            models.Index(
                fields=["newsroom", "state", "frequency", "next_due_date"], name="contribution_by_state"
            ),
            models.Index(
                fields=["state"], name="contribution_with_card", condition=Q(method_sealed__isnull=False)
            ),
            models.Index(
                fields=["newsroom", "started_on"],
                name="contribution_with_checkout",
                condition=Q(checkout_hash__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.frequency} {self.amount_minor} {self.currency} ({self.state})"

    @property
    def amount(self) -> Money:
        """What is promised each time."""
        return Money(self.amount_minor, self.currency)

    @property
    def card_account(self) -> ProcessorAccount:
        """The account for which its supporter gives the next card."""
        return self.moving_to or self.account


class ContributionEvent(models.Model):
    """One step in a contribution's history, for its page and the desk, told in plain words by `kind`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="events")
    number = models.PositiveIntegerField()
    day = models.DateField()
    kind = models.CharField(max_length=40)
    actor = models.CharField(max_length=60)
    detail = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contribution", "number"], name="event_one_of_a_number")
        ]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"


class Installment(Claimable):
    """One due payment of a contribution. A one-time contribution has one.

    It has one remote object, which can succeed at most once. `remote_id` and the moments are blanked once the
    installment is resolved; what stays of the id is a hash and a sealed copy on the payment.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    contribution = models.ForeignKey(Contribution, on_delete=models.PROTECT, related_name="installments")
    number = models.PositiveIntegerField()
    due_date = models.DateField()
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(
        max_length=16, choices=InstallmentState.choices, default=InstallmentState.SCHEDULED
    )
    tries = models.PositiveSmallIntegerField(default=0, help_text="Soft declines so far.")
    next_try_on = models.DateField(null=True, blank=True)
    remote_id = models.CharField(max_length=120, blank=True, default="", help_text="Clear while it is open.")
    remote_generation = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contribution", "number"], name="installment_one_of_a_number"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="installment_amount_positive"),
        ]
        indexes = [
            models.Index(
                fields=["next_action_at"],
                name="installment_due",
                condition=Q(next_action_at__isnull=False),
            ),
            models.Index(
                fields=["state", "next_try_on"],
                name="installment_retry",
                condition=Q(next_try_on__isnull=False),
            ),
            models.Index(fields=["due_date"], name="installment_named", condition=Q(remote_id__gt="")),
        ]

    def __str__(self) -> str:
        return f"{self.contribution_id}:{self.number} ({self.state})"

    @property
    def amount(self) -> Money:
        """What is due."""
        return Money(self.amount_minor, self.currency)

    @property
    def reference(self) -> str:
        """The opaque reference that the remote object carries: it survives a restored backup."""
        return f"{self.contribution_id}:{self.number}"

    @property
    def prepare_key(self) -> str:
        """The key under which the remote object is made."""
        return f"v1:{self.reference}:object:{self.remote_generation}"


class Attempt(models.Model):
    """One try at collecting an installment, on the installment's one remote object."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    installment = models.ForeignKey(Installment, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=80, unique=True)
    state = models.CharField(max_length=16, choices=AttemptState.choices, default=AttemptState.CREATED)
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    opened_on = models.DateField()
    reader_present = models.BooleanField(default=False)
    decline_code = models.CharField(max_length=60, blank=True, default="")
    look_ups = models.PositiveIntegerField(default=0)
    missing_since = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["installment", "number"], name="attempt_one_of_a_number"),
            models.UniqueConstraint(
                fields=["installment"], condition=Q(state__in=OPEN_ATTEMPT), name="attempt_one_open"
            ),
            models.UniqueConstraint(
                fields=["installment"], condition=Q(state="succeeded"), name="attempt_one_succeeded"
            ),
        ]
        indexes = [models.Index(fields=["opened_on"], name="attempt_by_day")]

    def __str__(self) -> str:
        return f"{self.key} ({self.state})"

    @property
    def amount(self) -> Money:
        """What this try asks for."""
        return Money(self.amount_minor, self.currency)
