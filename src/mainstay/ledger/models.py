"""Accounts and transfers. A wrong transfer is corrected by another; triggers refuse to change or delete one."""

from django.db import models
from django.db.models import F, Q

from mainstay.core.ids import new_id
from mainstay.newsrooms.models import Newsroom


class LedgerAccount(models.Model):
    """Where money is, or what it was for, in one newsroom and currency.

    `code` is a path: `processor:<account id>`, `fees:<account id>`, `income:<campaign>`, `refunds`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    newsroom = models.ForeignKey(Newsroom, on_delete=models.PROTECT, related_name="ledger_accounts")
    currency = models.CharField(max_length=3)
    code = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["newsroom", "currency", "code"], name="ledger_account_one_of_a_code"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.currency}"


class Transfer(models.Model):
    """So much went from one account to another, on that day. `reference` is unique: booking twice is impossible."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    newsroom = models.ForeignKey(Newsroom, on_delete=models.PROTECT, related_name="transfers")
    from_account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="transfers_out")
    to_account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="transfers_in")
    amount_minor = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    reference = models.CharField(max_length=100, unique=True)
    day = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="transfer_amount_positive"),
            models.CheckConstraint(condition=~Q(from_account=F("to_account")), name="transfer_between_two"),
        ]
        indexes = [models.Index(fields=["newsroom", "day"], name="transfer_by_day")]

    def __str__(self) -> str:
        return f"{self.reference}: {self.amount_minor} {self.currency}"
