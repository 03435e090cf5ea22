"""The shop's balance with the company: every charge, fee and refund is a line, and nothing else moves it."""

import sqlite3

from mainstay_sandbox.store import insert
from mainstay_sandbox.wire import Answer, Call, list_body, list_limit, number_in_query

CHARGE, FEE, REFUND = "charge", "fee", "refund"


def add_charge(
    connection: sqlite3.Connection,
    account_id: str,
    charge_id: str,
    amount_minor: int,
    fee_minor: int,
    currency: str,
) -> None:
    """A charge's two lines: its gross, and the fee taken from it."""
    _add(connection, account_id, CHARGE, amount_minor, fee_minor, currency, charge_id)
    _add(connection, account_id, FEE, -fee_minor, 0, currency, charge_id)


def add_refund(
    connection: sqlite3.Connection, account_id: str, refund_id: str, amount_minor: int, currency: str
) -> None:
    """A refund's line."""
    _add(connection, account_id, REFUND, -amount_minor, 0, currency, refund_id)


def list_lines(call: Call) -> Answer:
    """`GET /v1/balance_lines?after=&limit=`: the oldest first, after the line of that number."""
    limit = list_limit(call)
    rows = call.connection.execute(
        "SELECT number, kind, amount_minor, fee_minor, currency, source FROM balance_lines"
        " WHERE account_id = ? AND number > ? ORDER BY number LIMIT ?",
        (call.caller.account_id, number_in_query(call, "after", 0), limit + 1),
    ).fetchall()
    return Answer(200, list_body([dict(row) for row in rows], limit), "The shop read its balance lines")


def show(call: Call) -> Answer:
    """`GET /v1/balance`: what the company holds for the shop, per currency."""
    rows = call.connection.execute(
        "SELECT currency, SUM(amount_minor) AS amount_minor FROM balance_lines WHERE account_id = ?"
        " GROUP BY currency ORDER BY currency",
        (call.caller.account_id,),
    ).fetchall()
    return Answer(200, list_body([dict(row) for row in rows], len(rows)), "The shop read its balance")


def _add(
    connection: sqlite3.Connection,
    account_id: str,
    kind: str,
    amount_minor: int,
    fee_minor: int,
    currency: str,
    source: str,
) -> None:
    insert(
        connection,
        "balance_lines",
        account_id=account_id,
        kind=kind,
        amount_minor=amount_minor,
        fee_minor=fee_minor,
        currency=currency,
        source=source,
    )
