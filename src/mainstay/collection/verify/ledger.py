"""I1 to I3 and I11: the transfers by themselves, and the transfers as the rows of payments and refunds want them."""

from django.db.models import Count, F, Q, Sum

from mainstay.collection.models import Payment, Refund
from mainstay.ledger.models import LedgerAccount, Transfer

from .invariant import Faults

CHUNK = 2000


def one_currency() -> Faults:
    """I1. A transfer is more than nothing, between two accounts of its own newsroom and its own currency."""
    wrong = (
        Q(amount_minor__lte=0)
        | Q(from_account=F("to_account"))
        | ~Q(from_account__currency=F("currency"))
        | ~Q(to_account__currency=F("currency"))
        | ~Q(from_account__newsroom=F("newsroom"))
        | ~Q(to_account__newsroom=F("newsroom"))
    )
    for reference in Transfer.objects.filter(wrong).values_list("reference", flat=True).iterator(CHUNK):
        yield f"The transfer {reference} is not an amount from one account to another of the same currency."


def sums_to_nothing() -> Faults:
    """I2. Over all accounts of a newsroom and currency, what came in less what went out is nothing."""
    totals: dict[tuple[str, str], int] = {}
    for sign, side in ((1, "transfers_in"), (-1, "transfers_out")):
        rows = LedgerAccount.objects.values("newsroom__slug", "currency").annotate(
            total=Sum(f"{side}__amount_minor")
        )
        for row in rows:
            key = (row["newsroom__slug"], row["currency"])
            totals[key] = totals.get(key, 0) + sign * (row["total"] or 0)
    for (slug, currency), total in totals.items():
        if total:
            yield f"The accounts of {slug} in {currency} come to {total} minor units instead of nothing."


def one_transfer_per_reference() -> Faults:
    """I3. A reference is booked once."""
    rows = Transfer.objects.values("reference").annotate(times=Count("pk")).filter(times__gt=1)
    for row in rows.iterator(CHUNK):
        yield f"The reference {row['reference']} is booked {row['times']} times."


def books_follow_payments() -> Faults:
    """I11. Each payment and each refund is booked with its amount, and nothing else is booked as one.

    However often and in whatever order news came, there is one transfer for each.
    """
    yield from _unbooked_payments()
    yield from _unbooked_refunds()
    yield from _charges_without_payment()


def _unbooked_payments() -> Faults:
    for payment in Payment.objects.iterator(CHUNK):
        booked = Transfer.objects.filter(reference=f"charge:{payment.remote_hash}").first()
        if booked is None:
            yield f"The payment {payment.pk} of {payment.day} is not in the books."
        elif (booked.amount_minor, booked.currency) != (payment.gross_minor, payment.currency):
            yield f"The payment {payment.pk} of {payment.day} is booked with another amount."


def _unbooked_refunds() -> Faults:
    for refund in Refund.objects.filter(state=Refund.State.SUCCEEDED).iterator(CHUNK):
        booked = Transfer.objects.filter(reference=f"refund:{refund.remote_hash}").first()
        if booked is None or booked.amount_minor != refund.amount_minor:
            yield f"The refund {refund.pk} of {refund.day} is not in the books with its amount."


def _charges_without_payment() -> Faults:
    charges = Transfer.objects.filter(reference__startswith="charge:")
    for reference in charges.values_list("reference", flat=True).iterator(CHUNK):
        hashed = reference.removeprefix("charge:")
        corrected = Transfer.objects.filter(reference=f"correction:{reference}").exists()
        if not corrected and not Payment.objects.filter(remote_hash=hashed).exists():
            yield f"The transfer {reference} is booked, and there is no payment that it belongs to."
