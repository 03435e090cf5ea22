"""What happened, in order: the list that a shop can read, and the start of each webhook."""

from typing import Any

from mainstay_sandbox import webhooks
from mainstay_sandbox.store import Books, insert, new_id
from mainstay_sandbox.wire import Answer, Call, list_body, list_limit, number_in_query


def tell(books: Books, kind: str, what: str, object_id: str) -> None:
    """Write down that `what` happened to the `kind` of object with this id, and set its webhook going."""
    event_id, event_type = new_id("evt"), f"{kind}.{what}"
    insert(
        books.connection,
        "events",
        id=event_id,
        account_id=books.account_id,
        type=event_type,
        kind=kind,
        object_id=object_id,
        made_at=books.now,
    )
    webhooks.queue(books, event_id, event_type, object_id)


def list_events(call: Call) -> Answer:
    """`GET /v1/events?after=&limit=`: the oldest first, after the event of that number."""
    limit = list_limit(call)
    rows = call.connection.execute(
        "SELECT * FROM events WHERE account_id = ? AND number > ? ORDER BY number LIMIT ?",
        (call.caller.account_id, number_in_query(call, "after", 0), limit + 1),
    ).fetchall()
    listed: list[dict[str, Any]] = [{"number": row["number"], **webhooks.body_of(row)} for row in rows]
    return Answer(200, list_body(listed, limit), "The shop read what happened")
