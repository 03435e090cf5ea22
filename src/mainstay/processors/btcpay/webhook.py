"""The signature on BTCPay Server's webhooks: `BTCPay-Sig: sha256=<hex of HMAC-SHA256 over the body>`.

No moment is signed, so an old delivery can be sent again by whoever caught it. That does no harm: a webhook is a hint,
one object is one hint, and what is true is fetched.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any

from mainstay.contributions.port import BadSignature, EventRef, ObjectKind

HEADER = "btcpay-sig"


def verify(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], store_id: str) -> list[EventRef]:
    """The hint in a webhook; none when it is about another store or something we don't use. Raises `BadSignature`."""
    method, _, signature = headers.get(HEADER, "").strip().partition("=")
    if method.lower() != "sha256" or not signature.isascii():
        raise BadSignature("The webhook has no signature that can be read.")
    expected = [hmac.new(secret.encode(), body, hashlib.sha256).hexdigest() for secret in secrets]
    if not any(hmac.compare_digest(one, signature.lower()) for one in expected):
        raise BadSignature("The webhook is not signed with any of our secrets.")
    return _hints(body, store_id)


def _hints(body: bytes, store_id: str) -> list[EventRef]:
    try:
        event = json.loads(body)
        kind, store = str(event["type"]), event["storeId"]
        event_id = str(event.get("originalDeliveryId") or event["deliveryId"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadSignature("The webhook is signed, but it is not what BTCPay Server sends.") from None
    about = _about(kind, event)
    return [EventRef(event_id, *about)] if about and store == store_id else []


def _about(kind: str, event: Mapping[str, Any]) -> tuple[ObjectKind, str] | None:
    """Which object to fetch. A payout belongs to the pull payment of a refund."""
    if kind.startswith("Invoice") and isinstance(event.get("invoiceId"), str):
        return ObjectKind.INTENT, event["invoiceId"]
    if kind.startswith("Payout") and isinstance(event.get("pullPaymentId"), str):
        return ObjectKind.REFUND, event["pullPaymentId"]
    return None
