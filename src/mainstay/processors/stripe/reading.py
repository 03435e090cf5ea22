"""Stripe's answers as facts: an allow-list of fields, and what each status and error means."""

from collections.abc import Mapping
from typing import Any

from mainstay.contributions.port import (
    Method,
    MethodFact,
    Outcome,
    RefundFact,
    RemoteFact,
    TokenView,
)
from mainstay.core.money import Money, UnknownCurrency

from .amounts import NotPayable, from_stripe
from .declines import code_of, outcome_of
from .wire import Refused

NOT_UNDERSTOOD = (KeyError, TypeError, ValueError, AttributeError, NotPayable, UnknownCurrency)
"""What reading a body raises when it is not what Stripe documents."""

REFERENCE = "reference"
"""Under this name in `metadata` every intent carries our reference."""
KEY = "key"
"""Under this name in `metadata` every refund carries the key that it was asked for with."""
INTENT_EXPANDED = ["latest_charge.balance_transaction", "payment_method"]
SETUP_EXPANDED = ["latest_attempt", "payment_method"]
GONE = "method_detached"

_OF_STATUS = {
    "requires_confirmation": Outcome.EXECUTABLE,
    "requires_action": Outcome.ACTION_REQUIRED,
    "succeeded": Outcome.SUCCEEDED,
    "canceled": Outcome.CANCELLED,
}
_OF_REFUND = {
    "succeeded": Outcome.SUCCEEDED,
    "pending": Outcome.PENDING,
    "requires_action": Outcome.PENDING,
    "failed": Outcome.REJECTED,
    "canceled": Outcome.REJECTED,
}


def refused(refusal: Refused) -> Outcome:
    """What an error means for a call that may move money."""
    if refusal.status == 429:
        return Outcome.NOT_EXECUTED
    if refusal.status >= 500 or refusal.status == 409:
        return Outcome.UNKNOWN
    return Outcome.REJECTED


def not_read(refusal: Refused) -> Outcome:
    """What an error means for a question: nothing is known, or there is no such object."""
    return Outcome.NOT_FOUND if refusal.is_missing else Outcome.UNKNOWN


def refused_payment(refusal: Refused) -> RemoteFact:
    """An intent that was not made, or not paid."""
    if refusal.status == 402:
        return RemoteFact(outcome_of(refusal.error), decline_code=code_of(refusal.error))
    outcome = refused(refusal)
    if outcome != Outcome.REJECTED:
        return RemoteFact(outcome)
    if refusal.error.get("param") in ("payment_method", "customer"):
        return RemoteFact(Outcome.DECLINED_HARD, decline_code=GONE)
    if refusal.code == "payment_intent_unexpected_state" and not _is_cancelled(refusal):
        return RemoteFact(Outcome.UNKNOWN)
    return RemoteFact(outcome, decline_code=refusal.code[:60])


def _is_cancelled(refusal: Refused) -> bool:
    intent = refusal.error.get("payment_intent")
    return isinstance(intent, dict) and intent.get("status") == "canceled"


def intent(body: Mapping[str, Any]) -> RemoteFact:
    """A PaymentIntent, with `INTENT_EXPANDED`."""
    charge, error = body["latest_charge"], body["last_payment_error"] or {}
    outcome = _outcome(body, error)
    paid = outcome == Outcome.SUCCEEDED
    balance = charge["balance_transaction"] if paid else None
    metadata = dict(body["metadata"])
    return RemoteFact(
        outcome=outcome,
        remote_id=body["id"],
        charge_id=charge["id"] if paid else "",
        amount=from_stripe(body["amount"], body["currency"]),
        fee=from_stripe(balance["fee"], balance["currency"]) if balance else None,
        method=_saved(body) if paid else None,
        decline_code=code_of(error) if outcome in (Outcome.DECLINED_SOFT, Outcome.DECLINED_HARD) else "",
        action_url=_action_url(body) if outcome == Outcome.ACTION_REQUIRED else "",
        reference=metadata.pop(REFERENCE, ""),
        settled=_settled(balance, body["currency"]) if balance else None,
        metadata=metadata,
    )


def charge(body: Mapping[str, Any]) -> RemoteFact:
    """A charge: its intent, or what it says of itself when another program made it without one."""
    if body["payment_intent"]:
        return intent(body["payment_intent"])
    balance = body["balance_transaction"]
    succeeded = body["status"] == "succeeded"
    return RemoteFact(
        outcome=Outcome.SUCCEEDED if succeeded else Outcome.REJECTED,
        remote_id=body["id"],
        charge_id=body["id"] if succeeded else "",
        amount=from_stripe(body["amount"], body["currency"]),
        fee=from_stripe(balance["fee"], balance["currency"]) if balance else None,
        settled=_settled(balance, body["currency"]) if balance else None,
    )


