"""Confirming an intent: the one place where money moves to the shop.

Everything here runs inside one transaction that holds the write lock from its start, so of many confirmations
at once one succeeds; the unique charge of an intent says the same to the database.
"""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from mainstay_sandbox import balance, cards, funding, intents, money, words
from mainstay_sandbox.addresses import origin_of
from mainstay_sandbox.errors import Refused, not_found
from mainstay_sandbox.funding import Funding
from mainstay_sandbox.store import insert, new_id
from mainstay_sandbox.wire import Answer, Call, expect_only, flag_parameter, text_parameter

PROCESSING_SECONDS = 8
"""How long a payment whose answer was lost reads `processing`."""

LONGEST_ADDRESS = 2000
OPEN, APPROVED, REFUSED_BY_READER, VOID = "open", "approved", "refused", "void"


@dataclass(frozen=True)
class Challenge:
    """A bank's page that waits for the reader, and the payment it is about."""

    id: str
    state: str
    intent: sqlite3.Row
    return_url: str
    account_name: str
    token_id: str | None
    method_id: str | None


def confirm(call: Call) -> Answer:
    """`POST /v1/intents/{id}/confirm`: pay with a token or a saved card. The card decides the outcome."""
    expect_only(call, "token", "method", "off_session", "return_url", "lang")
    row = intents.row_of(call, call.names["id"])
    intents.refuse_if_money_moved(row, call.now)
    if row["status"] == intents.CANCELLED:
        raise Refused(409, "intent_cancelled", "This payment was cancelled. Prepare a new one.")
    paying = _funding(call)
    outcome = _outcome(call, paying)
    funding.refuse_fault(outcome)
    intents.void_challenges(call.connection, row["id"])
    funding.use_token(call.connection, paying)
    return _carry_out(call, row, paying, outcome)


def find_challenge(connection: sqlite3.Connection, challenge_id: str) -> Challenge:
    """The bank's page of this address, or 404."""
    row = connection.execute("SELECT * FROM challenges WHERE id = ?", (challenge_id,)).fetchone()
    if row is None:
        raise not_found("page")
    intent = connection.execute("SELECT * FROM intents WHERE id = ?", (row["intent_id"],)).fetchone()
    account = connection.execute("SELECT name FROM accounts WHERE id = ?", (intent["account_id"],)).fetchone()
    return Challenge(
        row["id"],
        row["state"],
        intent,
        row["return_url"],
        account["name"],
        row["token_id"],
        row["method_id"],
    )


def answer_challenge(connection: sqlite3.Connection, challenge: Challenge, approve: bool) -> str:
    """The reader's answer at the bank. Returns the sentence for the list of calls.

    The caller has made sure, in the same transaction, that the challenge is open.
    """
    state = APPROVED if approve else REFUSED_BY_READER
    connection.execute("UPDATE challenges SET state = ? WHERE id = ?", (state, challenge.id))
    amount = money.written(challenge.intent["amount_minor"], challenge.intent["currency"])
    if approve:
        paying = funding.challenged(connection, challenge.token_id, challenge.method_id)
        succeed(connection, challenge.intent, paying, authenticated=True)
        return f"The reader approved {amount} at their bank; the money moved"
    _back_to_start(connection, challenge.intent["id"], "authentication_failed")
    return f"The reader refused {amount} at their bank; no money moved"


def succeed(
    connection: sqlite3.Connection,
    intent: sqlite3.Row,
    paying: Funding,
    *,
    authenticated: bool = False,
    processing_until: int = 0,
) -> None:
    """Move the money: one charge, its balance lines, and the saved card if the shop asked for one."""
    charge_id = new_id("ch")
    amount_minor, currency = intent["amount_minor"], intent["currency"]
    fee_minor = money.fee_minor(amount_minor, currency)
    insert(
        connection,
        "charges",
        id=charge_id,
        account_id=intent["account_id"],
        intent_id=intent["id"],
        amount_minor=amount_minor,
        fee_minor=fee_minor,
        currency=currency,
        brand=paying.facts.brand,
        country=paying.facts.country,
    )
    balance.add_charge(connection, intent["account_id"], charge_id, amount_minor, fee_minor, currency)
    method_id = _kept_method(connection, intent, paying, authenticated)
    connection.execute(
        "UPDATE intents SET status = ?, last_error = NULL, action_url = NULL, method_id = ?,"
        " processing_until = ? WHERE id = ?",
        (intents.SUCCEEDED, method_id, processing_until, intent["id"]),
    )


