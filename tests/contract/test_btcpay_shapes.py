"""Greenfield's description, mended, catches wrong requests and lets ours through."""

import pytest

from mainstay.processors.btcpay.example_server import STORE

from .shapes import openapi
from .shapes.btcpay import problems

pytestmark = pytest.mark.skipif(openapi.folder() is None, reason=openapi.ABSENT)

GOOD = {
    "amount": "5.00",
    "currency": "EUR",
    "metadata": {"orderId": "c1:1"},
    "checkout": {"expirationMinutes": 60},
}
INVOICES = f"/api/v1/stores/{STORE}/invoices"
WRONG = (
    ("POST", INVOICES, {**GOOD, "amount": 5}),
    ("POST", INVOICES, {**GOOD, "amount": "five"}),
    ("POST", INVOICES, {**GOOD, "orderId": "c1:1"}),
    ("POST", INVOICES, {**GOOD, "checkout": {"expirationMinutes": "60"}}),
    ("POST", INVOICES, {**GOOD, "checkout": {"speed": "fast"}}),
    ("POST", INVOICES, None),
    ("GET", f"{INVOICES}?order=c1", None),
    ("GET", f"{INVOICES}?status=Paid", None),
    ("GET", f"{INVOICES}?take=many", None),
    ("POST", "/api/v1/invoices/Inv1/refund", {"name": "k"}),
    ("POST", "/api/v1/invoices/Inv1/status", {"status": "Expired"}),
    ("DELETE", "/api/v1/invoices/Inv1/refund", None),
)


@pytest.mark.parametrize(("method", "target", "body"), WRONG)
def test_a_wrong_request_is_caught(method: str, target: str, body: object) -> None:
    assert problems(method, target, "token k", body)


def test_a_right_request_passes_and_needs_the_key() -> None:
    assert problems("POST", INVOICES, "token k", GOOD) == []
    assert problems("POST", INVOICES, "Bearer k", GOOD)
