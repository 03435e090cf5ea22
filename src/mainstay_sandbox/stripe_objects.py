"""The company's objects as Stripe shows them, for `stripe_face`."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

Body = Mapping[str, Any]

TWO_ZEROS = frozenset({"ISK", "UGX"})
"""Stripe writes these with two decimals that must be zero."""

_STATUS = {
    "requires_confirmation": "requires_payment_method",
    "requires_action": "requires_action",
    "processing": "processing",
    "pending": "processing",
    "succeeded": "succeeded",
    "cancelled": "canceled",
}
_CATEGORIES = {
    "charge": ("charge", "charge"),
    "fee": ("stripe_fee", "fee"),
    "refund": ("refund", "refund"),
    "refund_failed": ("refund_failure", "refund_failure"),
    "dispute": ("adjustment", "dispute"),
    "dispute_returned": ("adjustment", "dispute_reversal"),
    "payout": ("payout", "payout"),
    "payout_failed": ("payout_failure", "payout_reversal"),
    "adjustment": ("adjustment", "other_adjustment"),
}
_EVENTS = {
    "intent.succeeded": "payment_intent.succeeded",
    "intent.declined": "payment_intent.payment_failed",
    "intent.cancelled": "payment_intent.canceled",
    "intent.pending": "payment_intent.processing",
    "intent.requires_action": "payment_intent.requires_action",
    "charge.fee_learned": "charge.updated",
    "dispute.inquiry": "charge.dispute.created",
    "dispute.opened": "charge.dispute.funds_withdrawn",
    "dispute.won": "charge.dispute.closed",
    "dispute.lost": "charge.dispute.closed",
    "refund.pending": "refund.created",
    "refund.succeeded": "refund.updated",
    "refund.failed": "refund.failed",
    "payout.sent": "payout.created",
    "payout.arrived": "payout.paid",
    "payout.failed": "payout.failed",
    "method.replaced": "payment_method.automatically_updated",
    "method.expired": "payment_method.updated",
    "method.detached": "payment_method.detached",
}
_KINDS = {"intent": "payment_intent", "method": "payment_method"}


def written(minor: int, currency: str) -> int:
    """An amount as Stripe writes it."""
    return minor * 100 if currency in TWO_ZEROS else minor


def minor(amount: int, currency: str) -> int:
    """An amount that Stripe would take, in our minor units. Raises `ValueError` for one that it would not."""
    if currency in TWO_ZEROS and amount % 100:
        raise ValueError(f"Amounts in {currency} must be evenly divisible by 100.")
    if currency == "KWD" and amount % 10:
        raise ValueError("The last digit of an amount in KWD must be 0.")
    return amount // 100 if currency in TWO_ZEROS else amount


def intent(body: Body, customer: str | None, expanded: Collection[str], *, in_script: bool) -> dict[str, Any]:
    """A PaymentIntent. `in_script` says that whoever confirmed it left the bank's page to Stripe's script."""
    saved, charged, error = body["method"], body["charge"], body["last_error"]
    paid_with = _paid_with(body)
    return {
        "id": body["id"],
        "object": "payment_intent",
        "status": _STATUS[body["status"]],
        "amount": written(body["amount_minor"], body["currency"]),
        "currency": body["currency"].lower(),
        "customer": saved["customer"] if saved else customer,
        "metadata": {**body["metadata"], "reference": body["reference"]},
        "setup_future_usage": "off_session" if body["save_method"] else None,
        "latest_charge": charge(charged, body["id"], paid_with, expanded) if charged else None,
        "payment_method": paid_with if "payment_method" in expanded or not paid_with else paid_with["id"],
        "last_payment_error": _error(error) if error else None,
        "next_action": _next_action(body, in_script=in_script),
    }


def _paid_with(body: Body) -> dict[str, Any] | None:
    if body["method"]:
        return method(body["method"])
    if body["status"] in ("requires_confirmation", "cancelled", "requires_action"):
        return None
    kind = "sepa_debit" if body["status"] == "pending" else "card"
    country = body["charge"]["country"] if body["charge"] else None
    return {
        "id": "pm_once",
        "object": "payment_method",
        "type": kind,
        "customer": None,
        kind: {"country": country},
    }


def _error(error: Body) -> dict[str, Any]:
    code = error["decline_code"]
    if code == "authentication_failed":
        return {"type": "invalid_request_error", "code": "payment_intent_authentication_failure"}
    return {"type": "card_error", "code": error["code"], "decline_code": code}


def _next_action(body: Body, *, in_script: bool) -> dict[str, Any] | None:
    if not body["action_url"]:
        return None
    if in_script:
        return {"type": "use_stripe_sdk", "use_stripe_sdk": {}}
    return {"type": "redirect_to_url", "redirect_to_url": {"url": body["action_url"], "return_url": ""}}


def charge(body: Body, intent_id: str, paid_with: Body | None, expanded: Collection[str]) -> dict[str, Any]:
    """A charge."""
    balance = None
    if body["fee_minor"] is not None:
        balance = {
            "id": f"txn_{body['id']}",
            "object": "balance_transaction",
            "amount": written(body["settled_minor"], body["settled_currency"]),
            "currency": body["settled_currency"].lower(),
            "fee": written(body["fee_minor"], body["settled_currency"]),
        }
    whole = any(name.endswith("balance_transaction") for name in expanded)
    kind = paid_with["type"] if paid_with else "card"
    return {
        "id": body["id"],
        "object": "charge",
        "status": "succeeded",
        "amount": written(body["amount_minor"], body["currency"]),
        "currency": body["currency"].lower(),
        "payment_intent": intent_id,
        "balance_transaction": balance if whole or not balance else balance["id"],
        "payment_method_details": {"type": kind, kind: {"country": body["country"]}},
    }


def method(body: Body) -> dict[str, Any]:
    """A saved PaymentMethod."""
    facts = {"brand": body["brand"], "country": body["country"]}
    dates = {"exp_month": body["exp_month"], "exp_year": body["exp_year"]}
    return {
        "id": body["id"],
        "object": "payment_method",
        "type": "card",
        "customer": None if body["status"] == "detached" else body["customer"],
        "card": {**facts, **dates},
    }


def setup(body: Body, *, in_script: bool) -> dict[str, Any]:
    """A SetupIntent: a card that is to be saved without a payment."""
    declined = body["status"] == "declined"
    error = {"type": "invalid_request_error", "code": "setup_intent_authentication_failure"}
    statuses = {"declined": "requires_payment_method", "cancelled": "canceled"}
    saved = method(body["method"]) if body["method"] else None
    return {
        "id": f"seti_{body['id']}",
        "object": "setup_intent",
        "status": statuses.get(body["status"], body["status"]),
        "customer": saved["customer"] if saved else None,
        "payment_method": saved,
        "latest_attempt": {"object": "setup_attempt", "payment_method_details": {"type": "card", "card": {}}},
        "last_setup_error": error if declined else None,
        "next_action": _next_action(body, in_script=in_script),
    }


def token(body: Body) -> dict[str, Any]:
    """A ConfirmationToken."""
    kind = "card" if body["kind"] == "card" else "sepa_debit"
    return {
        "id": body["id"],
        "object": "confirmation_token",
        "payment_intent": "pi_used" if body["used"] else None,
        "setup_intent": None,
        "payment_method_preview": {"type": kind, kind: {"country": body["country"]}},
    }


def refund(body: Body) -> dict[str, Any]:
    """A refund."""
    return {
        "id": body["id"],
        "object": "refund",
        "status": body["status"],
        "charge": body["charge"],
        "amount": written(body["amount_minor"], body["currency"]),
        "currency": body["currency"].lower(),
        "metadata": {"key": body["reason"]} if body["reason"] else {},
    }


def dispute(body: Body) -> dict[str, Any]:
    """A dispute, with the lines it left in the balance."""
    statuses = {"inquiry": "warning_needs_response", "opened": "needs_response"}
    taken = {"amount": -body["settled_minor"], "fee": body["fee_minor"]}
    returned = {"amount": body["settled_minor"], "fee": -body["fee_minor"] if body["fee_returned"] else 0}
    lines = {"inquiry": [], "won": [taken, returned]}.get(body["stage"], [taken])
    return {
        "id": body["id"],
        "object": "dispute",
        "status": statuses.get(body["stage"], body["stage"]),
        "charge": body["charge"],
        "amount": written(body["amount_minor"], body["currency"]),
        "currency": body["currency"].lower(),
        "balance_transactions": [{**line, "currency": body["fee_currency"].lower()} for line in lines],
    }


def payout(body: Body) -> dict[str, Any]:
    """A payout."""
    statuses = {"sent": "in_transit", "arrived": "paid", "failed": "failed"}
    return {
        "id": body["id"],
        "object": "payout",
        "status": statuses[body["stage"]],
        "amount": written(body["amount_minor"], body["currency"]),
        "currency": body["currency"].lower(),
    }


def line(body: Body) -> dict[str, Any]:
    """A balance transaction. Its number is in its id, so that a list can go on from it."""
    kind, category = _CATEGORIES[body["kind"]]
    day = datetime.fromisoformat(body["day"]).replace(tzinfo=UTC)
    return {
        "id": f"txn_{body['number']}",
        "object": "balance_transaction",
        "type": kind,
        "reporting_category": category,
        "amount": written(body["amount_minor"], body["currency"]),
        "fee": written(body["fee_minor"], body["currency"]),
        "currency": body["currency"].lower(),
        "source": body["source"],
        "created": int(day.timestamp()),
    }


def event(body: Body) -> dict[str, Any]:
    """An event of the list."""
    kind = body["object"]["kind"]
    about = {"object": _KINDS.get(kind, kind), "id": body["object"]["id"]}
    name = _EVENTS.get(body["type"], body["type"])
    return {"id": f"evt_{body['number']}", "object": "event", "type": name, "data": {"object": about}}


def balance(body: Body) -> dict[str, Any]:
    """What is held; all of it is available at once."""
    held = [
        {"amount": written(one["amount_minor"], one["currency"]), "currency": one["currency"].lower()}
        for one in body["data"]
    ]
    return {"object": "balance", "available": held, "pending": []}
