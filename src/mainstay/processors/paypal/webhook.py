"""PayPal's signature on webhooks, checked here: RSA with SHA-256 over `id|time|webhook id|CRC-32 of the body`.

The certificate comes from the address that the webhook names, and only from PayPal's own host.
https://developer.paypal.com/api/rest/webhooks/rest/
"""

import json
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zlib import crc32

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import load_pem_x509_certificate

from mainstay.contributions.port import BadSignature, EventRef, ObjectKind

TOLERANCE_SECONDS = 300
LONGEST_HEADER = 2000

_KINDS = {
    "CHECKOUT.ORDER.COMPLETED": (ObjectKind.INTENT, "id"),
    "PAYMENT.CAPTURE.COMPLETED": (ObjectKind.CHARGE, "id"),
    "PAYMENT.CAPTURE.PENDING": (ObjectKind.CHARGE, "id"),
    "PAYMENT.CAPTURE.DENIED": (ObjectKind.CHARGE, "id"),
    "PAYMENT.CAPTURE.DECLINED": (ObjectKind.CHARGE, "id"),
    "PAYMENT.CAPTURE.REFUNDED": (ObjectKind.REFUND, "id"),
    "PAYMENT.REFUND.PENDING": (ObjectKind.REFUND, "id"),
    "PAYMENT.REFUND.FAILED": (ObjectKind.REFUND, "id"),
    "CUSTOMER.DISPUTE.CREATED": (ObjectKind.DISPUTE, "dispute_id"),
    "CUSTOMER.DISPUTE.UPDATED": (ObjectKind.DISPUTE, "dispute_id"),
    "CUSTOMER.DISPUTE.RESOLVED": (ObjectKind.DISPUTE, "dispute_id"),
    "VAULT.PAYMENT-TOKEN.DELETED": (ObjectKind.METHOD, "id"),
}
FOLLOWED = frozenset(_KINDS)
"""The events that our webhook at PayPal must be told of."""


def verify(
    headers: Mapping[str, str],
    body: bytes,
    webhook_ids: Sequence[str],
    certificate: Callable[[str], bytes],
    now: datetime,
) -> list[EventRef]:
    """The hint in a webhook; none when it is about something that we don't follow. Raises `BadSignature`.

    `certificate` fetches the PEM file at an address, and refuses an address that is not PayPal's.
    """
    told = {name: headers.get(f"paypal-{name}", "")[:LONGEST_HEADER] for name in _HEADERS}
    if told["auth-algo"] != "SHA256withRSA":
        raise BadSignature("The webhook is not signed as PayPal signs.")
    _in_time(told["transmission-time"], now)
    key = _key(certificate(told["cert-url"]))
    if not any(_holds(key, told, one, body) for one in webhook_ids):
        raise BadSignature("The webhook is not signed for any of our webhooks.")
    return _hints(body)


_HEADERS = ("auth-algo", "cert-url", "transmission-id", "transmission-sig", "transmission-time")


def _in_time(written: str, now: datetime) -> None:
    try:
        away = (datetime.fromisoformat(written) - now).total_seconds()
    except (ValueError, TypeError):
        raise BadSignature("The webhook does not say when it was sent.") from None
    if abs(away) > TOLERANCE_SECONDS:
        raise BadSignature("The webhook was sent more than five minutes before or after now.")


def _key(pem: bytes) -> RSAPublicKey:
    try:
        key = load_pem_x509_certificate(pem).public_key()
    except ValueError:
        raise BadSignature("The webhook's certificate can't be read.") from None
    if not isinstance(key, RSAPublicKey):
        raise BadSignature("The webhook's certificate is not of the kind that PayPal uses.")
    return key


def _holds(key: RSAPublicKey, told: Mapping[str, str], webhook_id: str, body: bytes) -> bool:
    signed = f"{told['transmission-id']}|{told['transmission-time']}|{webhook_id}|{crc32(body)}"
    try:
        key.verify(b64decode(told["transmission-sig"], validate=True), signed.encode(), PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def _hints(body: bytes) -> list[EventRef]:
    try:
        event: Any = json.loads(body)
        kind = _KINDS.get(event["event_type"])
        if kind is None:
            return []
        return [EventRef(str(event["id"]), kind[0], str(event["resource"][kind[1]]))]
    except (ValueError, KeyError, TypeError):
        raise BadSignature("The webhook is signed, but it is not what PayPal sends.") from None
