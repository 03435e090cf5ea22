"""Confirming an intent: what the bank says to it, and the bank's page.

Everything here runs inside one transaction that holds the write lock from its start, so of many confirmations
at once one succeeds; the unique charge of an intent says the same to the database.
"""

import sqlite3
from dataclasses import dataclass, replace

from mainstay_sandbox import cards, charging, debits, events, funding, intents, later, money, words
from mainstay_sandbox.addresses import origin_of
from mainstay_sandbox.errors import Refused, not_found
from mainstay_sandbox.funding import Funding
from mainstay_sandbox.store import Books, insert, new_id
from mainstay_sandbox.wire import Answer, Call, Manner, expect_only, flag_parameter, text_parameter

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


def answer_challenge(connection: sqlite3.Connection, challenge: Challenge, approve: bool, now: int) -> str:
    """The reader's answer at the bank. Returns the sentence for the list of calls.

    The caller has made sure, in the same transaction, that the challenge is open.
    """
    books = Books(connection, challenge.intent["account_id"], now)
    state = APPROVED if approve else REFUSED_BY_READER
    connection.execute("UPDATE challenges SET state = ? WHERE id = ?", (state, challenge.id))
    amount = money.written(challenge.intent["amount_minor"], challenge.intent["currency"])
    if approve:
        paying = funding.challenged(connection, challenge.token_id, challenge.method_id)
        charging.succeed(books, challenge.intent, paying, authenticated=True)
        return f"The reader approved {amount} at their bank; the money moved"
    intents.back_to_start(books, challenge.intent["id"], "authentication_failed")
    return f"The reader refused {amount} at their bank; no money moved"


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
    return call.bank_says or cards.outcome(
        paying.facts.card, off_session=off_session, authenticated=paying.authenticated
    )


def _carry_out(call: Call, intent: sqlite3.Row, paying: Funding, outcome: str) -> Answer:
    amount = money.written(intent["amount_minor"], intent["currency"])
    if outcome in cards.DECLINES:
        return _decline(call, intent, outcome, amount)
    if outcome == cards.AUTHENTICATE:
        return _ask_the_reader(call, intent, paying, amount)
    if outcome in cards.DEBITS:
        debits.begin(call.books, intent, paying, outcome)
        return _shown(call, intent, f"A bank debit of {amount} is on its way; no money moved yet")
    return _pay(call, intent, paying, outcome, amount)


def _pay(call: Call, intent: sqlite3.Row, paying: Funding, outcome: str, amount: str) -> Answer:
    cut = outcome == cards.UNKNOWN
    processing_until = call.now + PROCESSING_SECONDS if cut else 0
    charge_id = charging.succeed(call.books, intent, paying, processing_until=processing_until)
    if outcome == cards.DISPUTE:
        later.do(call.books, 0, later.DISPUTE_CHARGE, charge_id)
    if cut:
        lost = f"The bank paid {amount}; the connection was cut before the shop had its answer"
        return replace(_shown(call, intent, lost), manner=Manner.CUT)
    return _shown(call, intent, f"The bank paid {amount}")


def _shown(call: Call, intent: sqlite3.Row, what: str) -> Answer:
    return Answer(200, intents.body_of(call, intents.row_of(call, intent["id"])), what)


def _decline(call: Call, intent: sqlite3.Row, decline_code: str, amount: str) -> Answer:
    intents.back_to_start(call.books, intent["id"], decline_code)
    return funding.declined(decline_code, f"The bank declined {amount}; no money moved")


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
    events.tell(call.books, "intent", "requires_action", intent["id"])
    return _shown(call, intent, f"The bank wants the reader to confirm {amount}; no money moved yet")


def _return_url(call: Call) -> str:
    address = text_parameter(call, "return_url", LONGEST_ADDRESS, default="")
    if address and origin_of(address) is None:
        raise Refused(422, "parameter_not_accepted", "return_url must be a whole http or https address.")
    return address
