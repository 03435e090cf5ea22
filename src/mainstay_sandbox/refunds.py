"""Giving money back: in parts or whole, never more than the charge."""

import sqlite3
from typing import Any

from mainstay_sandbox import balance, money
from mainstay_sandbox.errors import Refused, not_found
from mainstay_sandbox.store import insert, new_id
from mainstay_sandbox.wire import Answer, Call, expect_only, list_body, list_limit, text_parameter

LONGEST_REASON = 200


def refund(call: Call) -> Answer:
    """`POST /v1/refunds`. The fee is not given back. Raises 409 `refund_exceeds_charge`."""
    expect_only(call, "charge", "amount_minor", "reason")
    charge = _charge(call, text_parameter(call, "charge", 100))
    amount_minor = money.check_amount(call.parameters.get("amount_minor"))
    if charge["refunded_minor"] + amount_minor > charge["amount_minor"]:
        raise Refused(409, "refund_exceeds_charge", "That is more than what is left of the charge.")
    refund_id = new_id("re")
    reason = text_parameter(call, "reason", LONGEST_REASON, default="")
    insert(
        call.connection,
        "refunds",
        id=refund_id,
        account_id=call.caller.account_id,
        charge_id=charge["id"],
        amount_minor=amount_minor,
        reason=reason,
    )
    call.connection.execute(
        "UPDATE charges SET refunded_minor = refunded_minor + ? WHERE id = ?", (amount_minor, charge["id"])
    )
    balance.add_refund(call.connection, call.caller.account_id, refund_id, amount_minor, charge["currency"])
    what = f"The shop gave back {money.written(amount_minor, charge['currency'])}"
    return Answer(201, _body(_row(call, refund_id)), what)


def show(call: Call) -> Answer:
    """`GET /v1/refunds/{id}`."""
    return Answer(200, _body(_row(call, call.names["id"])), "The shop looked at a refund")


def list_of_charge(call: Call) -> Answer:
    """`GET /v1/refunds?charge=`: the oldest first."""
    charge = _charge(call, call.request.query.get("charge", ""))
    limit = list_limit(call)
    rows = call.connection.execute(
        f"{_SELECT} WHERE charge_id = ? ORDER BY refunds.number LIMIT ?", (charge["id"], limit + 1)
    ).fetchall()
    return Answer(
        200, list_body([_body(row) for row in rows], limit), "The shop listed the refunds of a charge"
    )


_SELECT = "SELECT refunds.*, charges.currency FROM refunds JOIN charges ON charges.id = refunds.charge_id"


def _charge(call: Call, charge_id: str) -> sqlite3.Row:
    row: sqlite3.Row | None = call.connection.execute(
        "SELECT * FROM charges WHERE id = ? AND account_id = ?", (charge_id, call.caller.account_id)
    ).fetchone()
    if row is None:
        raise not_found("charge")
    return row


def _row(call: Call, refund_id: str) -> sqlite3.Row:
    row: sqlite3.Row | None = call.connection.execute(
        f"{_SELECT} WHERE refunds.id = ? AND refunds.account_id = ?", (refund_id, call.caller.account_id)
    ).fetchone()
    if row is None:
        raise not_found("refund")
    return row


def _body(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "status": "succeeded",
        "charge": row["charge_id"],
        "amount_minor": row["amount_minor"],
        "currency": row["currency"],
        "reason": row["reason"] or None,
    }
