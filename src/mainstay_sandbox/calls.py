"""The calls that the company received, in plain sentences: what a payment company knows."""

import sqlite3

from mainstay_sandbox.store import insert
from mainstay_sandbox.wire import Answer, Call, list_body, list_limit, number_in_query

KEPT_CALLS = 500


def record(
    connection: sqlite3.Connection, account_id: str, method: str, path: str, status: int, what: str
) -> None:
    """Write one call down and forget the oldest ones. Status 0: the connection was cut without an answer."""
    insert(connection, "calls", account_id=account_id, method=method, path=path, status=status, what=what)
    connection.execute(
        "DELETE FROM calls WHERE account_id = ?1 AND number <="
        " (SELECT number FROM calls WHERE account_id = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)",
        (account_id, KEPT_CALLS),
    )


def list_calls(call: Call) -> Answer:
    """`GET /v1/calls?after=&limit=`: the oldest first. Reading this list is not itself written down."""
    limit = list_limit(call)
    rows = call.connection.execute(
        "SELECT number, method, path, status, what FROM calls WHERE account_id = ? AND number > ?"
        " ORDER BY number LIMIT ?",
        (call.caller.account_id, number_in_query(call, "after", 0), limit + 1),
    ).fetchall()
    return Answer(200, list_body([dict(row) for row in rows], limit), "")
