"""Faults that a test orders: the next calls of a kind go wrong in a chosen way, and so do the next webhooks."""

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from mainstay_sandbox.cards import DECLINES
from mainstay_sandbox.errors import Refused
from mainstay_sandbox.store import Books, insert
from mainstay_sandbox.wire import Answer, Call, Manner, expect_only, list_body, text_parameter

TIMEOUT_BEFORE, TIMEOUT_AFTER = "timeout_before", "timeout_after"
ERROR_500_BEFORE, ERROR_500_AFTER = "error_500_before", "error_500_after"
CUT_MID_ANSWER, MALFORMED_200, SLOW_DRIP = "cut_mid_answer", "malformed_200", "slow_drip"
RATE_LIMITED_429, UNAUTHORISED_401, UNAVAILABLE_503 = (
    "rate_limited_429",
    "unauthorised_401",
    "unavailable_503",
)
DECLINE = "decline_"
OF_CALLS = (
    TIMEOUT_BEFORE,
    TIMEOUT_AFTER,
    ERROR_500_BEFORE,
    ERROR_500_AFTER,
    CUT_MID_ANSWER,
    MALFORMED_200,
    SLOW_DRIP,
    RATE_LIMITED_429,
    UNAUTHORISED_401,
    UNAVAILABLE_503,
)
CALLS = (
    "token",
    "look_up_token",
    "save_method",
    "look_up_saving",
    "cancel_saving",
    "look_up_method",
    "detach",
    "prepare",
    "find",
    "look_up",
    "confirm",
    "cancel",
    "look_up_charge",
    "refund",
    "list_refunds",
    "look_up_refund",
    "look_up_dispute",
    "look_up_payout",
    "list_payouts",
    "events",
    "balance_lines",
    "balance",
)
"""The names of the calls that can go wrong (see `routes`)."""

DECLINING_CALLS = frozenset({"confirm", "save_method"})

WEBHOOK = "webhook"
TWICE, LOST, DELAYED, REORDERED, FORGED = "twice", "lost", "delayed", "reordered", "forged"
OF_WEBHOOKS = (TWICE, LOST, DELAYED, REORDERED, FORGED)

ANY = "*"
USUAL_HOLD_SECONDS = 2
LONGEST_HOLD_SECONDS = 30
LONGEST_DELAY_SECONDS = 30 * 24 * 60 * 60
MOST_TIMES = 10_000
MOST_ORDERED = 1_000


@dataclass(frozen=True)
class Fault:
    """One fault that was taken off the list. `hold_ms` is how long an answer is held back, or a webhook late."""

    fault: str
    hold_ms: int
    times_left: int

    @property
    def decline_code(self) -> str:
        """What the bank is to say; empty when the fault is not a bank's decline."""
        return self.fault.removeprefix(DECLINE) if self.fault.startswith(DECLINE) else ""


def order(call: Call) -> Answer:
    """`POST /v1/test/faults`: make the next `times` calls of this kind go wrong."""
    expect_only(call, "call", "fault", "times", "match", "hold_seconds")
    on, fault = text_parameter(call, "call", 40), text_parameter(call, "fault", 60)
    if not _goes_together(on, fault):
        raise Refused(422, "parameter_not_accepted", f"There is no fault “{fault}” of “{on}”.")
    (already,) = call.connection.execute(
        "SELECT COUNT(*) FROM faults WHERE account_id = ?", (call.caller.account_id,)
    ).fetchone()
    if already >= MOST_ORDERED:
        raise Refused(409, "too_many_faults", f"There are {MOST_ORDERED} faults ordered already.")
    longest = LONGEST_DELAY_SECONDS if on == WEBHOOK else LONGEST_HOLD_SECONDS
    insert(
        call.connection,
        "faults",
        account_id=call.caller.account_id,
        call=on,
        fault=fault,
        times=int(_number(call, "times", 1, 1, MOST_TIMES, (int,))),
        match=text_parameter(call, "match", 200, default=""),
        hold_ms=int(_number(call, "hold_seconds", USUAL_HOLD_SECONDS, 0, longest, (int, float)) * 1000),
    )
    return Answer(201, _listed(call), f"A fault was ordered: {fault} on {on}")


def show(call: Call) -> Answer:
    """`GET /v1/test/faults`: those still to come."""
    return Answer(200, _listed(call), "")


def call_off(call: Call) -> Answer:
    """No more faults."""
    call.connection.execute("DELETE FROM faults WHERE account_id = ?", (call.caller.account_id,))
    return Answer(200, _listed(call), "All faults were called off")


