"""PayPal's answers as facts: an allow-list of fields, and what each status and issue means. No name, no address.

https://developer.paypal.com/docs/api/orders/v2/, https://developer.paypal.com/api/rest/reference/orders/v2/errors/
"""

from collections.abc import Mapping
from typing import Any

from mainstay.contributions.port import (
    DisputeFact,
    DisputeStage,
    Method,
    MethodFact,
    Outcome,
    RefundFact,
    RemoteFact,
)
from mainstay.core.errors import MainstayError
from mainstay.core.money import Money

from . import amounts
from .asking import words_read
from .wire import Reply

NOT_UNDERSTOOD = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, IndexError, MainstayError)
"""What reading a body raises when it is not what PayPal documents."""

_SOFT = {
    "INSTRUMENT_DECLINED": "instrument_declined",
    "TRANSACTION_REFUSED": "transaction_refused",
    "TRANSACTION_LIMIT_EXCEEDED": "transaction_limit_exceeded",
    "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED": "too_many_attempts",
}
_HARD = frozenset(
    {
        "PAYER_CANNOT_PAY",
        "PAYER_ACCOUNT_RESTRICTED",
        "PAYER_ACCOUNT_LOCKED_OR_CLOSED",
        "PAYER_ACTION_REQUIRED",
        "COMPLIANCE_VIOLATION",
        "TOKEN_ID_NOT_FOUND",
        "TOKEN_EXPIRED",
    }
)
_LOOK = frozenset(
    {
        "ORDER_ALREADY_CAPTURED",
        "DUPLICATE_INVOICE_ID",
        "PREVIOUS_REQUEST_IN_PROGRESS",
        "ORDER_COMPLETED_OR_VOIDED",
    }
)
"""Money may have moved by an earlier call: only a look-up tells."""
_PAID = frozenset({"COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"})
_DO_NOT_TRY_AGAIN = frozenset({"01", "03", "21"})
"""Payment advice codes of the card behind a wallet: new data are needed, never again, the payer ended it."""
_OF_REFUND = {
    "COMPLETED": Outcome.SUCCEEDED,
    "PENDING": Outcome.PENDING,
    "FAILED": Outcome.REJECTED,
    "CANCELLED": Outcome.REJECTED,
}
_LOST = frozenset({"RESOLVED_BUYER_FAVOUR", "ACCEPTED"})


def refused(reply: Reply) -> RemoteFact:
    """What an answer without success means for a call that may move money."""
    issue = reply.issue
    if issue in _SOFT:
        return RemoteFact(Outcome.DECLINED_SOFT, decline_code=_SOFT[issue])
    if issue in _HARD:
        return RemoteFact(Outcome.DECLINED_HARD, decline_code=issue.lower())
    if reply.status == 429:
        return RemoteFact(Outcome.NOT_EXECUTED)
    if reply.status >= 500 or reply.status == 409 or issue in _LOOK:
        return RemoteFact(Outcome.UNKNOWN)
    if reply.status == 404:
        return RemoteFact(Outcome.NOT_FOUND)
    return RemoteFact(Outcome.REJECTED, decline_code=issue.lower()[:60])


def payment(reply: Reply) -> RemoteFact:
    """An order, or why there is none. A success that can't be read is `UNKNOWN`."""
    if not reply.is_success:
        return refused(reply)
    try:
        return order(reply.body)
    except NOT_UNDERSTOOD:
        return RemoteFact(Outcome.UNKNOWN)


def order(body: Mapping[str, Any]) -> RemoteFact:
    """An order as PayPal shows it, with its last capture."""
    unit = body["purchase_units"][0]
    captures = (unit.get("payments") or {}).get("captures") or []
    taken = captures[-1] if captures else None
    outcome = _capture(taken) if taken else _without_capture(body)
    paid = outcome == Outcome.SUCCEEDED
    may_approve = outcome not in (Outcome.SUCCEEDED, Outcome.PENDING, Outcome.CANCELLED)
    return RemoteFact(
        outcome=outcome,
        remote_id=body["id"],
        charge_id=taken["id"] if taken and (paid or outcome == Outcome.PENDING) else "",
        amount=amounts.read(taken["amount"] if taken else unit["amount"]),
        fee=_fee(taken) if taken and paid else None,
        method=_method(body) if paid else None,
        decline_code=_DECLINE_CODES.get(outcome, ""),
        action_url=link(body) if may_approve else "",
        reference=unit.get("invoice_id", ""),
        settled=_settled(taken) if taken and paid else None,
        metadata=words_read(unit.get("custom_id", "")),
    )


def lone_capture(body: Mapping[str, Any]) -> RemoteFact:
    """A capture whose order is not named: what it says by itself, without the saved wallet."""
    outcome = _capture(body)
    paid = outcome == Outcome.SUCCEEDED
    return RemoteFact(
        outcome=outcome,
        charge_id=body["id"],
        amount=amounts.read(body["amount"]),
        fee=_fee(body) if paid else None,
        reference=body.get("invoice_id", ""),
        settled=_settled(body) if paid else None,
        metadata=words_read(body.get("custom_id", "")),
    )


def order_of_capture(body: Mapping[str, Any]) -> str:
    """The order that a capture belongs to; "" when PayPal does not name it."""
    related = (body.get("supplementary_data") or {}).get("related_ids") or {}
    return str(related.get("order_id", ""))


def payer_country(body: Mapping[str, Any]) -> str | None:
    """The approving payer's country: of the order's payer, else of the wallet."""
    wallet = (body.get("payment_source") or {}).get("paypal") or {}
    for whose in (body.get("payer") or {}, wallet):
        country = (whose.get("address") or {}).get("country_code")
        if country:
            return str(country)
    return None


