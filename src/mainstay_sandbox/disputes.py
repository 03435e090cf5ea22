"""Disputes: the reader's bank asks, takes money back with a fee, and gives it back or keeps it.

A bank debit that comes back is one too: its reason is `return`, and it is lost from its start.
"""

import sqlite3
from typing import Any

from mainstay_sandbox import balance, charging, events, money
from mainstay_sandbox.errors import Refused, not_found
from mainstay_sandbox.store import Books, insert, new_id
from mainstay_sandbox.wire import Answer, Call, expect_only, flag_parameter, text_parameter

INQUIRY, OPENED, WON, LOST = "inquiry", "opened", "won", "lost"
DISPUTE, RETURN = "dispute", "return"
NEXT = {INQUIRY: (OPENED, WON), OPENED: (WON, LOST), WON: (), LOST: ()}


def show(call: Call) -> Answer:
    """`GET /v1/disputes/{id}`."""
    return Answer(200, _body(_row(call.books, call.names["id"])), "The shop looked at a dispute")


def make(call: Call) -> Answer:
    """`POST /v1/test/disputes` `{charge, reason?, stage?, amount_minor?}`: the reader goes to their bank.

    `reason` is `dispute` or `return`; `stage` is `opened` or `inquiry`. Without an amount it is about all of the
    charge. Raises 409 `dispute_exceeds_charge`.
    """
    expect_only(call, "charge", "reason", "stage", "amount_minor")
    charge = charging.row_of(call.books, text_parameter(call, "charge", 100))
    reason = text_parameter(call, "reason", 20, default=DISPUTE)
    stage = LOST if reason == RETURN else text_parameter(call, "stage", 20, default=OPENED)
    if reason not in (DISPUTE, RETURN) or (reason == DISPUTE and stage not in (INQUIRY, OPENED)):
        raise Refused(422, "parameter_not_accepted", "A dispute begins as an inquiry or opened.")
    amount_minor = call.parameters.get("amount_minor")
    if amount_minor is not None:
        money.check_amount(amount_minor)
    dispute_id = open_one(call.books, charge, reason, stage, amount_minor)
    return Answer(201, _body(_row(call.books, dispute_id)), f"A reader's bank made a {reason}: {stage}")


def move(call: Call) -> Answer:
    """`POST /v1/test/disputes/{id}` `{stage, fee_returned?}`: it goes on. Raises 409 for a step it can't make."""
    expect_only(call, "stage", "fee_returned")
    row, stage = _row(call.books, call.names["id"]), text_parameter(call, "stage", 20)
    if stage not in NEXT[row["stage"]]:
        raise Refused(409, "dispute_not_there", f"A dispute that is {row['stage']} can't become {stage}.")
    call.connection.execute("UPDATE disputes SET stage = ? WHERE id = ?", (stage, row["id"]))
    if stage == OPENED:
        _withdraw(call.books, row)
    elif stage == WON and row["stage"] == OPENED:
        _give_back(call.books, row, fee_returned=flag_parameter(call, "fee_returned"))
    events.tell(call.books, "dispute", stage, row["id"])
    return Answer(200, _body(_row(call.books, row["id"])), f"A dispute was {stage}")


def open_one(books: Books, charge: sqlite3.Row, reason: str, stage: str, amount_minor: int | None) -> str:
    """Begin a dispute about an amount, or about all that is not disputed yet. Returns its id."""
    left = charge["amount_minor"] - charge["disputed_minor"]
    amount_minor = left if amount_minor is None else amount_minor
    if not 0 < amount_minor <= left:
        raise Refused(409, "dispute_exceeds_charge", "That is more than what is left to dispute.")
    fees = money.RETURN_FEE_MINOR if reason == RETURN else money.DISPUTE_FEE_MINOR
    dispute_id = new_id("dp")
    insert(
        books.connection,
        "disputes",
        id=dispute_id,
        account_id=books.account_id,
        charge_id=charge["id"],
        reason=reason,
        stage=stage,
        amount_minor=amount_minor,
        settled_minor=money.share(amount_minor, charge["amount_minor"], charge["settled_minor"]),
        fee_minor=fees[charge["settled_currency"]],
    )
    if stage != INQUIRY:
        _withdraw(books, _row(books, dispute_id))
    events.tell(books, "dispute", stage, dispute_id)
    return dispute_id


def open_rest(books: Books, charge_id: str, reason: str = DISPUTE, stage: str = OPENED) -> None:
    """Begin a dispute about what is not disputed yet, if anything: what a practice card does of itself."""
    charge = charging.row_of(books, charge_id)
    if charge["disputed_minor"] < charge["amount_minor"]:
        open_one(books, charge, reason, stage, None)


def _withdraw(books: Books, row: sqlite3.Row) -> None:
    _change_disputed(books, row, row["amount_minor"])
    books.connection.execute("UPDATE disputes SET taken = 1 WHERE id = ?", (row["id"],))
    balance.add(
        books,
        balance.DISPUTE,
        row["id"],
        -row["settled_minor"],
        row["fee_minor"],
        row["settled_currency"],
    )


def _give_back(books: Books, row: sqlite3.Row, *, fee_returned: bool) -> None:
    _change_disputed(books, row, -row["amount_minor"])
    books.connection.execute("UPDATE disputes SET fee_returned = ? WHERE id = ?", (fee_returned, row["id"]))
    fee_minor = -row["fee_minor"] if fee_returned else 0
    balance.add(
        books,
        balance.DISPUTE_RETURNED,
        row["id"],
        row["settled_minor"],
        fee_minor,
        row["settled_currency"],
    )


def _change_disputed(books: Books, row: sqlite3.Row, amount_minor: int) -> None:
    books.connection.execute(
        "UPDATE charges SET disputed_minor = disputed_minor + ? WHERE id = ?",
        (amount_minor, row["charge_id"]),
    )


def _row(books: Books, dispute_id: str) -> sqlite3.Row:
    row: sqlite3.Row | None = books.connection.execute(
        "SELECT disputes.*, charges.currency, charges.settled_currency FROM disputes"
        " JOIN charges ON charges.id = disputes.charge_id WHERE disputes.id = ? AND disputes.account_id = ?",
        (dispute_id, books.account_id),
    ).fetchone()
    if row is None:
        raise not_found("dispute")
    return row


def _body(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "charge": row["charge_id"],
        "reason": row["reason"],
        "stage": row["stage"],
        "amount_minor": row["amount_minor"],
        "currency": row["currency"],
        "settled_minor": row["settled_minor"],
        "fee_minor": row["fee_minor"] if row["taken"] else 0,
        "fee_currency": row["settled_currency"],
        "fee_returned": bool(row["fee_returned"]),
    }
