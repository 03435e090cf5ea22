"""The shape of every request to Stripe: its description of 2023, and the library's typed parameters, which are today's.

What the version that we speak has and the description lacks is named in `NEWER`; that the library knows it is checked.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import stripe.params as params
import stripe.params.test_helpers as helpers

from mainstay_sandbox.stripe_face import Heard

from .openapi import Description, folder, read

PARAMETERS: Mapping[tuple[str, str], type] = {
    ("GET", "/v1/confirmation_tokens/{confirmation_token}"): params.ConfirmationTokenRetrieveParams,
    ("POST", "/v1/test_helpers/confirmation_tokens"): helpers.ConfirmationTokenCreateParams,
    ("POST", "/v1/customers"): params.CustomerCreateParams,
    ("GET", "/v1/customers"): params.CustomerListParams,
    ("GET", "/v1/webhook_endpoints"): params.WebhookEndpointListParams,
    ("POST", "/v1/payment_intents"): params.PaymentIntentCreateParams,
    ("GET", "/v1/payment_intents/search"): params.PaymentIntentSearchParams,
    ("GET", "/v1/payment_intents/{intent}"): params.PaymentIntentRetrieveParams,
    ("POST", "/v1/payment_intents/{intent}"): params.PaymentIntentUpdateParams,
    ("POST", "/v1/payment_intents/{intent}/confirm"): params.PaymentIntentConfirmParams,
    ("POST", "/v1/payment_intents/{intent}/cancel"): params.PaymentIntentCancelParams,
    ("POST", "/v1/setup_intents"): params.SetupIntentCreateParams,
    ("GET", "/v1/setup_intents/{intent}"): params.SetupIntentRetrieveParams,
    ("POST", "/v1/setup_intents/{intent}/cancel"): params.SetupIntentCancelParams,
    ("GET", "/v1/payment_methods/{payment_method}"): params.PaymentMethodRetrieveParams,
    ("POST", "/v1/payment_methods/{payment_method}/detach"): params.PaymentMethodDetachParams,
    ("GET", "/v1/charges/{charge}"): params.ChargeRetrieveParams,
    ("POST", "/v1/refunds"): params.RefundCreateParams,
    ("GET", "/v1/refunds"): params.RefundListParams,
    ("GET", "/v1/refunds/{refund}"): params.RefundRetrieveParams,
    ("GET", "/v1/disputes/{dispute}"): params.DisputeRetrieveParams,
    ("GET", "/v1/payouts/{payout}"): params.PayoutRetrieveParams,
    ("GET", "/v1/events"): params.EventListParams,
    ("GET", "/v1/balance_transactions"): params.BalanceTransactionListParams,
    ("GET", "/v1/balance"): params.BalanceRetrieveParams,
    ("GET", "/v1/account"): params.AccountRetrieveCurrentParams,
    ("GET", "/v1/subscriptions"): params.SubscriptionListParams,
    ("POST", "/v1/subscriptions/{subscription_exposed_id}"): params.SubscriptionUpdateParams,
    ("GET", "/v1/subscriptions/{subscription_exposed_id}"): params.SubscriptionRetrieveParams,
}
NEWER: Mapping[str, tuple[str, ...]] = {
    "/v1/payment_intents": ("allowed_payment_method_types",),
    "/v1/payment_intents/{intent}/confirm": ("confirmation_token",),
    "/v1/setup_intents": ("allowed_payment_method_types", "confirmation_token", "use_stripe_sdk"),
}
TOKENS = "/v1/confirmation_tokens/{confirmation_token}"
PRACTICE_TOKENS = "/v1/test_helpers/confirmation_tokens"
"""Two calls that the description does not have yet."""


@cache
def description() -> Description | None:
    """Stripe's own; `None` where the folder is not."""
    found = folder()
    return Description(read(found / "stripe" / "spec3.yaml")) if found else None


def problems(one: Heard) -> list[str]:
    """What is wrong with a request to Stripe, in sentences."""
    known = description()
    if known is None:
        return []
    template = _newer(one.path) or known.template_of(one.path)
    found = _unknown_to_library(one, template)
    if template not in (TOKENS, PRACTICE_TOKENS):
        pairs: dict[str, Any] = {"query": one.form} if one.method == "GET" else {"form": one.form}
        found += known.problems(one.method, one.path, ignored=NEWER.get(template, ()), **pairs)
    if one.method == "POST" and not one.key:
        found.append(f"{one.method} {one.path} has no Idempotency-Key of ours.")
    return found


def _newer(path: str) -> str:
    if path == PRACTICE_TOKENS:
        return path
    return TOKENS if path.startswith("/v1/confirmation_tokens/") else ""


def _unknown_to_library(one: Heard, template: str) -> list[str]:
    typed = PARAMETERS.get((one.method, template))
    if typed is None:
        return [f"{one.method} {one.path} is a call that no test knows of."]
    names = {name.partition("[")[0] for name, _value in one.form}
    return [
        f"{one.method} {one.path}: Stripe's library has no parameter {name!r}."
        for name in sorted(names - set(typed.__annotations__))
    ]


def expect_shapes(heard: Iterable[Heard]) -> None:
    """Fails when a request that was sent is not what Stripe takes."""
    found = sorted({problem for one in heard for problem in problems(one)})
    assert not found, "\n".join(found)
