"""I6, I13 and I14: what went back, whole numbers, and receipts."""

import uuid
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from mainstay.collection.models import Dispute, Payment, Refund
from mainstay.contributions.port import DisputeStage
from mainstay.core.money import KNOWN
from mainstay.letters.models import Letter

from .invariant import Faults, chunks

CHUNK = 2000
ROOMS = ("contributions", "collection", "ledger", "supporters")


def no_more_back_than_paid() -> Faults:
    """I6. Refunds and lost disputes together are not more than was paid, and a payment knows what it gave back."""
    refunds = Refund.objects.filter(payment=OuterRef("pk"), state=Refund.State.SUCCEEDED)
    lost = Dispute.objects.filter(
        payment=OuterRef("pk"), stage=DisputeStage.LOST, currency=OuterRef("currency")
    )
    payments = Payment.objects.annotate(given=_sum_of(refunds), lost=_sum_of(lost))
    differs = ~Q(given=F("refunded_minor")) | Q(gross_minor__lt=F("refunded_minor") + F("lost"))
    for payment in payments.filter(differs).iterator(CHUNK):
        if payment.given != payment.refunded_minor:
            yield f"The payment {payment.pk} says {payment.refunded_minor} were given back; {payment.given} were."
        if payment.refunded_minor + payment.lost > payment.gross_minor:
            yield f"More was given back of the payment {payment.pk} than was paid."


def _sum_of(rows: "models.QuerySet[Any]") -> Coalesce:
    """What one payment's rows come to, in minor units; 0 without any."""
    totals = rows.order_by().values("payment").annotate(total=Sum("amount_minor")).values("total")
    return Coalesce(Subquery(totals), 0)


def whole_numbers() -> Faults:
    """I13. Every amount is a whole number of minor units, of a currency whose exponent is known."""
    for model in _models_with_money():
        yield from _fractions(model)
        unknown = model._default_manager.exclude(currency__in=KNOWN).count()
        if unknown:
            yield f"{unknown} rows of {model._meta.db_table} have a currency that nobody knows."


def _models_with_money() -> list[type[models.Model]]:
    found = [model for room in ROOMS for model in apps.get_app_config(room).get_models()]
    return [model for model in found if "currency" in {field.name for field in model._meta.get_fields()}]


def _fractions(model: type[models.Model]) -> Faults:
    """SQLite keeps in a column whatever it was given; PostgreSQL's columns can hold nothing but whole numbers."""
    if connection.vendor != "sqlite":
        return
    names = [field.column or "" for field in model._meta.concrete_fields if field.name.endswith("_minor")]
    for name in names:
        table = connection.ops.quote_name(model._meta.db_table)
        column = connection.ops.quote_name(name)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT COUNT(*) FROM {table} WHERE typeof({column}) NOT IN ('integer', 'null')"  # noqa: S608
            )
            count = cursor.fetchone()[0]
        if count:
            yield f"{count} rows of {model._meta.db_table} have a {name} that is not a whole number."


def receipts_for_payments() -> Faults:
    """I14. A receipt has its payment, and a payment has at most one receipt."""
    seen = Letter.objects.filter(kind="receipt").order_by("dedupe_key")
    before = ""
    for key in seen.values_list("dedupe_key", flat=True).iterator(CHUNK):
        if key == before:
            yield f"There are two letters {key}."
        before = key
    yield from _receipts_of_nothing()


def _receipts_of_nothing() -> Faults:
    receipts = Letter.objects.filter(kind="receipt").values_list("dedupe_key", flat=True)
    for keys in chunks(receipts.iterator(CHUNK)):
        named = {key: _payment_named_by(key) for key in keys}
        booked = set(Payment.objects.filter(pk__in=filter(None, named.values())).values_list("pk", flat=True))
        for key, payment_id in named.items():
            if payment_id not in booked:
                yield f"The letter {key} is a receipt for a payment that is not booked."


def _payment_named_by(dedupe_key: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(dedupe_key.removeprefix("receipt:"))
    except ValueError:
        return None
