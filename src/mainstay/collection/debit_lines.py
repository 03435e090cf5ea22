"""What became of debits: their lines on a statement, and what the bank said before anything was booked.

Reasons are the scheme's codes (EPC173-14, Reason Codes for SEPA Direct Debit R-transactions).
https://www.europeanpaymentscouncil.eu/document-library/guidance-documents/guidance-reason-codes-sepa-direct-debit-r-transactions
"""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum import iban as account_number

from mainstay.contributions.actions import locked, stop
from mainstay.contributions.models import Attempt, Contribution
from mainstay.contributions.port import DisputeFact, DisputeStage, Outcome, RemoteFact
from mainstay.contributions.retry import STANDARD
from mainstay.contributions.states import RENEWING, AttemptState
from mainstay.core.errors import MainstayError
from mainstay.letters.outbox import queue
from mainstay.newsrooms.models import ProcessorAccount

from .bank_models import BankLine
from .debit_models import Debit, DebitFile
from .disputes import apply_dispute
from .models import Payment
from .outcome import abandon_if_over, apply

REASONS = {
    "AC01": gettext_lazy("The account number is wrong"),
    "AC04": gettext_lazy("The account is closed"),
    "AC06": gettext_lazy("The account is blocked"),
    "AC13": gettext_lazy("The account is a company’s"),
    "AG01": gettext_lazy("Debits are forbidden on this account"),
    "AG02": gettext_lazy("The bank does not know this kind of debit"),
    "AM04": gettext_lazy("There is not enough money on the account"),
    "MD01": gettext_lazy("There is no mandate"),
    "MD06": gettext_lazy("The reader asked for the money back"),
    "MD07": gettext_lazy("The owner of the account has died"),
    "MS02": gettext_lazy("The reader refused it"),
    "MS03": gettext_lazy("The bank gives no reason"),
    "RC01": gettext_lazy("The bank is not known by this number"),
    "SL01": gettext_lazy("The reader has told the bank not to pay"),
}
"""What a bank says of a debit, by its code."""
PASSING = frozenset({"AM04", "MS03", "ED05"})
"""Reasons that may be over by the next time. Any other ends the promise, one that we don't know included."""
Why = BankLine.Why


class NotThisDebit(MainstayError):
    """What was asked can't be done with this debit."""


def debits_by_reference(account: ProcessorAccount, references: Collection[str]) -> dict[str, Debit]:
    """The debits that are paid to this account and that a statement names."""
    rows = Debit.objects.filter(
        reference__in=[one for one in references if one],
        file__account__newsroom=account.newsroom_id,
    ).select_related("file__account", "attempt__installment__contribution")
    number = account_number.compact(account.settings["iban"])
    return {
        row.reference: row
        for row in rows
        if account_number.compact(row.file.account.settings["iban"]) == number
    }


def why_doubtful(line: BankLine, debit: Debit) -> str:
    """Why a person has to look at a line about this debit; "" when nothing is doubtful."""
    payment = Payment.objects.filter(installment=debit.attempt.installment_id).first()
    if not line.outgoing:
        if line.return_code:
            return Why.CAME_BACK
        if payment:
            return Why.PAID_BEFORE
        return "" if debit.attempt.amount == line.amount else Why.AMOUNT
    if payment is None or debit.attempt.state != AttemptState.SUCCEEDED:
        return Why.EARLY if debit.attempt.state == AttemptState.PENDING else Why.CAME_BACK
    if not line.return_code:
        return "" if line.amount <= payment.left else Why.OUTGOING
    gave_back = payment.refunded_minor or payment.disputes.exists()
    return Why.CAME_BACK if gave_back or line.amount < payment.gross else ""


def sent_back(line: BankLine, payment: Payment, charge_id: str, now: datetime) -> None:
    """The reader's bank took a debit back after it had come in. What it took beyond the gift is its fee."""
    fact = DisputeFact(
        Outcome.SUCCEEDED,
        line.charge_id,
        charge_id,
        DisputeStage.LOST,
        payment.gross,
        fee=line.amount - payment.gross,
    )
    apply_dispute(payment.account, fact, now, ends_promise=line.return_code not in PASSING)


def refused(debit: Debit, code: str, now: datetime) -> None:
    """The bank refused a debit before any money came. Raises `NotThisDebit` for a code of none, or a settled debit.

    A passing reason is tried again on later days, as often as a card would be; any other ends the promise.
    """
    with transaction.atomic():
        row = locked(debit.mandate.contribution_id)
        sent = Debit.objects.filter(pk=debit.pk, file__state=DebitFile.State.SENT)
        if code not in REASONS or not sent.exists():
            raise NotThisDebit(_("Choose what the bank said about a debit that was sent to it."))
        attempt = Attempt.objects.select_related("installment").get(pk=debit.attempt_id)
        if attempt.state != AttemptState.PENDING:
            raise NotThisDebit(_("This debit is settled already."))
        again = code in PASSING and attempt.installment.tries + 1 < len(STANDARD.soft_days)
        if not again and row.state in RENEWING:
            _end(row, row.newsroom.today(now), now)
        outcome = Outcome.DECLINED_SOFT if again else Outcome.DECLINED_HARD
        abandon_if_over(apply(attempt, RemoteFact(outcome, decline_code=code), now))


def _end(row: Contribution, today: date, now: datetime) -> None:
    """The promise ends, and who gave an address hears of it: once."""
    stop(row, why="debit", actor="worker", day=today)
    if row.mail_sealed:
        queue(
            kind="ended",
            newsroom=row.newsroom,
            language=row.language,
            dedupe_key=f"ended:{row.pk}:{today}",
            recipient_sealed=bytes(row.mail_sealed),
            payload={
                "amount_minor": row.amount_minor,
                "currency": row.currency,
                "frequency": row.frequency,
                "day": today.isoformat(),
                "why": "debit",
            },
            day=today,
            now=now,
        )
