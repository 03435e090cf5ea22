"""Stripe's own books, disputes and payouts as facts: balance transactions, and what they are about."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from mainstay.contributions.port import (
    BalanceLine,
    DisputeFact,
    DisputeStage,
    LineKind,
    Outcome,
    PayoutFact,
    PayoutStage,
)
from mainstay.core.money import Money

from .amounts import from_stripe

# https://docs.stripe.com/reports/reporting-categories. Whatever else moves the balance is for a person to look at.
_OF_CATEGORY = {
    "charge": LineKind.CHARGE,
    "refund": LineKind.REFUND,
    "refund_failure": LineKind.REFUND_FAILED,
    "dispute": LineKind.DISPUTE,
    "dispute_reversal": LineKind.DISPUTE_RETURNED,
    "payout": LineKind.PAYOUT,
    "payout_reversal": LineKind.PAYOUT_FAILED,
    "fee": LineKind.FEE,
    "network_cost": LineKind.FEE,
    "tax": LineKind.FEE,
}
_OF_DISPUTE = {
    "needs_response": DisputeStage.OPENED,
    "under_review": DisputeStage.OPENED,
    "won": DisputeStage.WON,
    "lost": DisputeStage.LOST,
}
_OF_PAYOUT = {
    "pending": PayoutStage.SENT,
    "in_transit": PayoutStage.SENT,
    "paid": PayoutStage.ARRIVED,
    "failed": PayoutStage.FAILED,
    "canceled": PayoutStage.FAILED,
}


def line(body: Mapping[str, Any]) -> BalanceLine:
    """A balance transaction. Its id is the cursor. An amount that we can't count in raises `NotPayable`."""
    amount = from_stripe(body["amount"], body["currency"])
    return BalanceLine(
        cursor=body["id"],
        remote_id=body["id"],
        kind=_OF_CATEGORY.get(body["reporting_category"], LineKind.ADJUSTMENT),
        amount_minor=amount.minor,
        fee_minor=from_stripe(body["fee"], body["currency"]).minor,
        currency=amount.currency,
        source=body["source"] or body["id"],
        day=datetime.fromtimestamp(body["created"], UTC).date(),
    )


def held(body: Mapping[str, Any]) -> dict[str, int]:
    """What Stripe holds, waiting amounts included."""
    sums: dict[str, int] = {}
    for part in [*body["available"], *body["pending"]]:
        amount = from_stripe(part["amount"], part["currency"])
        sums[amount.currency] = sums.get(amount.currency, 0) + amount.minor
    return sums


def dispute(body: Mapping[str, Any]) -> DisputeFact:
    """A dispute. One that is only announced (`warning_…`) or was prevented has taken no money."""
    fees = [from_stripe(one["fee"], one["currency"]) for one in body["balance_transactions"]]
    return DisputeFact(
        outcome=Outcome.SUCCEEDED,
        remote_id=body["id"],
        charge_id=body["charge"],
        stage=_OF_DISPUTE.get(body["status"], DisputeStage.INQUIRY),
        amount=from_stripe(body["amount"], body["currency"]),
        fee=_taken(fees),
        fee_returned=body["status"] == "won" and any(fee.minor < 0 for fee in fees),
    )


def _taken(fees: Iterable[Money]) -> Money | None:
    return max((fee for fee in fees if fee.minor > 0), key=lambda fee: fee.minor, default=None)


def payout(body: Mapping[str, Any]) -> PayoutFact:
    """A payout."""
    amount = from_stripe(body["amount"], body["currency"])
    return PayoutFact(Outcome.SUCCEEDED, body["id"], _OF_PAYOUT[body["status"]], amount)
