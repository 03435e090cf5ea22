"""Payments that were prepared: an intent moves no money until it is confirmed (see `confirming`)."""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from mainstay_sandbox import events, funding, money, settings
from mainstay_sandbox.errors import Refused, not_found
from mainstay_sandbox.funding import method_body
from mainstay_sandbox.store import Books, insert, new_id
from mainstay_sandbox.wire import (
    Answer,
    Call,
    expect_only,
    flag_parameter,
    list_body,
    list_limit,
    text_parameter,
)

REQUIRES_CONFIRMATION = "requires_confirmation"
REQUIRES_ACTION = "requires_action"
PROCESSING = "processing"
PENDING = "pending"
SUCCEEDED = "succeeded"
CANCELLED = "cancelled"

LONGEST_REFERENCE = 200
MOST_METADATA = 20
LONGEST_METADATA_NAME = 40
LONGEST_METADATA_VALUE = 500


def prepare(call: Call) -> Answer:
    """`POST /v1/intents`: name an amount and a reference. Moves no money and asks no bank."""
    expect_only(call, "amount_minor", "currency", "reference", "metadata", "save_method")
    intent_id = new_id("pi")
    currency = money.check_currency(call.parameters.get("currency"))
    amount_minor = money.check_payment(call.parameters.get("amount_minor"), currency)
    insert(
        call.connection,
        "intents",
        id=intent_id,
        account_id=call.caller.account_id,
        status=REQUIRES_CONFIRMATION,
        amount_minor=amount_minor,
        currency=currency,
        reference=text_parameter(call, "reference", LONGEST_REFERENCE),
        metadata=json.dumps(_metadata(call)),
        save_method=flag_parameter(call, "save_method"),
        made_at=call.now,
    )
    what = f"A payment of {money.written(amount_minor, currency)} was prepared; no money moved"
    return Answer(201, body_of(call, row_of(call, intent_id)), what)


def show(call: Call) -> Answer:
    """`GET /v1/intents/{id}`."""
    row = row_of(call, call.names["id"])
    what = f"The shop looked up a payment: it reads “{status_of(row, call.now)}”"
    return Answer(200, body_of(call, row), what)


def list_by_reference(call: Call) -> Answer:
    """`GET /v1/intents?reference=`: the newest first."""
    reference = call.request.query.get("reference")
    if not reference:
        raise Refused(422, "parameter_not_accepted", "Name the reference to look for.")
    limit = list_limit(call)
    lag_seconds = settings.of_account(call.connection, call.caller.account_id).find_after_seconds
    rows = call.connection.execute(
        "SELECT * FROM intents WHERE account_id = ? AND reference = ? AND made_at <= ?"
        " ORDER BY number DESC LIMIT ?",
        (call.caller.account_id, reference, call.now - lag_seconds, limit + 1),
    ).fetchall()
    what = "The shop looked for payments by its own reference"
    return Answer(200, list_body([body_of(call, row) for row in rows], limit), what)


def cancel(call: Call) -> Answer:
    """`POST /v1/intents/{id}/cancel`: never to be paid. A second time changes nothing.

    Raises 409 when money has moved or is moving.
    """
    expect_only(call)
    row = row_of(call, call.names["id"])
    refuse_if_money_moved(row, call.now)
    void_challenges(call.connection, row["id"])
    call.connection.execute(
        "UPDATE intents SET status = ?, action_url = NULL WHERE id = ?", (CANCELLED, row["id"])
    )
    if row["status"] != CANCELLED:
        events.tell(call.books, "intent", "cancelled", row["id"])
    what = "The shop cancelled a payment that had not been made"
    return Answer(200, body_of(call, row_of(call, row["id"])), what)


def refuse_if_money_moved(row: sqlite3.Row, now: int) -> None:
    """409 `intent_processing` or `intent_already_succeeded`."""
    status = status_of(row, now)
    if status in (PROCESSING, PENDING):
        raise Refused(409, "intent_processing", "This payment is being made. Look it up later.")
    if status == SUCCEEDED:
        raise Refused(
            409, "intent_already_succeeded", "This payment was made already. It can't be made twice."
        )


