"""Webhooks that Stripe signed, and those that only look like it."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from stripe import WebhookSignature

from mainstay.contributions.port import BadSignature, EventRef, ObjectKind

from .webhook import TYPES, verify

NOW = datetime(2027, 1, 15, 8, tzinfo=UTC)
MOMENT = int(NOW.timestamp())
BODY = json.dumps({"id": "evt_1", "data": {"object": {"object": "refund", "id": "re_1"}}})
HINT = EventRef("evt_1", ObjectKind.REFUND, "re_1")


def sign(secret: str = "new", moment: int = MOMENT, body: str = BODY) -> str:
    return WebhookSignature.generate_signature_header(body, secret, moment)


@pytest.mark.parametrize("secrets", [["new"], ["old", "new"], ["new", "old"]])
def test_while_secrets_are_replaced_either_holds(secrets):
    assert verify({"stripe-signature": sign()}, BODY.encode(), secrets, NOW) == [HINT]


def test_two_signatures_in_one_header():
    both = sign("other") + "," + sign().partition(",")[2]
    assert verify({"stripe-signature": both}, BODY.encode(), ["new"], NOW) == [HINT]


@pytest.mark.parametrize(("seconds", "holds"), [(300, True), (-300, True), (301, False), (-301, False)])
def test_five_minutes_of_our_clock_both_ways(seconds, holds):
    at = NOW + timedelta(seconds=seconds)
    if holds:
        assert verify({"stripe-signature": sign()}, BODY.encode(), ["new"], at) == [HINT]
    else:
        with pytest.raises(BadSignature, match="five minutes"):
            verify({"stripe-signature": sign()}, BODY.encode(), ["new"], at)


@pytest.mark.parametrize(
    ("header", "body", "secrets"),
    [
        (sign(), BODY.encode() + b" ", ["new"]),
        (sign(), BODY.encode(), ["other"]),
        (sign(), BODY.encode(), []),
        (sign(), BODY.encode(), [""]),
        (sign().replace("v1=", "v0="), BODY.encode(), ["new"]),
        (sign() + f",t={MOMENT}", BODY.encode(), ["new"]),
        (f"t={MOMENT},v1=é", BODY.encode(), ["new"]),
        (f"t={MOMENT}", BODY.encode(), ["new"]),
        ("t=٣,v1=a", BODY.encode(), ["new"]),
        ("t=" + "9" * 40, BODY.encode(), ["new"]),
        ("", BODY.encode(), ["new"]),
        (sign(), b"\xff", ["new"]),
        (sign(body="[]"), b"[]", ["new"]),
        (sign(body='{"id": "evt_1"}'), b'{"id": "evt_1"}', ["new"]),
    ],
)
def test_what_is_not_stripes(header, body, secrets):
    with pytest.raises(BadSignature):
        verify({"stripe-signature": header}, body, secrets, NOW)


def test_the_list_of_events_takes_twenty_types():
    assert len(TYPES) <= 20
    assert len(set(TYPES)) == len(TYPES)
