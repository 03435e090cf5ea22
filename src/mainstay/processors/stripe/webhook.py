"""Events, from the list or a webhook, as hints: which object to fetch. Stripe's signature is checked by its library."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import stripe

from mainstay.contributions.port import BadSignature, EventRef, ObjectKind

HEADER = "stripe-signature"
TOLERANCE_SECONDS = 300
TYPES = [
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "payment_intent.processing",
    "payment_intent.requires_action",
    "charge.updated",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "payout.created",
    "payout.paid",
    "payout.failed",
    "payment_method.automatically_updated",
    "payment_method.updated",
    "payment_method.detached",
]
"""What we follow; the list of events takes twenty names at most. A webhook at Stripe should be set to the same."""

_KINDS = {
    "payment_intent": ObjectKind.INTENT,
    "charge": ObjectKind.CHARGE,
    "refund": ObjectKind.REFUND,
    "dispute": ObjectKind.DISPUTE,
    "payout": ObjectKind.PAYOUT,
    "payment_method": ObjectKind.METHOD,
}


def verify(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> list[EventRef]:
    """The hint in a webhook; none when it is about something of a kind that we don't follow. Raises `BadSignature`."""
    header = headers.get(HEADER, "")[:2000]
    if abs(int(now.timestamp()) - _signed_at(header)) > TOLERANCE_SECONDS:
        raise BadSignature("The webhook was signed more than five minutes before or after now.")
    if not any(_holds(body, header, secret) for secret in secrets):
        raise BadSignature("The webhook is not signed with any of our secrets.")
    try:
        told = hint(json.loads(body))
    except (ValueError, KeyError, TypeError):
        raise BadSignature("The webhook is signed, but it is not what Stripe sends.") from None
    return [told] if told else []


def _holds(body: bytes, header: str, secret: str) -> bool:
    """The library measures the signature's age by the machine's clock, and only backwards: we do that ourselves."""
    try:
        return bool(stripe.WebhookSignature.verify_header(body, header, secret, tolerance=None))
    except (stripe.SignatureVerificationError, ValueError, TypeError):
        return False


def _signed_at(header: str) -> int:
    parts = [part.strip().partition("=") for part in header.split(",")]
    moments = [value for name, _, value in parts if name == "t"]
    if len(moments) != 1 or not (moments[0].isascii() and moments[0].isdigit() and len(moments[0]) <= 12):
        raise BadSignature("The webhook has no signature that can be read.")
    return int(moments[0])


def hint(event: Mapping[str, Any]) -> EventRef | None:
    """Which object an event is about; `None` for a kind that we don't follow."""
    about = event["data"]["object"]
    kind = _KINDS.get(about["object"])
    return EventRef(event["id"], kind, about["id"]) if kind else None
