"""Payouts: what the company holds goes to the shop's bank, every day or when asked, and arrives or comes back."""

import sqlite3
from typing import Any

from mainstay_sandbox import balance, events, later, money, settings
from mainstay_sandbox.errors import Refused, not_found
from mainstay_sandbox.store import Books, insert, new_id
from mainstay_sandbox.wire import Answer, Call, expect_only, list_body, list_limit, text_parameter

SENT, ARRIVED, FAILED = "sent", "arrived", "failed"


def show(call: Call) -> Answer:
    """`GET /v1/payouts/{id}`."""
    return Answer(200, _body(row_of(call.books, call.names["id"])), "The shop looked at a payout")


def list_payouts(call: Call) -> Answer:
    """`GET /v1/payouts`: the newest first."""
    limit = list_limit(call)
    rows = call.connection.execute(
        "SELECT * FROM payouts WHERE account_id = ? ORDER BY number DESC LIMIT ?",
        (call.caller.account_id, limit + 1),
    ).fetchall()
    return Answer(200, list_body([_body(row) for row in rows], limit), "The shop listed its payouts")


def make(call: Call) -> Answer:
    """`POST /v1/test/payouts` `{currency, amount_minor?}`: now; without an amount, all of that currency.

    Raises 409 `payout_exceeds_balance`.
    """
    expect_only(call, "currency", "amount_minor")
    currency = money.check_currency(call.parameters.get("currency"))
    held_minor = balance.held(call.books).get(currency, 0)
    amount_minor = call.parameters.get("amount_minor")
    amount_minor = held_minor if amount_minor is None else money.check_amount(amount_minor)
    if not 0 < amount_minor <= held_minor:
        raise Refused(409, "payout_exceeds_balance", "The company does not hold that much for the shop.")
    payout_id = _send(call.books, amount_minor, currency)
    what = f"A payout of {money.written(amount_minor, currency)} was sent"
    return Answer(201, _body(row_of(call.books, payout_id)), what)


def switch(call: Call) -> Answer:
    """`POST /v1/test/payouts/{id}` `{stage: arrived | failed}`: it arrives or comes back; so can one that arrived."""
    expect_only(call, "stage")
    row, stage = row_of(call.books, call.names["id"]), text_parameter(call, "stage", 20)
    if stage not in (ARRIVED, FAILED):
        raise Refused(422, "parameter_not_accepted", "stage must be arrived or failed.")
    (arrive if stage == ARRIVED else fail)(call.books, row["id"])
    return Answer(200, _body(row_of(call.books, row["id"])), f"A payout {stage}")


def pay_out_daily(books: Books) -> None:
    """All that is held goes out, and tomorrow again, while the account's settings say so."""
    if settings.of_account(books.connection, books.account_id).payouts != settings.DAILY:
        return
    for currency, held_minor in balance.held(books).items():
        if held_minor > 0:
            _send(books, held_minor, currency)
    plan_daily(books)


def plan_daily(books: Books) -> None:
    """The next automatic payout is at the coming midnight (UTC)."""
    books.connection.execute(
        "DELETE FROM later WHERE account_id = ? AND what = ?", (books.account_id, later.PAY_OUT)
    )
    after_seconds = settings.DAY_SECONDS - books.now % settings.DAY_SECONDS
    later.do(books, after_seconds, later.PAY_OUT, "")


def arrive(books: Books, payout_id: str) -> None:
    """The shop's bank has it. Nothing happens to one that is not on its way."""
    if row_of(books, payout_id)["stage"] == SENT:
        _set_stage(books, payout_id, ARRIVED)


def fail(books: Books, payout_id: str) -> None:
    """The shop's bank sent it back: it is in the balance again."""
    row = row_of(books, payout_id)
    if row["stage"] != FAILED:
        _set_stage(books, payout_id, FAILED)
        balance.add(books, balance.PAYOUT_FAILED, payout_id, row["amount_minor"], 0, row["currency"])


def row_of(books: Books, payout_id: str) -> sqlite3.Row:
    """The account's payout, or 404."""
    row: sqlite3.Row | None = books.connection.execute(
        "SELECT * FROM payouts WHERE id = ? AND account_id = ?", (payout_id, books.account_id)
    ).fetchone()
    if row is None:
        raise not_found("payout")
    return row


def _send(books: Books, amount_minor: int, currency: str) -> str:
    agreed = settings.of_account(books.connection, books.account_id)
    payout_id = new_id("po")
    insert(
        books.connection,
        "payouts",
        id=payout_id,
        account_id=books.account_id,
        stage=SENT,
        amount_minor=amount_minor,
        currency=currency,
    )
    balance.add(books, balance.PAYOUT, payout_id, -amount_minor, 0, currency)
    events.tell(books, "payout", SENT, payout_id)
    what = later.PAYOUT_FAILS if agreed.payouts_fail else later.PAYOUT_ARRIVES
    later.do(books, agreed.payouts_after_seconds, what, payout_id)
    return payout_id


def _set_stage(books: Books, payout_id: str, stage: str) -> None:
    books.connection.execute("UPDATE payouts SET stage = ? WHERE id = ?", (stage, payout_id))
    events.tell(books, "payout", stage, payout_id)


def _body(row: sqlite3.Row) -> dict[str, Any]:
    return {name: row[name] for name in ("id", "stage", "amount_minor", "currency")}
