"""Giving money back: in parts or whole, never more than what is left of the charge, at once or days later."""

import sqlite3
from typing import Any

from mainstay_sandbox import balance, charging, events, later, money, settings
from mainstay_sandbox.errors import Refused, not_found
from mainstay_sandbox.store import Books, insert, new_id
from mainstay_sandbox.wire import Answer, Call, expect_only, list_body, list_limit, text_parameter

LONGEST_REASON = 200
PENDING, SUCCEEDED, FAILED = "pending", "succeeded", "failed"


def refund(call: Call) -> Answer:
    """`POST /v1/refunds`. The fee is not given back. Raises 409 `refund_exceeds_charge`.

    The account's settings say whether it succeeds at once, later, or not in the end.
    """
    expect_only(call, "charge", "amount_minor", "reason")
    charge = charging.row_of(call.books, text_parameter(call, "charge", 100))
    amount_minor = money.check_amount(call.parameters.get("amount_minor"))
    left = charge["amount_minor"] - charge["refunded_minor"] - charge["disputed_minor"]
    if amount_minor > left:
        raise Refused(409, "refund_exceeds_charge", "That is more than what is left of the charge.")
    refund_id = new_id("re")
    insert(
        call.connection,
        "refunds",
        id=refund_id,
        account_id=call.caller.account_id,
        charge_id=charge["id"],
        amount_minor=amount_minor,
        reason=text_parameter(call, "reason", LONGEST_REASON, default=""),
        status=PENDING,
    )
    _change_refunded(call.books, charge["id"], amount_minor)
    _begin(call.books, refund_id)
    what = f"The shop gave back {money.written(amount_minor, charge['currency'])}"
    return Answer(201, _body(row_of(call.books, refund_id)), what)


def settle(books: Books, refund_id: str) -> None:
    """A pending refund succeeds: the money leaves the balance. Nothing happens to one that is not pending."""
    row = row_of(books, refund_id)
    if row["status"] != PENDING:
        return
    _set_status(books, refund_id, SUCCEEDED)
    balance.add(books, balance.REFUND, refund_id, -_settled_minor(row), 0, row["settled_currency"])
    events.tell(books, "refund", SUCCEEDED, refund_id)


def fail(books: Books, refund_id: str) -> None:
    """The reader's bank did not take it: the charge can be refunded again. One that had succeeded comes back."""
    row = row_of(books, refund_id)
    if row["status"] == FAILED:
        return
    _set_status(books, refund_id, FAILED)
    _change_refunded(books, row["charge_id"], -row["amount_minor"])
    if row["status"] == SUCCEEDED:
        balance.add(books, balance.REFUND_FAILED, refund_id, _settled_minor(row), 0, row["settled_currency"])
    events.tell(books, "refund", FAILED, refund_id)


def switch(call: Call) -> Answer:
    """`POST /v1/test/refunds/{id}` `{result: succeeded | failed}`: it ends now; one that succeeded can fail."""
    expect_only(call, "result")
    row, result = row_of(call.books, call.names["id"]), text_parameter(call, "result", 20)
    if result not in (SUCCEEDED, FAILED):
        raise Refused(422, "parameter_not_accepted", "result must be succeeded or failed.")
    (settle if result == SUCCEEDED else fail)(call.books, row["id"])
    return Answer(200, _body(row_of(call.books, row["id"])), f"A refund {result}")


def show(call: Call) -> Answer:
    """`GET /v1/refunds/{id}`."""
    return Answer(200, _body(row_of(call.books, call.names["id"])), "The shop looked at a refund")


def list_of_charge(call: Call) -> Answer:
    """`GET /v1/refunds?charge=`: the oldest first."""
    charge = charging.row_of(call.books, call.request.query.get("charge", ""))
    limit = list_limit(call)
    rows = call.connection.execute(
        f"{_SELECT} WHERE charge_id = ? ORDER BY refunds.number LIMIT ?", (charge["id"], limit + 1)
    ).fetchall()
    return Answer(
        200, list_body([_body(row) for row in rows], limit), "The shop listed the refunds of a charge"
    )


_SELECT = (
    "SELECT refunds.*, charges.currency, charges.amount_minor AS charged_minor, charges.settled_minor,"
    " charges.settled_currency FROM refunds JOIN charges ON charges.id = refunds.charge_id"
)


def row_of(books: Books, refund_id: str) -> sqlite3.Row:
    """The account's refund, or 404."""
    row: sqlite3.Row | None = books.connection.execute(
        f"{_SELECT} WHERE refunds.id = ? AND refunds.account_id = ?", (refund_id, books.account_id)
    ).fetchone()
    if row is None:
        raise not_found("refund")
    return row


def _begin(books: Books, refund_id: str) -> None:
    agreed = settings.of_account(books.connection, books.account_id)
    if agreed.refunds in (settings.SUCCEED, settings.SUCCEED_THEN_FAIL):
        settle(books, refund_id)
    else:
        events.tell(books, "refund", PENDING, refund_id)
    if agreed.refunds != settings.SUCCEED:
        settles = agreed.refunds == settings.PENDING_THEN_SUCCEED
        what = later.SETTLE_REFUND if settles else later.FAIL_REFUND
        later.do(books, agreed.refunds_after_seconds, what, refund_id)


def _settled_minor(row: sqlite3.Row) -> int:
    return money.share(row["amount_minor"], row["charged_minor"], row["settled_minor"])


def _set_status(books: Books, refund_id: str, status: str) -> None:
    books.connection.execute("UPDATE refunds SET status = ? WHERE id = ?", (status, refund_id))


def _change_refunded(books: Books, charge_id: str, amount_minor: int) -> None:
    books.connection.execute(
        "UPDATE charges SET refunded_minor = refunded_minor + ? WHERE id = ?", (amount_minor, charge_id)
    )


def _body(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "status": row["status"],
        "charge": row["charge_id"],
        "amount_minor": row["amount_minor"],
        "currency": row["currency"],
        "reason": row["reason"] or None,
    }
