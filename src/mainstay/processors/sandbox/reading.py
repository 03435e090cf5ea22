"""The sandbox company's answers as facts: an allow-list of fields, and what each status and error means."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from mainstay.contributions.port import (
    BalanceLine,
    DisputeFact,
    DisputeStage,
    EventRef,
    LineKind,
    Method,
    MethodFact,
    ObjectKind,
    Outcome,
    PayoutFact,
    PayoutStage,
    RefundFact,
    RemoteFact,
)
from mainstay.core.errors import MainstayError
from mainstay.core.money import Money

from .wire import Reply

SOFT = frozenset({"insufficient_funds", "authentication_failed", "try_again_later"})
NOT_UNDERSTOOD = (KeyError, TypeError, ValueError, AttributeError, MainstayError)
"""What reading a body raises when it is not what the company documents."""

_OF_STATUS = {
    "requires_confirmation": Outcome.EXECUTABLE,
    "requires_action": Outcome.ACTION_REQUIRED,
    "processing": Outcome.UNKNOWN,
    "pending": Outcome.PENDING,
    "succeeded": Outcome.SUCCEEDED,
    "cancelled": Outcome.CANCELLED,
}
_OF_REFUND = {
    "succeeded": Outcome.SUCCEEDED,
    "pending": Outcome.PENDING,
    "failed": Outcome.REJECTED,
}
_OF_SAVING = {
    "succeeded": Outcome.SUCCEEDED,
    "requires_action": Outcome.ACTION_REQUIRED,
    "declined": Outcome.DECLINED_HARD,
    "cancelled": Outcome.CANCELLED,
}


def refused(reply: Reply) -> Outcome:
    """What an answer without success means for a call that may move money."""
    code = reply.error.get("code", "")
    if reply.status == 429 or code == "company_fault":
        return Outcome.NOT_EXECUTED
    if reply.status >= 500 or code in ("intent_already_succeeded", "intent_processing"):
        return Outcome.UNKNOWN
    return Outcome.REJECTED


def not_read(reply: Reply) -> Outcome:
    """What an answer without success means for a question: nothing is known, or there is no such object."""
    return Outcome.NOT_FOUND if reply.status == 404 else Outcome.UNKNOWN


def payment(reply: Reply) -> RemoteFact:
    """An intent, or why there is none. A success that can't be read is `UNKNOWN`."""
    if reply.is_success:
        try:
            return intent(reply.body)
        except NOT_UNDERSTOOD:
            return RemoteFact(Outcome.UNKNOWN)
    if reply.status == 402:
        code = reply.error.get("decline_code", "")
        return RemoteFact(_decline(code), decline_code=code)
    outcome = refused(reply)
    code = reply.error.get("code", "") if outcome == Outcome.REJECTED else ""
    return RemoteFact(outcome, decline_code=code[:60])


def intent(body: Mapping[str, Any]) -> RemoteFact:
    """An intent as the company shows it."""
    charge, saved = body["charge"], body["method"]
    error = body["last_error"] or {}
    return RemoteFact(
        outcome=_outcome(body["status"], error),
        remote_id=body["id"],
        charge_id=charge["id"] if charge else "",
        amount=Money(body["amount_minor"], body["currency"]),
        fee=_fee(charge) if charge else None,
        method=method(saved) if saved else None,
        decline_code=error.get("decline_code") or "",
        action_url=body["action_url"] or "",
        reference=body["reference"],
        settled=_settled(charge) if charge else None,
        metadata=body["metadata"],
    )


def method(body: Mapping[str, Any]) -> Method:
    """A saved card."""
    return Method(body["customer"], body["id"], body["country"], f"{body['exp_year']}-{body['exp_month']:02}")


def kept_method(body: Mapping[str, Any]) -> MethodFact:
    """A saved card as it is now; one that was detached is `NOT_FOUND`."""
    if body["status"] == "detached":
        return MethodFact(Outcome.NOT_FOUND)
    return MethodFact(Outcome.SUCCEEDED, method=method(body))