def void_challenges(connection: sqlite3.Connection, intent_id: str) -> None:
    """Close the bank's pages that are still open for this intent."""
    connection.execute(
        "UPDATE challenges SET state = 'void' WHERE intent_id = ? AND state = 'open'", (intent_id,)
    )


def back_to_start(books: Books, intent_id: str, decline_code: str) -> None:
    """After a decline: the intent can be confirmed again, with another card."""
    last_error: dict[str, Any] = funding.declined(decline_code, "").body["error"]
    books.connection.execute(
        "UPDATE intents SET status = ?, last_error = ?, action_url = NULL WHERE id = ?",
        (REQUIRES_CONFIRMATION, json.dumps(last_error), intent_id),
    )
    events.tell(books, "intent", "declined", intent_id)


def status_of(row: sqlite3.Row, now: int) -> str:
    """The status as it reads now: a payment whose answer was lost reads `processing` for a while."""
    status: str = row["status"]
    if status == SUCCEEDED and now < row["processing_until"]:
        return PROCESSING
    return status


def row_of(call: Call, intent_id: str) -> sqlite3.Row:
    """The account's intent, or 404."""
    row: sqlite3.Row | None = call.connection.execute(
        "SELECT * FROM intents WHERE id = ? AND account_id = ?", (intent_id, call.caller.account_id)
    ).fetchone()
    if row is None:
        raise not_found("payment")
    return row


def body_of(call: Call, row: sqlite3.Row) -> dict[str, Any]:
    """An intent as the API shows it. Charge and saved card appear when the payment reads `succeeded`."""
    status = status_of(row, call.now)
    succeeded = status == SUCCEEDED
    return {
        "id": row["id"],
        "status": status,
        "amount_minor": row["amount_minor"],
        "currency": row["currency"],
        "reference": row["reference"],
        "metadata": json.loads(row["metadata"]),
        "save_method": bool(row["save_method"]),
        "created_at": row["made_at"],
        "action_url": row["action_url"],
        "last_error": json.loads(row["last_error"]) if row["last_error"] else None,
        "charge": _charge_of(call.connection, row["id"]) if succeeded else None,
        "method": _method_body(call.connection, row["method_id"]) if succeeded else None,
    }


def charge_body(row: sqlite3.Row) -> dict[str, Any]:
    """A charge as the API shows it. `fee_minor` is in the settled currency, and null while it is not known."""
    shown = "id amount_minor currency settled_minor settled_currency fee_minor refunded_minor disputed_minor"
    return {name: row[name] for name in [*shown.split(), "brand", "country"]}


def _charge_of(connection: sqlite3.Connection, intent_id: str) -> dict[str, Any]:
    row = connection.execute("SELECT * FROM charges WHERE intent_id = ?", (intent_id,)).fetchone()
    return charge_body(row)


def _method_body(connection: sqlite3.Connection, method_id: str | None) -> Mapping[str, Any] | None:
    if method_id is None:
        return None
    return method_body(connection.execute("SELECT * FROM methods WHERE id = ?", (method_id,)).fetchone())


def _metadata(call: Call) -> dict[str, str]:
    metadata = call.parameters.get("metadata", {})
    fits = isinstance(metadata, dict) and len(metadata) <= MOST_METADATA
    if not fits or not all(_metadata_fits(name, value) for name, value in metadata.items()):
        raise Refused(
            422,
            "metadata_not_accepted",
            f"metadata holds up to {MOST_METADATA} texts of at most {LONGEST_METADATA_VALUE} characters,"
            f" under names of at most {LONGEST_METADATA_NAME}.",
        )
    return dict(metadata)


def _metadata_fits(name: str, value: Any) -> bool:
    return (
        len(name) <= LONGEST_METADATA_NAME and isinstance(value, str) and len(value) <= LONGEST_METADATA_VALUE
    )
