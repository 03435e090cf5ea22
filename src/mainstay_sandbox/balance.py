"""The shop's balance with the company: every movement is a line, and nothing else moves it.

A line's `amount_minor` is before its fee; the balance moved by `amount_minor - fee_minor`.
"""

from datetime import UTC, datetime

from mainstay_sandbox.store import Books, insert, new_id
from mainstay_sandbox.wire import Answer, Call, list_body, list_limit, number_in_query

CHARGE, FEE, ADJUSTMENT = "charge", "fee", "adjustment"
REFUND, REFUND_FAILED = "refund", "refund_failed"
DISPUTE, DISPUTE_RETURNED = "dispute", "dispute_returned"
PAYOUT, PAYOUT_FAILED = "payout", "payout_failed"


def add(books: Books, kind: str, source: str, amount_minor: int, fee_minor: int, currency: str) -> None:
    """A line about the object `source`, on today's page."""
    insert(
        books.connection,
        "balance_lines",
        id=new_id("bl"),
        account_id=books.account_id,
        kind=kind,
        amount_minor=amount_minor,
        fee_minor=fee_minor,
        currency=currency,
        source=source,
        day=datetime.fromtimestamp(books.now, UTC).date().isoformat(),
    )


def held(books: Books) -> dict[str, int]:
    """What the company holds for the shop: minor units by currency."""
    rows = books.connection.execute(
        "SELECT currency, SUM(amount_minor - fee_minor) AS held FROM balance_lines WHERE account_id = ?"
        " GROUP BY currency ORDER BY currency",
        (books.account_id,),
    ).fetchall()
    return {row["currency"]: row["held"] for row in rows}


def list_lines(call: Call) -> Answer:
    """`GET /v1/balance_lines?after=&limit=`: the oldest first, after the line of that number."""
    limit = list_limit(call)
    rows = call.connection.execute(
        "SELECT number, id, kind, amount_minor, fee_minor, currency, source, day FROM balance_lines"
        " WHERE account_id = ? AND number > ? ORDER BY number LIMIT ?",
        (call.caller.account_id, number_in_query(call, "after", 0), limit + 1),
    ).fetchall()
    return Answer(200, list_body([dict(row) for row in rows], limit), "The shop read its balance lines")


def show(call: Call) -> Answer:
    """`GET /v1/balance`: what the company holds for the shop, per currency."""
    rows = [{"currency": currency, "amount_minor": minor} for currency, minor in held(call.books).items()]
    return Answer(200, list_body(rows, len(rows)), "The shop read its balance")