def saved(reply: Reply) -> MethodFact:
    """A card that was to be saved, or why it was not."""
    if reply.is_success:
        try:
            return saving(reply.body)
        except NOT_UNDERSTOOD:
            return MethodFact(Outcome.UNKNOWN)
    if reply.status == 402:
        return MethodFact(Outcome.DECLINED_HARD, decline_code=reply.error.get("decline_code", ""))
    return MethodFact(refused(reply), decline_code=reply.error.get("code", "")[:60])


def saving(body: Mapping[str, Any]) -> MethodFact:
    """Saving a card: done, or waiting for its holder at the bank's page, or why not."""
    outcome = _OF_SAVING[body["status"]]
    if outcome == Outcome.SUCCEEDED:
        return MethodFact(outcome, method=method(body["method"]))
    if outcome == Outcome.ACTION_REQUIRED:
        return MethodFact(outcome, remote_id=body["id"], action_url=body["action_url"])
    refused_there = outcome == Outcome.DECLINED_HARD
    return MethodFact(outcome, decline_code="authentication_failed" if refused_there else "")


def asked_refund(reply: Reply) -> RefundFact:
    """A refund that was asked for, or why there is none. A success that can't be read is `UNKNOWN`."""
    if not reply.is_success:
        return RefundFact(refused(reply), why=reply.error.get("code", "")[:80])
    try:
        return refund(reply.body)
    except NOT_UNDERSTOOD:
        return RefundFact(Outcome.UNKNOWN)


def refund(body: Mapping[str, Any]) -> RefundFact:
    """A refund as the company shows it; our key is its reason. One that failed is `REJECTED`, with id and amount."""
    return RefundFact(
        outcome=_OF_REFUND[body["status"]],
        remote_id=body["id"],
        amount=Money(body["amount_minor"], body["currency"]),
        why="refund_failed" if body["status"] == "failed" else "",
        charge_id=body["charge"],
        reference=body["reason"] or "",
    )


def dispute(body: Mapping[str, Any]) -> DisputeFact:
    """A dispute, or a bank debit that came back."""
    return DisputeFact(
        outcome=Outcome.SUCCEEDED,
        remote_id=body["id"],
        charge_id=body["charge"],
        stage=DisputeStage(body["stage"]),
        amount=Money(body["amount_minor"], body["currency"]),
        fee=Money(body["fee_minor"], body["fee_currency"]),
        fee_returned=body["fee_returned"],
    )


def payout(body: Mapping[str, Any]) -> PayoutFact:
    """A payout."""
    amount = Money(body["amount_minor"], body["currency"])
    return PayoutFact(Outcome.SUCCEEDED, body["id"], PayoutStage(body["stage"]), amount)


def line(body: Mapping[str, Any]) -> BalanceLine:
    """A line of the company's books."""
    return BalanceLine(
        cursor=str(body["number"]),
        remote_id=body["id"],
        kind=LineKind(body["kind"]),
        amount_minor=body["amount_minor"],
        fee_minor=body["fee_minor"],
        currency=body["currency"],
        source=body["source"],
        day=date.fromisoformat(body["day"]),
    )


def event(body: Mapping[str, Any]) -> EventRef:
    """A hint from the list of events."""
    return EventRef(body["id"], ObjectKind(body["object"]["kind"]), body["object"]["id"])


def _fee(charge: Mapping[str, Any]) -> Money | None:
    """The company's fee; `None` while the company does not know it yet."""
    if charge["fee_minor"] is None:
        return None
    return Money(charge["fee_minor"], charge["settled_currency"])


def _settled(charge: Mapping[str, Any]) -> Money | None:
    if charge["settled_currency"] == charge["currency"]:
        return None
    return Money(charge["settled_minor"], charge["settled_currency"])


def _outcome(status: str, error: Mapping[str, Any]) -> Outcome:
    if status == "requires_confirmation" and error:
        return _decline(error.get("decline_code") or "")
    return _OF_STATUS[status]


def _decline(code: str) -> Outcome:
    return Outcome.DECLINED_SOFT if code in SOFT else Outcome.DECLINED_HARD