def is_approved(body: Mapping[str, Any]) -> bool:
    """Whether the payer approved it and nobody captured or closed it."""
    return body.get("status") == "APPROVED" and body.get("intent") == "CAPTURE"


def saved_wallet(reply: Reply) -> MethodFact:
    """A saved wallet as it is now."""
    if reply.status == 404:
        return MethodFact(Outcome.NOT_FOUND)
    if not reply.is_success:
        return MethodFact(Outcome.UNKNOWN)
    try:
        body = reply.body
        address = body["payment_source"]["paypal"].get("address") or {}
        method = Method(body["customer"]["id"], body["id"], address.get("country_code"))
        return MethodFact(Outcome.SUCCEEDED, method=method)
    except NOT_UNDERSTOOD:
        return MethodFact(Outcome.UNKNOWN)


def refund(body: Mapping[str, Any], charge_id: str = "") -> RefundFact:
    """A refund as PayPal shows it; our key is its `custom_id`."""
    outcome = _OF_REFUND[body["status"]]
    return RefundFact(
        outcome=outcome,
        remote_id=body["id"],
        amount=amounts.read(body["amount"]),
        why="refund_failed" if outcome == Outcome.REJECTED else "",
        charge_id=charge_id or _captured(body),
        reference=body.get("custom_id", ""),
    )


def asked_refund(reply: Reply, charge_id: str) -> RefundFact:
    """A refund that was asked for, or why there is none. A success that can't be read is `UNKNOWN`."""
    if not reply.is_success:
        fact = refused(reply)
        known = fact.outcome in (Outcome.UNKNOWN, Outcome.NOT_EXECUTED)
        return RefundFact(fact.outcome if known else Outcome.REJECTED, why=reply.issue.lower()[:80])
    try:
        return refund(reply.body, charge_id)
    except NOT_UNDERSTOOD:
        return RefundFact(Outcome.UNKNOWN)


def dispute(body: Mapping[str, Any]) -> DisputeFact:
    """A dispute: a question, a claim or chargeback, and its end. Its fee is a line of its own in the books."""
    return DisputeFact(
        outcome=Outcome.SUCCEEDED,
        remote_id=body["dispute_id"],
        charge_id=body["disputed_transactions"][0]["seller_transaction_id"],
        stage=_stage(body),
        amount=amounts.read(body["dispute_amount"]),
    )


def _stage(body: Mapping[str, Any]) -> DisputeStage:
    if body["status"] == "RESOLVED":
        outcome = (body.get("dispute_outcome") or {}).get("outcome_code", "")
        return DisputeStage.LOST if outcome in _LOST else DisputeStage.WON
    asked = body["dispute_life_cycle_stage"] == "INQUIRY"
    return DisputeStage.INQUIRY if asked else DisputeStage.OPENED


def _capture(body: Mapping[str, Any]) -> Outcome:
    status = body["status"]
    if status in _PAID or status == "PENDING":
        return Outcome.SUCCEEDED if status in _PAID else Outcome.PENDING
    if status not in ("DECLINED", "FAILED"):
        raise ValueError(f"A capture is never {status!r}.")
    advice = (body.get("processor_response") or {}).get("payment_advice_code")
    return Outcome.DECLINED_HARD if advice in _DO_NOT_TRY_AGAIN else Outcome.DECLINED_SOFT


_DECLINE_CODES = {Outcome.DECLINED_SOFT: "instrument_declined", Outcome.DECLINED_HARD: "do_not_try_again"}


def _without_capture(body: Mapping[str, Any]) -> Outcome:
    if body["intent"] != "CAPTURE" or body["status"] == "VOIDED":
        return Outcome.CANCELLED
    return Outcome.UNKNOWN if body["status"] == "COMPLETED" else Outcome.EXECUTABLE


def _method(body: Mapping[str, Any]) -> Method | None:
    """The wallet that was saved with the payment, if one was."""
    wallet = (body.get("payment_source") or {}).get("paypal") or {}
    vault = (wallet.get("attributes") or {}).get("vault") or {}
    if vault.get("status") != "VAULTED":
        return None
    return Method(vault["customer"]["id"], vault["id"], payer_country(body))


def _fee(capture: Mapping[str, Any]) -> Money | None:
    """PayPal's fee in the currency that it credits; `None` while it is not known."""
    parts = capture.get("seller_receivable_breakdown") or {}
    told = parts.get("paypal_fee_in_receivable_currency") or parts.get("paypal_fee")
    return amounts.read(told) if told else None


def _settled(capture: Mapping[str, Any]) -> Money | None:
    """What was credited before the fee, where PayPal changed the currency."""
    parts = capture.get("seller_receivable_breakdown") or {}
    credited, fee = parts.get("receivable_amount"), parts.get("paypal_fee_in_receivable_currency")
    return amounts.read(credited) + amounts.read(fee) if credited and fee else None


def link(body: Mapping[str, Any]) -> str:
    """The page on which the payer approves, or chooses another source of money after a decline."""
    links = {one["rel"]: one["href"] for one in body.get("links", [])}
    return str(links.get("payer-action") or links.get("approve") or "")


def _captured(body: Mapping[str, Any]) -> str:
    """The capture that a refund belongs to: the end of its link `up`."""
    links = {one["rel"]: one["href"] for one in body.get("links", [])}
    return str(links.get("up", "")).rpartition("/")[2]