def _outcome(body: Mapping[str, Any], error: Mapping[str, Any]) -> Outcome:
    status = body["status"]
    if status == "requires_payment_method":
        return outcome_of(error) if error else Outcome.EXECUTABLE
    if status == "processing":
        # A card is under way for seconds, a bank debit for days: they are asked about at another pace.
        return Outcome.UNKNOWN if body["payment_method"]["type"] == "card" else Outcome.PENDING
    return _OF_STATUS[status]


def _action_url(body: Mapping[str, Any]) -> str:
    action = body["next_action"]
    return str(action["redirect_to_url"]["url"]) if action["type"] == "redirect_to_url" else ""


def _settled(balance: Mapping[str, Any], currency: str) -> Money | None:
    if balance["currency"] == currency:
        return None
    return from_stripe(balance["amount"], balance["currency"])


def _saved(body: Mapping[str, Any]) -> Method | None:
    """The saved method of a payment. What iDEAL leaves behind for later is a direct debit of its own."""
    paid_with = body["payment_method"]
    if not body["customer"] or not paid_with:
        return None
    details = body["latest_charge"].get("payment_method_details") or {}
    debit = (details.get(paid_with["type"]) or {}).get("generated_sepa_debit")
    if debit:
        return Method(body["customer"], debit, country_of(paid_with))
    return method(paid_with) if paid_with["customer"] else None


def method(body: Mapping[str, Any]) -> Method:
    """A saved PaymentMethod."""
    card = body.get("card") if body["type"] == "card" else None
    expires = f"{card['exp_year']}-{card['exp_month']:02}" if card else ""
    return Method(body["customer"], body["id"], country_of(body), expires)


def kept_method(body: Mapping[str, Any]) -> MethodFact:
    """A saved method as it is now; one without a customer was detached, and can't be used again."""
    if not body["customer"]:
        return MethodFact(Outcome.NOT_FOUND)
    return MethodFact(Outcome.SUCCEEDED, method=method(body))


def country_of(body: Mapping[str, Any]) -> str | None:
    """The country of a card's issuer, of an account, or of the bank that iDEAL names; `None` when not told."""
    details = body.get(body["type"]) or {}
    country = details.get("country") or (details.get("bic") or "")[4:6]
    return str(country) or None


def token(body: Mapping[str, Any]) -> TokenView | None:
    """A ConfirmationToken; `None` once it confirmed something."""
    if body["payment_intent"] or body["setup_intent"]:
        return None
    preview = body["payment_method_preview"]
    return TokenView(country=country_of(preview), kind=preview["type"])


def setup(body: Mapping[str, Any]) -> MethodFact:
    """A SetupIntent, with `SETUP_EXPANDED`: a card that was to be saved."""
    status, remote_id = body["status"], body["id"]
    if status == "succeeded":
        return MethodFact(Outcome.SUCCEEDED, method=_set_up(body))
    if status == "requires_action":
        return MethodFact(Outcome.ACTION_REQUIRED, remote_id=remote_id, action_url=_action_url(body))
    if status == "processing":
        return MethodFact(Outcome.UNKNOWN)
    if status == "canceled":
        return MethodFact(Outcome.CANCELLED)
    return MethodFact(Outcome.DECLINED_HARD, decline_code=code_of(body["last_setup_error"] or {}))


def _set_up(body: Mapping[str, Any]) -> Method:
    """The card, or the direct debit that iDEAL leaves behind for later."""
    saved = body["payment_method"]
    details = (body["latest_attempt"] or {}).get("payment_method_details") or {}
    debit = (details.get(saved["type"]) or {}).get("generated_sepa_debit")
    return Method(body["customer"], debit, country_of(saved)) if debit else method(saved)


def refused_setup(refusal: Refused) -> MethodFact:
    """A card that was not saved."""
    if refusal.status == 402:
        return MethodFact(Outcome.DECLINED_HARD, decline_code=code_of(refusal.error))
    return MethodFact(refused(refusal), decline_code=refusal.code[:60])


def refund(body: Mapping[str, Any]) -> RefundFact:
    """A refund. One that failed is `REJECTED`, with id and amount."""
    outcome = _OF_REFUND[body["status"]]
    why = (body.get("failure_reason") or "refund_failed") if outcome == Outcome.REJECTED else ""
    return RefundFact(
        outcome=outcome,
        remote_id=body["id"],
        amount=from_stripe(body["amount"], body["currency"]),
        why=why[:80],
        charge_id=body["charge"],
        reference=body["metadata"].get(KEY, ""),
    )


def refused_refund(refusal: Refused) -> RefundFact:
    """A refund that was not made."""
    return RefundFact(refused(refusal), why=refusal.code[:80])
