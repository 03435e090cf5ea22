"""Bank debits: a payment that is pending for days, then succeeds or not, and can still come back weeks after."""

import sqlite3

from mainstay_sandbox import cards, charging, disputes, events, funding, intents, later, settings
from mainstay_sandbox.errors import Refused
from mainstay_sandbox.funding import Funding
from mainstay_sandbox.store import Books
from mainstay_sandbox.wire import Answer, Call, expect_only, text_parameter


def begin(books: Books, intent: sqlite3.Row, paying: Funding, outcome: str) -> None:
    """The debit is on its way; `outcome` is what the practice number says will come of it."""
    books.connection.execute(
        "UPDATE intents SET status = ?, last_error = NULL, action_url = NULL, waiting_token = ?,"
        " waiting_method = ? WHERE id = ?",
        (intents.PENDING, paying.token_id, paying.method_id, intent["id"]),
    )
    events.tell(books, "intent", "pending", intent["id"])
    after_seconds = settings.of_account(books.connection, books.account_id).debits_after_seconds
    what = later.FAIL_DEBIT if outcome == cards.PENDING_THEN_FAIL else later.SETTLE_DEBIT
    later.do(books, after_seconds, what, intent["id"])


def settle(books: Books, intent_id: str) -> None:
    """The debit succeeded. Nothing happens when it was settled by hand before."""
    intent = _pending(books, intent_id)
    if intent is None:
        return
    paying = funding.challenged(books.connection, intent["waiting_token"], intent["waiting_method"])
    charge_id = charging.succeed(books, intent, paying)
    if cards.BY_NAME[paying.facts.card].present == cards.PENDING_THEN_RETURN:
        after_seconds = settings.of_account(books.connection, books.account_id).returns_after_seconds
        later.do(books, after_seconds, later.RETURN_DEBIT, charge_id)


def fail(books: Books, intent_id: str) -> None:
    """The reader's bank did not pay. Nothing happens when it was settled by hand before."""
    if _pending(books, intent_id) is not None:
        intents.back_to_start(books, intent_id, "insufficient_funds")


def come_back(books: Books, charge_id: str) -> None:
    """The reader's bank takes a paid debit back: a dispute that is lost from its start."""
    disputes.open_rest(books, charge_id, disputes.RETURN, disputes.LOST)


def switch(call: Call) -> Answer:
    """`POST /v1/test/intents/{id}` `{result: succeeded | failed}`: a pending debit ends now."""
    expect_only(call, "result")
    result = text_parameter(call, "result", 20)
    row = intents.row_of(call, call.names["id"])
    if result not in ("succeeded", "failed"):
        raise Refused(422, "parameter_not_accepted", "result must be succeeded or failed.")
    if row["status"] != intents.PENDING:
        raise Refused(409, "intent_not_pending", "This payment is not a pending debit.")
    (settle if result == "succeeded" else fail)(call.books, row["id"])
    return Answer(200, intents.body_of(call, intents.row_of(call, row["id"])), f"A pending debit {result}")


def _pending(books: Books, intent_id: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = books.connection.execute(
        "SELECT * FROM intents WHERE id = ? AND status = ?", (intent_id, intents.PENDING)
    ).fetchone()
    return row
