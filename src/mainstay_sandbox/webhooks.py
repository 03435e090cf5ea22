"""Webhooks: signed, tried again for three days, and with the fate that a test ordered for them."""

import codecs
import hashlib
import hmac
import http.client
import json
import sqlite3
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mainstay_sandbox import faults, settings
from mainstay_sandbox.store import Books, Store, insert
from mainstay_sandbox.wire import Answer, Call, list_body, list_limit, number_in_query

HEADER = "Sandbox-Signature"
WAITING, HELD, DELIVERED, GIVEN_UP = "waiting", "held", "delivered", "given_up"
RETRY_AFTER_SECONDS = (60, 300, 1_800, 7_200, 43_200, 86_400, 129_600)
"""How long the company waits after each refused delivery; then it gives up."""
DEADLINE_SECONDS = 5
MOST_AT_ONCE = 200
COURIER_PAUSE_SECONDS = 0.2
# Sockets need this codec for a host's name; looked up first in a thread of granian's, it is sometimes not found.
codecs.lookup("idna")
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
FORGERS_SECRET = "a secret that only a forger has"  # noqa: S105


@dataclass(frozen=True)
class Delivery:
    """One webhook on its way."""

    number: int
    url: str
    body: bytes
    signature: str


def body_of(event: sqlite3.Row) -> dict[str, Any]:
    """An event as the shop sees it."""
    return {
        "id": event["id"],
        "type": event["type"],
        "object": {"kind": event["kind"], "id": event["object_id"]},
        "made_at": event["made_at"],
    }


def sign(secrets: Sequence[str], moment: int, body: bytes) -> str:
    """The header: HMAC-SHA256 over `<moment>.<body>`, once for each secret."""
    signed = str(moment).encode() + b"." + body
    digests = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={moment}", *(f"v1={digest}" for digest in digests)])


def queue(books: Books, event_id: str, event_type: str, object_id: str) -> None:
    """Set an event's webhook going, if the account wants webhooks, with the fate that a test chose for it."""
    if not settings.of_account(books.connection, books.account_id).webhook_url:
        return
    fault = faults.take(books, faults.WEBHOOK, {event_type, object_id})
    if fault is None:
        _add(books, event_id, books.now)
    elif fault.fault == faults.TWICE:
        _add(books, event_id, books.now)
        _add(books, event_id, books.now)
    elif fault.fault == faults.DELAYED:
        _add(books, event_id, books.now + fault.hold_ms // 1000)
    elif fault.fault == faults.FORGED:
        _add(books, event_id, books.now, forged=True)
        _add(books, event_id, books.now)
    elif fault.fault == faults.REORDERED:
        _add(books, event_id, None)
        if fault.times_left == 0:
            release(books)


def release(books: Books) -> None:
    """Let the held webhooks go, the last one first."""
    books.connection.execute(
        "UPDATE deliveries SET state = ?, due_at = ?, position = -number WHERE account_id = ? AND state = ?",
        (WAITING, books.now, books.account_id, HELD),
    )


def deliver_now(store: Store, now: int, account_id: str | None = None) -> int:
    """Send what is due and say how much that was. One that is refused waits for its next try."""
    sent = 0
    while sent < MOST_AT_ONCE and (delivery := _claim(store, now, account_id)):
        status = _post(delivery)
        with store.writing() as connection:
            _close(connection, delivery.number, status)
        sent += 1
    return sent


def courier(store: Store, clock: Callable[[], int], stop: threading.Event) -> None:
    """Deliver until told to stop: what the server's own thread does."""
    while not stop.wait(COURIER_PAUSE_SECONDS):
        deliver_now(store, clock())


def list_deliveries(call: Call) -> Answer:
    """`GET /v1/test/webhooks?after=&limit=`: the oldest first, with the shop's last answer."""
    limit = list_limit(call)
    rows = call.connection.execute(
        "SELECT number, event_id, forged, due_at, tries, state, status FROM deliveries"
        " WHERE account_id = ? AND number > ? ORDER BY number LIMIT ?",
        (call.caller.account_id, number_in_query(call, "after", 0), limit + 1),
    ).fetchall()
    listed = [{**dict(row), "forged": bool(row["forged"])} for row in rows]
    return Answer(200, list_body(listed, limit), "")


def _add(books: Books, event_id: str, due_at: int | None, *, forged: bool = False) -> None:
    insert(
        books.connection,
        "deliveries",
        account_id=books.account_id,
        event_id=event_id,
        position=0,
        forged=forged,
        due_at=due_at,
        state=HELD if due_at is None else WAITING,
    )


def _claim(store: Store, now: int, account_id: str | None) -> Delivery | None:
    """The next one that is due, its next try written down before it is sent, so that no two threads send it."""
    due = (
        "SELECT * FROM deliveries WHERE state = ? AND due_at <= ? AND (?3 IS NULL OR account_id = ?3)"
        " ORDER BY due_at, position, number LIMIT 1"
    )
    if store.connection().execute(due, (WAITING, now, account_id)).fetchone() is None:
        return None
    with store.writing() as connection:
        row = connection.execute(due, (WAITING, now, account_id)).fetchone()
        if row is None:
            return None
        last = row["forged"] or row["tries"] >= len(RETRY_AFTER_SECONDS)
        connection.execute(
            "UPDATE deliveries SET tries = tries + 1, state = ?, due_at = ? WHERE number = ?",
            (
                GIVEN_UP if last else WAITING,
                None if last else now + RETRY_AFTER_SECONDS[row["tries"]],
                row["number"],
            ),
        )
        return _written(connection, row, now)


def _written(connection: sqlite3.Connection, row: sqlite3.Row, now: int) -> Delivery:
    agreed = settings.of_account(connection, row["account_id"])
    event = connection.execute("SELECT * FROM events WHERE id = ?", (row["event_id"],)).fetchone()
    body = json.dumps(body_of(event)).encode()
    secrets = (FORGERS_SECRET,) if row["forged"] else agreed.webhook_secrets
    return Delivery(row["number"], agreed.webhook_url, body, sign(secrets, now, body))


def _close(connection: sqlite3.Connection, number: int, status: int) -> None:
    connection.execute("UPDATE deliveries SET status = ? WHERE number = ?", (status, number))
    if 200 <= status < 300:
        connection.execute(
            "UPDATE deliveries SET state = ?, due_at = NULL WHERE number = ?", (DELIVERED, number)
        )


def _post(delivery: Delivery) -> int:
    """The shop's status; 0 when it did not answer."""
    if not delivery.url:
        return 0
    headers = {"Content-Type": "application/json", HEADER: delivery.signature}
    request = urllib.request.Request(delivery.url, delivery.body, headers)  # noqa: S310 - checked when it was set
    try:
        with OPENER.open(request, timeout=DEADLINE_SECONDS) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
    except (OSError, http.client.HTTPException):
        return 0
