"""What a bank's statement told: the files that were read, and their lines. No name and no account number of a payer."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from mainstay.contributions.models import Installment
from mainstay.core.ids import new_id
from mainstay.core.money import Money
from mainstay.newsrooms.models import ProcessorAccount

from .debit_models import Debit


class BankStatement(models.Model):
    """A file that staff read in. Until it is confirmed nothing of it is booked."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(ProcessorAccount, on_delete=models.CASCADE, related_name="statements")
    content_hash = models.CharField(max_length=64, blank=True, default="", help_text="Blank after 35 days.")
    read_on = models.DateField()
    read_by = models.CharField(max_length=40)
    known_lines = models.PositiveIntegerField(default=0, help_text="Lines that an earlier file had told.")
    confirmed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "content_hash"],
                condition=~models.Q(content_hash=""),
                name="bank_statement_once",
            )
        ]

    def __str__(self) -> str:
        return f"read on {self.read_on}"


class BankLine(models.Model):
    """One movement on the account, and what was made of it.

    What its payer wrote goes when the matter is resolved, and the fingerprint 35 days after it was read: a name could
    be guessed from it. By then no other file tells half of its day.
    """

    class State(models.TextChoices):
        """What was made of it."""

        READ = "read", _("in a preview")
        PAID = "paid", _("booked as the gift it was meant for")
        WAITING = "waiting", _("waits for a person")
        GIFT = "gift", _("counted as a gift")
        BACK = "back", _("money that went back")
        LEFT_OUT = "left_out", _("not in these books")

    class Why(models.TextChoices):
        """Why a person has to look at it."""

        NO_REFERENCE = "no_reference", _("It has no reference.")
        BROKEN = "broken", _("Its reference has a typing mistake.")
        NOT_OURS = "not_ours", _("Its reference belongs to no gift.")
        AMOUNT = "amount", _("Another amount was asked for.")
        CURRENCY = "currency", _("It is in another currency than euro.")
        PAID_BEFORE = "paid_before", _("This reference has been paid already.")
        COUNTRY = "country", _("It comes from a country whose money you refuse. Send it back at the bank.")
        OUTGOING = "outgoing", _("It went out, and is no gift going back.")
        CAME_BACK = "came_back", _("It undoes something that is not in these books.")
        EARLY = (
            "early",
            _("Its debit has not come in yet. Book the statement that has it, then this one again."),
        )

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    statement = models.ForeignKey(BankStatement, on_delete=models.CASCADE, related_name="lines")
    account = models.ForeignKey(ProcessorAccount, on_delete=models.CASCADE, related_name="bank_lines")
    fingerprint = models.CharField(max_length=64, blank=True, default="")
    day = models.DateField()
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    outgoing = models.BooleanField(default=False)
    reference = models.CharField(max_length=25, blank=True, default="")
    return_code = models.CharField(max_length=10, blank=True, default="")
    text = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.READ)
    why = models.CharField(max_length=12, choices=Why.choices, blank=True, default="")
    installment = models.ForeignKey(
        Installment, on_delete=models.SET_NULL, null=True, blank=True, related_name="bank_lines"
    )
    debit = models.ForeignKey(
        Debit, on_delete=models.SET_NULL, null=True, blank=True, related_name="bank_lines"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "fingerprint"],
                condition=~models.Q(fingerprint=""),
                name="bank_line_once",
            ),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="bank_line_moves_something"),
        ]
        indexes = [models.Index(fields=["account", "state"], name="bank_line_by_state")]

    def __str__(self) -> str:
        return f"{self.day}: {self.amount_minor} {self.currency} ({self.state})"

    @property
    def amount(self) -> Money:
        """What moved. Raises `UnknownCurrency` where the line is in a currency that we don't count in."""
        return Money(self.amount_minor, self.currency)

    @property
    def charge_id(self) -> str:
        """What the books know it by."""
        return f"bank-line:{self.pk}"
