"""Saving a card without a payment. A bank that asks its holder at a payment asks before it lets a card be kept, too."""

import sqlite3

from mainstay_sandbox import cards, funding
from mainstay_sandbox.addresses import origin_of
from mainstay_sandbox.errors import Refused, not_found
from mainstay_sandbox.funding import Funding
from mainstay_sandbox.store import insert, new_id
from mainstay_sandbox.wire import Answer, Call, expect_only, text_parameter

OPEN, APPROVED, REFUSED_BY_READER, VOID = "open", "approved", "refused", "void"
PREFIX = "sav"
LONGEST_ADDRESS = 2000
DECLINED_WHEN_SAVED = {"do_not_honor", "expired_card", "lost_card"}
"""What a bank says when it is only asked whether the card exists."""
_STATUS = {OPEN: "requires_action", APPROVED: "succeeded", REFUSED_BY_READER: "declined", VOID: "cancelled"}


def save(call: Call) -> Answer:
    """`POST /v1/savings`: keep a card for later, without a payment."""
    expect_only(call, "token", "customer", "return_url")
    paying = funding.fresh_token(call, text_parameter(call, "token", 100))
    customer, return_url = _customer(call), _return_url(call)
    outcome = call.bank_says or cards.outcome(paying.facts.card, off_session=False, authenticated=False)
    funding.refuse_fault(outcome)
    funding.use_token(call.connection, paying)
    if outcome in DECLINED_WHEN_SAVED or call.bank_says:
        return funding.declined(outcome, "The bank refused a card that was to be saved")
    saving_id = _begin(call, paying, customer, return_url)
    if outcome == cards.AUTHENTICATE:
        what = "The bank wants the reader to confirm that a card may be saved"
        return Answer(202, body_of(call, row_of(call, saving_id)), what)
    keep(call.connection, saving_id, authenticated=False)
    return Answer(201, body_of(call, row_of(call, saving_id)), "A card was saved for later; no money moved")


def show(call: Call) -> Answer:
    """`GET /v1/savings/{id}`."""
    row = row_of(call, call.names["id"])
    return Answer(200, body_of(call, row), "The shop looked up whether a card was saved")


def cancel(call: Call) -> Answer:
    """`POST /v1/savings/{id}/cancel`: nothing is saved by it any more. What was saved already stays so."""
    expect_only(call)
    saving_id = row_of(call, call.names["id"])["id"]
    call.connection.execute(
        "UPDATE savings SET state = ? WHERE id = ? AND state = ?", (VOID, saving_id, OPEN)
    )
    return Answer(200, body_of(call, row_of(call, saving_id)), "The shop gave up saving a card")


def find(connection: sqlite3.Connection, saving_id: str) -> sqlite3.Row:
    """The saving whose bank's page this is, with its account's name, or 404."""
    row: sqlite3.Row | None = connection.execute(
        "SELECT savings.*, accounts.name FROM savings JOIN accounts ON accounts.id = account_id"
        " WHERE savings.id = ?",
        (saving_id,),
    ).fetchone()
    if row is None:
        raise not_found("page")
    return row


def answer(connection: sqlite3.Connection, saving_id: str, approve: bool) -> str:
    """The reader's answer at the bank, once. Returns the sentence for the list of calls."""
    if approve:
        keep(connection, saving_id, authenticated=True)
        return "The reader let their bank agree that a card is saved"
    connection.execute("UPDATE savings SET state = ? WHERE id = ?", (REFUSED_BY_READER, saving_id))
    return "The reader refused at their bank that a card is saved"


def keep(connection: sqlite3.Connection, saving_id: str, *, authenticated: bool) -> None:
    """The card is saved now."""
    row = connection.execute("SELECT * FROM savings WHERE id = ?", (saving_id,)).fetchone()
    paying = funding.challenged(connection, row["token_id"], None)
    method_id = funding.insert_method(connection, row["account_id"], paying.facts, row["customer"])
    connection.execute("UPDATE methods SET authenticated = ? WHERE id = ?", (authenticated, method_id))
    connection.execute(
        "UPDATE savings SET state = ?, method_id = ? WHERE id = ?", (APPROVED, method_id, saving_id)
    )


def row_of(call: Call, saving_id: str) -> sqlite3.Row:
    """The account's saving, or 404."""
    row: sqlite3.Row | None = call.connection.execute(
        "SELECT * FROM savings WHERE id = ? AND account_id = ?", (saving_id, call.caller.account_id)
    ).fetchone()
    if row is None:
        raise not_found("saving")
    return row


def body_of(call: Call, row: sqlite3.Row) -> dict[str, object]:
    """A saving as the API shows it."""
    is_open = row["state"] == OPEN
    saved = funding.method_row(call, row["method_id"]) if row["method_id"] else None
    return {
        "id": row["id"],
        "status": _STATUS[row["state"]],
        "action_url": f"{call.request.base_address}/bank/{row['id']}" if is_open else None,
        "method": funding.method_body(saved) if saved else None,
    }


def _begin(call: Call, paying: Funding, customer: str | None, return_url: str) -> str:
    saving_id = new_id(PREFIX)
    insert(
        call.connection,
        "savings",
        id=saving_id,
        account_id=call.caller.account_id,
        state=OPEN,
        token_id=paying.token_id,
        customer=customer,
        return_url=return_url,
    )
    return saving_id


def _customer(call: Call) -> str | None:
    if call.parameters.get("customer") is None:
        return None
    customer = text_parameter(call, "customer", 100)
    known = call.connection.execute(
        "SELECT 1 FROM methods WHERE account_id = ? AND customer = ?", (call.caller.account_id, customer)
    ).fetchone()
    if known is None:
        raise not_found("customer")
    return customer


def _return_url(call: Call) -> str:
    address = text_parameter(call, "return_url", LONGEST_ADDRESS, default="")
    if address and origin_of(address) is None:
        raise Refused(422, "parameter_not_accepted", "return_url must be a whole http or https address.")
    return address
