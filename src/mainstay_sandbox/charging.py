"""The one place where money moves to the shop: a charge, its line, and the saved card if one was asked for."""

import sqlite3
from typing import Any

from mainstay_sandbox import balance, events, funding, intents, later, money, settings
from mainstay_sandbox.errors import not_found
from mainstay_sandbox.funding import Funding
from mainstay_sandbox.store import Books, insert, new_id
from mainstay_sandbox.wire import Answer, Call


def succeed(
    books: Books,
    intent: sqlite3.Row,
    paying: Funding,
    *,
    authenticated: bool = False,
    processing_until: int = 0,
) -> str:
    """Move the money. Returns the charge's id; the intent's unique charge forbids a second one."""
    charge_id = _charge(books, intent, paying)
    method_id = _kept_method(books.connection, intent, paying, authenticated)
    books.connection.execute(
        "UPDATE intents SET status = ?, last_error = NULL, action_url = NULL, method_id = ?,"
        " processing_until = ? WHERE id = ?",
        (intents.SUCCEEDED, method_id, processing_until, intent["id"]),
    )
    events.tell(books, "intent", "succeeded", intent["id"])
    return charge_id


def row_of(books: Books, charge_id: str) -> sqlite3.Row:
    """The account's charge, or 404."""
    row: sqlite3.Row | None = books.connection.execute(
        "SELECT * FROM charges WHERE id = ? AND account_id = ?", (charge_id, books.account_id)
    ).fetchone()
    if row is None:
        raise not_found("charge")
    return row


def show(call: Call) -> Answer:
    """`GET /v1/charges/{id}`: the charge, and the payment it belongs to."""
    row = row_of(call.books, call.names["id"])
    body: dict[str, Any] = {
        **intents.charge_body(row),
        "intent": intents.body_of(call, intents.row_of(call, row["intent_id"])),
    }
    return Answer(200, body, "The shop looked up a charge")


def learn_fee(books: Books, charge_id: str) -> None:
    """A fee that was not known when the charge was made is taken now."""
    charge = row_of(books, charge_id)
    fee_minor = money.fee_minor(charge["settled_minor"], charge["settled_currency"])
    books.connection.execute("UPDATE charges SET fee_minor = ? WHERE id = ?", (fee_minor, charge_id))
    balance.add(books, balance.FEE, charge_id, -fee_minor, 0, charge["settled_currency"])
    events.tell(books, "charge", "fee_learned", charge_id)


def _charge(books: Books, intent: sqlite3.Row, paying: Funding) -> str:
    agreed = settings.of_account(books.connection, books.account_id)
    amount_minor, currency = intent["amount_minor"], intent["currency"]
    settled_minor, settled_currency = settings.settled_minor(agreed, amount_minor, currency)
    fee_minor = money.fee_minor(settled_minor, settled_currency)
    charge_id = new_id("ch")
    insert(
        books.connection,
        "charges",
        id=charge_id,
        account_id=books.account_id,
        intent_id=intent["id"],
        amount_minor=amount_minor,
        currency=currency,
        settled_minor=settled_minor,
        settled_currency=settled_currency,
        fee_minor=None if agreed.fee_after_seconds else fee_minor,
        brand=paying.facts.brand,
        country=paying.facts.country,
    )
    known_fee = 0 if agreed.fee_after_seconds else fee_minor
    balance.add(books, balance.CHARGE, charge_id, settled_minor, known_fee, settled_currency)
    if agreed.fee_after_seconds:
        later.do(books, agreed.fee_after_seconds, later.LEARN_FEE, charge_id)
    return charge_id


def _kept_method(
    connection: sqlite3.Connection, intent: sqlite3.Row, paying: Funding, authenticated: bool
) -> str | None:
    method_id = paying.method_id
    if method_id is None and intent["save_method"]:
        method_id = funding.insert_method(connection, intent["account_id"], paying.facts, None)
    if authenticated:
        connection.execute("UPDATE methods SET authenticated = 1 WHERE id = ?", (method_id,))
    return method_id