def take(books: Books, call: str, about: Collection[str]) -> Fault | None:
    """The first ordered fault for this call, counted down. `about` are the names a fault's `match` can have."""
    row = _first(books.connection, books.account_id, call, about)
    if row is None:
        return None
    if row["times"] > 1:
        books.connection.execute("UPDATE faults SET times = times - 1 WHERE number = ?", (row["number"],))
    else:
        books.connection.execute("DELETE FROM faults WHERE number = ?", (row["number"],))
    return Fault(row["fault"], row["hold_ms"], row["times"] - 1)


def ordered(connection: sqlite3.Connection, account_id: str) -> bool:
    """Whether there are any: so that calls without faults need no second transaction."""
    row = connection.execute("SELECT 1 FROM faults WHERE account_id = ? LIMIT 1", (account_id,)).fetchone()
    return row is not None


def instead(fault: Fault | None) -> Answer | None:
    """The answer in place of the call, for a fault that strikes before anything happened."""
    if fault is None:
        return None
    hold_seconds = fault.hold_ms / 1000
    if fault.fault == TIMEOUT_BEFORE:
        return Answer(200, {}, "The call was lost on its way; nothing happened", Manner.SILENCE, hold_seconds)
    refusals = {
        ERROR_500_BEFORE: (500, "internal_error", "Something broke at our end."),
        RATE_LIMITED_429: (429, "too_many_calls", "Too many calls. Try again in a moment."),
        UNAUTHORISED_401: (401, "key_not_known", "Send one of your account's keys as a bearer token."),
        UNAVAILABLE_503: (503, "company_fault", "Something broke at our end before anything happened."),
    }
    if fault.fault not in refusals:
        return None
    status, code, message = refusals[fault.fault]
    body = {"error": {"code": code, "message": message}}
    return Answer(status, body, f"A fault before anything happened: {status}")


def spoil(fault: Fault | None, answer: Answer) -> Answer:
    """The answer as it goes out, for a fault that strikes after the call was carried out."""
    if fault is None:
        return answer
    hold_seconds = fault.hold_ms / 1000
    what = f"{answer.what}; the shop has no answer ({fault.fault})"
    if fault.fault == ERROR_500_AFTER:
        body = {"error": {"code": "internal_error", "message": "Something broke at our end."}}
        return Answer(500, body, what)
    manners = {
        TIMEOUT_AFTER: Manner.SILENCE,
        CUT_MID_ANSWER: Manner.CUT,
        SLOW_DRIP: Manner.DRIP,
        MALFORMED_200: Manner.MALFORMED,
    }
    if fault.fault not in manners:
        return answer
    return replace(answer, manner=manners[fault.fault], hold_seconds=hold_seconds, what=what)


def _first(
    connection: sqlite3.Connection, account_id: str, call: str, about: Collection[str]
) -> sqlite3.Row | None:
    wanted = (call,) if call == WEBHOOK else (call, ANY)
    rows = connection.execute(
        "SELECT * FROM faults WHERE account_id = ? ORDER BY number", (account_id,)
    ).fetchall()
    return next((row for row in rows if row["call"] in wanted and row["match"] in ("", *about)), None)


def _goes_together(on: str, fault: str) -> bool:
    if on == WEBHOOK:
        return fault in OF_WEBHOOKS
    if on not in (ANY, *CALLS):
        return False
    declines = on in DECLINING_CALLS and fault.removeprefix(DECLINE) in DECLINES
    return fault in OF_CALLS or (fault.startswith(DECLINE) and declines)


def _listed(call: Call) -> dict[str, Any]:
    rows = call.connection.execute(
        "SELECT call, fault, times, match, hold_ms / 1000.0 AS hold_seconds FROM faults"
        " WHERE account_id = ? ORDER BY number",
        (call.caller.account_id,),
    ).fetchall()
    return list_body([dict(row) for row in rows], len(rows))


def _number(call: Call, name: str, usual: int, least: int, most: int, types: tuple[type, ...]) -> float:
    value = call.parameters.get(name, usual)
    if type(value) not in types or not least <= value <= most:
        raise Refused(422, "parameter_not_accepted", f"{name} must be a number from {least} to {most}.")
    return float(value)


def about_call(connection: sqlite3.Connection, path: str, parameters: dict[str, Any]) -> set[str]:
    """The names that a call is known by: the ids in its path and body, and the shop's own reference."""
    values = (parameters.get(name) for name in ("charge", "method", "token", "reference"))
    named = {value for value in values if isinstance(value, str)}
    named |= set(path.split("/")[3:4])
    marks = ", ".join("?" * len(named))
    rows = connection.execute(
        f"SELECT reference FROM intents WHERE id IN ({marks}) OR id IN"  # noqa: S608 - question marks only
        f" (SELECT intent_id FROM charges WHERE id IN ({marks}))",
        (*named, *named),
    ).fetchall()
    return named | {row["reference"] for row in rows}
