"""Where a payment's money comes from: tokens of cards, and cards that were saved."""

import sqlite3
from dataclasses import dataclass

from mainstay_sandbox import cards, events
from mainstay_sandbox.accounts import SECRET
from mainstay_sandbox.errors import Refused, not_found
from mainstay_sandbox.store import insert, new_id
from mainstay_sandbox.wire import Answer, Call, expect_only, text_parameter

TOKEN_LIFE_SECONDS = 60 * 60


@dataclass(frozen=True)
class Funding:
    """A card that is to pay: a fresh token, or a saved card (`method_id`)."""

    facts: cards.CardFacts
    token_id: str | None = None
    method_id: str | None = None
    customer: str | None = None
    authenticated: bool = False
    detached: bool = False


def make_token(call: Call) -> Answer:
    """`POST /v1/tokens`: a card number becomes a token. Called by the reader's browser."""
    expect_only(call, "number", "exp_month", "exp_year", "cvc")
    facts = cards.read_card(call.parameters, call.now)
    token_id = new_id("tok")
    insert(
        call.connection,
        "tokens",
        id=token_id,
        account_id=call.caller.account_id,
        made_at=call.now,
        **vars(facts),
    )
    body = {
        "id": token_id,
        "kind": cards.kind_of(facts.brand),
        "brand": facts.brand,
        "last4": facts.last4,
        "country": facts.country,
    }
    return Answer(201, body, "A card number was exchanged for a token")


def show_token(call: Call) -> Answer:
    """`GET /v1/tokens/{id}`: what the shop may know before it pays or saves anything. Reaches no bank."""
    row = _token_row(call, call.names["id"])
    body = {
        "id": row["id"],
        "kind": cards.kind_of(row["brand"]),
        "country": row["country"],
        "brand": row["brand"],
        "used": bool(row["used"]),
    }
    if call.caller.kind == SECRET:
        body["last4"] = row["last4"]
    return Answer(200, body, "The shop asked which country issued the card; no bank was asked")


def show_method(call: Call) -> Answer:
    """`GET /v1/methods/{id}`: a saved card."""
    body = method_body(method_row(call, call.names["id"]))
    return Answer(200, body, "The shop looked at a saved card")


def detach_method(call: Call) -> Answer:
    """`DELETE /v1/methods/{id}`: the card cannot be charged again. A second time changes nothing."""
    method_id = method_row(call, call.names["id"])["id"]
    call.connection.execute("UPDATE methods SET detached = 1 WHERE id = ?", (method_id,))
    body = method_body(method_row(call, method_id))
    return Answer(200, body, "The shop gave up a saved card; it can't be charged again")


def update_method(call: Call) -> Answer:
    """`POST /v1/test/methods/{id}` `{change: replaced | expired | detached}`: the bank tells of a saved card.

    `replaced` gives it three more years, and the `country` named, if any; the id stays.
    """
    expect_only(call, "change", "country")
    row, change = method_row(call, call.names["id"]), text_parameter(call, "change", 20)
    if change == "replaced":
        country = text_parameter(call, "country", 2, default=row["country"] or "") or None
        call.connection.execute(
            "UPDATE methods SET exp_year = exp_year + 3, country = ? WHERE id = ?", (country, row["id"])
        )
    elif change == "expired":
        call.connection.execute("UPDATE methods SET exp_year = 2000 WHERE id = ?", (row["id"],))
    elif change == "detached":
        call.connection.execute("UPDATE methods SET detached = 1 WHERE id = ?", (row["id"],))
    else:
        raise Refused(422, "parameter_not_accepted", "change must be replaced, expired or detached.")
    events.tell(call.books, "method", change, row["id"])
    return Answer(200, method_body(method_row(call, row["id"])), f"A saved card was {change} by its bank")


def fresh_token(call: Call, token_id: str) -> Funding:
    """A token that can still be used. Raises 404, 409 `token_used`, 422 `token_expired`."""
    row = _token_row(call, token_id)
    if row["used"]:
        raise Refused(409, "token_used", "This token was used already. Ask the reader for the card again.")
    if call.now - row["made_at"] >= TOKEN_LIFE_SECONDS:
        raise Refused(
            422, "token_expired", "This token is older than an hour. Ask the reader for the card again."
        )
    return Funding(_facts(row), token_id=row["id"])


def saved_method(call: Call, method_id: str) -> Funding:
    """A saved card, detached or not. Raises 404."""
    return _method_funding(method_row(call, method_id))


def challenged(connection: sqlite3.Connection, token_id: str | None, method_id: str | None) -> Funding:
    """The card that a bank's page was opened for."""
    if method_id is not None:
        row = connection.execute("SELECT * FROM methods WHERE id = ?", (method_id,)).fetchone()
        return _method_funding(row)
    row = connection.execute("SELECT * FROM tokens WHERE id = ?", (token_id,)).fetchone()
    return Funding(_facts(row), token_id=row["id"])


def use_token(connection: sqlite3.Connection, funding: Funding) -> None:
    """A token that reached the bank is spent, whatever the bank said."""
    connection.execute("UPDATE tokens SET used = 1 WHERE id = ?", (funding.token_id,))


def refuse_fault(outcome: str) -> None:
    """503 for the card that stands for a fault of the company: nothing happened, the token is unspent."""
    if outcome == cards.FAULT:
        raise Refused(
            503, "company_fault", "Something broke at our end before anything happened. Try again later."
        )


def declined(decline_code: str, what: str) -> Answer:
    """A bank's decline: HTTP 402."""
    code = "authentication_required" if decline_code == "authentication_required" else "card_declined"
    error = {"code": code, "message": cards.DECLINES[decline_code], "decline_code": decline_code}
    return Answer(402, {"error": error}, f"{what} ({decline_code})")


def insert_method(
    connection: sqlite3.Connection, account_id: str, facts: cards.CardFacts, customer: str | None
) -> str:
    """Save a card, under a new customer when none is given. Returns its id."""
    method_id = new_id("pm")
    insert(
        connection,
        "methods",
        id=method_id,
        account_id=account_id,
        customer=customer or new_id("cus"),
        **vars(facts),
    )
    return method_id


def method_body(row: sqlite3.Row) -> dict[str, str | int | None]:
    """A saved card as the API shows it."""
    return {
        "id": row["id"],
        "customer": row["customer"],
        "status": "detached" if row["detached"] else "active",
        "brand": row["brand"],
        "country": row["country"],
        "exp_month": row["exp_month"],
        "exp_year": row["exp_year"],
    }


def method_row(call: Call, method_id: str) -> sqlite3.Row:
    """The account's saved card, or 404."""
    row: sqlite3.Row | None = call.connection.execute(
        "SELECT * FROM methods WHERE id = ? AND account_id = ?", (method_id, call.caller.account_id)
    ).fetchone()
    if row is None:
        raise not_found("saved card")
    return row


def _facts(row: sqlite3.Row) -> cards.CardFacts:
    return cards.CardFacts(
        row["card"], row["brand"], row["last4"], row["country"], row["exp_month"], row["exp_year"]
    )


def _method_funding(row: sqlite3.Row) -> Funding:
    return Funding(
        _facts(row),
        method_id=row["id"],
        customer=row["customer"],
        authenticated=bool(row["authenticated"]),
        detached=bool(row["detached"]),
    )


def _token_row(call: Call, token_id: str) -> sqlite3.Row:
    row: sqlite3.Row | None = call.connection.execute(
        "SELECT * FROM tokens WHERE id = ? AND account_id = ?", (token_id, call.caller.account_id)
    ).fetchone()
    if row is None:
        raise not_found("token")
    return row
