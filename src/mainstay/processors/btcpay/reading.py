"""Greenfield's answers as facts: an allow-list of fields, and what each status means.

    New                      the reader has not paid, or not all of it
    Processing               paid, and not confirmed yet; a replaced transaction takes it back to New
    Settled                  paid and confirmed
    Expired                  nothing came in time; with PaidLate or PaidPartial, money came all the same
    Invalid                  never confirmed, or closed by hand; money that came after that is money

Money of another amount than we asked for is told as it arrived: the books then ask a person about it.
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_DOWN, Decimal
from typing import Any

from mainstay.contributions.port import Outcome, RefundFact, RemoteFact
from mainstay.core.errors import MainstayError
from mainstay.core.money import Money, exponent_of

from .wire import Reply

NOT_UNDERSTOOD = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, MainstayError)
"""What reading a body raises when it is not what the server documents."""
OUR_WORDS = ("contribution", "number", "frequency", "code")
_FINAL_PAYOUTS = ("Completed", "Cancelled")


def refused(reply: Reply) -> Outcome:
    """What an answer without success means for a call that may change something."""
    if reply.status == 429:
        return Outcome.NOT_EXECUTED
    return Outcome.UNKNOWN if reply.status >= 500 else Outcome.REJECTED


def not_read(reply: Reply) -> Outcome:
    """What an answer without success means for a question."""
    return Outcome.NOT_FOUND if reply.status == 404 else Outcome.UNKNOWN


def invoice(body: Mapping[str, Any]) -> RemoteFact:
    """An invoice as the server shows it. The invoice is the charge too: it is paid once."""
    outcome, paid = _state(body)
    metadata = body.get("metadata") or {}
    asked = _money(body["amount"], body["currency"])
    amount = asked if paid is None else paid
    return RemoteFact(
        outcome=outcome,
        remote_id=str(body["id"]),
        charge_id=str(body["id"]) if outcome == Outcome.SUCCEEDED else "",
        amount=amount,
        fee=Money(0, asked.currency) if outcome == Outcome.SUCCEEDED else None,
        action_url=str(body["checkoutLink"]) if outcome == Outcome.ACTION_REQUIRED else "",
        reference=str(metadata.get("orderId") or ""),
        metadata={word: str(metadata[word]) for word in OUR_WORDS if word in metadata},
    )


def _state(body: Mapping[str, Any]) -> tuple[Outcome, Money | None]:
    """What happened, and how much came when that is not what was asked."""
    status, more = body["status"], body["additionalStatus"]
    if status == "New":
        return Outcome.ACTION_REQUIRED, None
    if status == "Processing":
        return Outcome.PENDING, None
    if status == "Settled":
        return Outcome.SUCCEEDED, _paid(body) if more == "PaidOver" else None
    if status == "Expired" and more == "PaidLate":
        return Outcome.SUCCEEDED, None
    came = _paid(body)
    if came.minor and (status == "Expired" or more == "Marked"):
        return Outcome.SUCCEEDED, came
    if status not in ("Expired", "Invalid"):
        raise ValueError(status)
    return Outcome.CANCELLED, None


def _paid(body: Mapping[str, Any]) -> Money:
    return _money(body["paidAmount"], body["currency"])


def _money(written: str, currency: str) -> Money:
    """A decimal string as money. Parts of a minor unit, which a rate leaves over, are dropped."""
    minor = Decimal(written).scaleb(exponent_of(currency))
    return Money(int(minor.to_integral_value(rounding=ROUND_DOWN)), currency)


def written(amount: Money) -> str:
    """An amount as the server takes it: a decimal string with the currency's own decimals."""
    return f"{amount.decimal:f}"


def pull_payment(body: Mapping[str, Any], payouts: Sequence[Mapping[str, Any]]) -> RefundFact:
    """A refund: its name is our key, its description the invoice. The reader claims it, perhaps never.

    It has succeeded when all of it was paid out. One that was archived before gives back what was paid out until then.
    """
    amount = _money(body["amount"], body["currency"])
    done = [_money(one["originalAmount"], amount.currency) for one in payouts if one["state"] == "Completed"]
    given = Money(sum(one.minor for one in done), amount.currency)
    waiting = any(one["state"] not in _FINAL_PAYOUTS for one in payouts)
    outcome = Outcome.PENDING
    if amount <= given or (body["archived"] and given.minor and not waiting):
        outcome = Outcome.SUCCEEDED
    elif body["archived"] and not waiting:
        outcome = Outcome.REJECTED
    return RefundFact(
        outcome=outcome,
        remote_id=str(body["id"]),
        amount=given if outcome == Outcome.SUCCEEDED else amount,
        why="not_claimed" if outcome == Outcome.REJECTED else "",
        charge_id=str(body.get("description") or ""),
        reference=str(body["name"]),
        claim_url=str(body["viewLink"]) if outcome == Outcome.PENDING else "",
    )
