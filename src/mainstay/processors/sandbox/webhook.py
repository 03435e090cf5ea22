"""The signature on the sandbox company's webhooks: `Sandbox-Signature: t=<seconds>,v1=<hex>,v1=<hex>`.

Each `v1` is HMAC-SHA256 over `<seconds>.<body>`; while a secret is replaced there is one for the old and the new.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from mainstay.contributions.port import BadSignature, EventRef, ObjectKind

HEADER = "sandbox-signature"
TOLERANCE_SECONDS = 300


def verify(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> list[EventRef]:
    """The hint in a webhook; none when it is about something of a kind that we don't know. Raises `BadSignature`."""
    signed_at, signatures = _parts(headers.get(HEADER, ""))
    if abs(int(now.timestamp()) - signed_at) > TOLERANCE_SECONDS:
        raise BadSignature("The webhook was signed more than five minutes before or after now.")
    signed = str(signed_at).encode() + b"." + body
    expected = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    if not any(hmac.compare_digest(one, other) for one in expected for other in signatures):
        raise BadSignature("The webhook is not signed with any of our secrets.")
    return _hints(body)


def _parts(header: str) -> tuple[int, list[str]]:
    parts = [part.strip().partition("=") for part in header[:2000].split(",")]
    moments = [value for name, _, value in parts if name == "t"]
    if len(moments) != 1 or not (moments[0].isascii() and moments[0].isdigit() and len(moments[0]) <= 12):
        raise BadSignature("The webhook has no signature that can be read.")
    signatures = [value for name, _, value in parts if name == "v1" and value.isascii()]
    return int(moments[0]), signatures


def _hints(body: bytes) -> list[EventRef]:
    try:
        event = json.loads(body)
        kind, about = event["object"]["kind"], event["object"]["id"]
        event_id = event["id"]
    except (ValueError, KeyError, TypeError):
        raise BadSignature("The webhook is signed, but it is not what the company sends.") from None
    return [EventRef(event_id, ObjectKind(kind), about)] if kind in set(ObjectKind) else []
