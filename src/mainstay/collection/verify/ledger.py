"""I1 to I3 and I11: the transfers by themselves, and the transfers as the rows of payments and refunds want them."""

from django.db.models import Count, Exists, F, OuterRef, Q, Sum, Value
from django.db.models.functions import Concat

from mainstay.collection.models import Payment, Refund
from mainstay.ledger.models import LedgerAccount, Transfer

from .invariant import Faults, chunks

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
    booked = Transfer.objects.filter(reference=Concat(Value("charge:"), OuterRef("remote_hash")))
    as_paid = booked.filter(amount_minor=OuterRef("gross_minor"), currency=OuterRef("currency"))
    wrong = Payment.objects.filter(~Exists(as_paid)).annotate(otherwise=Exists(booked))
    for payment in wrong.iterator(CHUNK):
        how = "booked with another amount" if payment.otherwise else "not in the books"
        yield f"The payment {payment.pk} of {payment.day} is {how}."


def _unbooked_refunds() -> Faults:
    succeeded = Refund.objects.filter(state=Refund.State.SUCCEEDED)
    for refunds in chunks(succeeded.iterator(CHUNK)):
        booked = _booked({f"refund:{refund.remote_hash}" for refund in refunds})
        for refund in refunds:
            amount_minor, _currency = booked.get(f"refund:{refund.remote_hash}", (None, ""))
            if amount_minor != refund.amount_minor:
                yield f"The refund {refund.pk} of {refund.day} is not in the books with its amount."


def _booked(references: set[str]) -> dict[str, tuple[int, str]]:
    """Amount in minor units and currency of the transfers with these references."""
    rows = Transfer.objects.filter(reference__in=references)
    return {
        reference: (amount_minor, currency)
        for reference, amount_minor, currency in rows.values_list("reference", "amount_minor", "currency")
    }


def _charges_without_payment() -> Faults:
    charges = Transfer.objects.filter(reference__startswith="charge:").values_list("reference", flat=True)
    for references in chunks(charges.iterator(CHUNK)):
        hashes = [reference.removeprefix("charge:") for reference in references]
        known = set(Payment.objects.filter(remote_hash__in=hashes).values_list("remote_hash", flat=True))
        corrected = _booked({f"correction:{reference}" for reference in references})
        for reference in references:
            if reference.removeprefix("charge:") not in known and f"correction:{reference}" not in corrected:
                yield f"The transfer {reference} is booked, and there is no payment that it belongs to."