def _funding(call: Call) -> Funding:
    token, method = call.parameters.get("token"), call.parameters.get("method")
    if (token is None) == (method is None):
        raise Refused(
            422, "parameter_not_accepted", "Name a token or a saved card (method), and only one of them."
        )
    if token is not None:
        return funding.fresh_token(call, text_parameter(call, "token", 100))
    return funding.saved_method(call, text_parameter(call, "method", 100))


def _outcome(call: Call, paying: Funding) -> str:
    if paying.detached:
        return "method_detached"
    if cards.is_past(paying.facts.exp_month, paying.facts.exp_year, call.now):
        return "expired_card"
    off_session = flag_parameter(call, "off_session")
    return cards.outcome(paying.facts.card, off_session=off_session, authenticated=paying.authenticated)


def _carry_out(call: Call, intent: sqlite3.Row, paying: Funding, outcome: str) -> Answer:
    amount = money.written(intent["amount_minor"], intent["currency"])
    if outcome in cards.DECLINES:
        return _decline(call, intent, outcome, amount)
    if outcome == cards.AUTHENTICATE:
        return _ask_the_reader(call, intent, paying, amount)
    cut = outcome == cards.UNKNOWN
    succeed(call.connection, intent, paying, processing_until=call.now + PROCESSING_SECONDS if cut else 0)
    body = intents.body_of(call, intents.row_of(call, intent["id"]))
    lost = "; the connection was cut before the shop had its answer" if cut else ""
    return Answer(200, body, f"The bank paid {amount}{lost}", cut=cut)


def _decline(call: Call, intent: sqlite3.Row, decline_code: str, amount: str) -> Answer:
    _back_to_start(call.connection, intent["id"], decline_code)
    return funding.declined(decline_code, f"The bank declined {amount}; no money moved")


def _back_to_start(connection: sqlite3.Connection, intent_id: str, decline_code: str) -> None:
    last_error: dict[str, Any] = funding.declined(decline_code, "").body["error"]
    connection.execute(
        "UPDATE intents SET status = ?, last_error = ?, action_url = NULL WHERE id = ?",
        (intents.REQUIRES_CONFIRMATION, json.dumps(last_error), intent_id),
    )


def _ask_the_reader(call: Call, intent: sqlite3.Row, paying: Funding, amount: str) -> Answer:
    challenge_id = new_id("chal")
    language = call.parameters.get("lang")
    suffix = f"?lang={language}" if language in words.LANGUAGES else ""
    insert(
        call.connection,
        "challenges",
        id=challenge_id,
        intent_id=intent["id"],
        state=OPEN,
        token_id=paying.token_id,
        method_id=paying.method_id,
        return_url=_return_url(call),
    )
    call.connection.execute(
        "UPDATE intents SET status = ?, last_error = NULL, action_url = ? WHERE id = ?",
        (intents.REQUIRES_ACTION, f"{call.request.base_address}/bank/{challenge_id}{suffix}", intent["id"]),
    )
    body = intents.body_of(call, intents.row_of(call, intent["id"]))
    return Answer(200, body, f"The bank wants the reader to confirm {amount}; no money moved yet")


def _return_url(call: Call) -> str:
    address = text_parameter(call, "return_url", LONGEST_ADDRESS, default="")
    if address and origin_of(address) is None:
        raise Refused(422, "parameter_not_accepted", "return_url must be a whole http or https address.")
    return address


def _kept_method(
    connection: sqlite3.Connection, intent: sqlite3.Row, paying: Funding, authenticated: bool
) -> str | None:
    method_id = paying.method_id
    if method_id is None and intent["save_method"]:
        method_id = funding.insert_method(connection, intent["account_id"], paying.facts, None)
    if authenticated:
        connection.execute("UPDATE methods SET authenticated = 1 WHERE id = ?", (method_id,))
    return method_id
