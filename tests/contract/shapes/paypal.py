"""The shape of every request to PayPal: its published descriptions of early 2024."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from mainstay.processors.paypal.example_account import Heard

from .openapi import Description, folder, read

FILES = {
    "/v2/checkout/": "checkout_orders_v2.json",
    "/v2/payments/": "payments_payment_v2.json",
    "/v3/vault/": "vault_payment_tokens_v3.json",
    "/v1/customer/": "customer_disputes_v1.json",
    "/v1/notifications/": "notifications_webhooks_v1.json",
    "/v1/reporting/": "reporting_transactions_v1.json",
}
LONGEST_KEY = 108


@cache
def _description(file: str) -> Description | None:
    found = folder()
    return Description(_inlined(read(found / "paypal" / file))) if found else None


def _inlined(document: dict[str, Any]) -> dict[str, Any]:
    """The description with each request body where it is asked for: some only name one that stands elsewhere.

    The type of a token lacks the setup token, which the reference of the same interface has in its example.
    """
    bodies = document["components"].get("requestBodies", {})
    for path in document["paths"].values():
        for operation in path.values():
            named = operation.get("requestBody", {}).get("$ref", "") if isinstance(operation, dict) else ""
            if named:
                operation["requestBody"] = bodies[named.rpartition("/")[2]]
    token = document["components"]["schemas"].get("token_id_request")
    if token:
        token["properties"]["type"]["enum"].append("SETUP_TOKEN")
    return document


def problems(one: Heard) -> Sequence[str]:
    """What is wrong with a request to PayPal, in sentences."""
    known = next((name for start, name in FILES.items() if one.path.startswith(start)), None)
    if known is None:
        return [f"{one.method} {one.path} is not a call of these APIs."]
    described = _description(known)
    if described is None:
        return []
    found = described.problems(one.method, one.path, query=one.query, body=one.body)
    return found + ([f"{one.path}: the key is too long"] if len(one.key) > LONGEST_KEY else [])


def expect_shapes(heard: Iterable[Heard]) -> None:
    """Fails with every request that PayPal's descriptions don't allow."""
    wrong = [problem for one in heard for problem in problems(one)]
    assert not wrong, "\n".join(wrong)
