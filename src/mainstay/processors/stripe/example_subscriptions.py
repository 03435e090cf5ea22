"""A server for tests that keeps subscriptions as Stripe does: it charges by itself when a period is over.

Only what `takeover.py` asks. Time is the test's: `advance` lets it go by. `faults` makes the next calls fail, before
or after they have taken effect.
"""

import json
import threading
from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

BEFORE, AFTER = "before", "after"


@dataclass
class Subscriptions:
    """The account. `charges` has the subscription's id and the moment of each charge that was made here."""

    now: datetime
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    charges: list[tuple[str, datetime]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)

    def add(self, number: int, day: int, **changes: Any) -> str:
        """A monthly subscription of 5 dollars, due on `day`, whose next period begins after `now`."""
        anchor = datetime(2025, 1, day, 10, tzinfo=UTC)
        end = anchor
        while end <= self.now:
            end = month_after(end, day)
        row = {
            "id": f"sub_{number}",
            "object": "subscription",
            "status": "active",
            "cancel_at_period_end": False,
            "ended_at": None,
            "billing_cycle_anchor": seconds(anchor),
            "start_date": seconds(anchor),
            "collection_method": "charge_automatically",
            "automatic_tax": {"enabled": False},
            "default_payment_method": f"pm_{number}",
            "customer": {"id": f"cus_{number}", "object": "customer", "email": f"reader{number}@example.org"},
            "metadata": {},
            "items": {"object": "list", "data": [item(end)]},
        }
        self.rows[f"sub_{number}"] = {**row, **changes}
        return f"sub_{number}"

    def advance(self, now: datetime) -> None:
        """Time goes by: periods end, and what still runs is charged."""
        self.now = now
        for row in self.rows.values():
            while row["status"] == "active" and end_of(row) <= now:
                self._renew(row)

    def _renew(self, row: dict[str, Any]) -> None:
        end = end_of(row)
        if row["cancel_at_period_end"]:
            row.update(status="canceled", ended_at=seconds(end))
            return
        self.charges.append((row["id"], end))
        day = datetime.fromtimestamp(row["billing_cycle_anchor"], UTC).day
        row["items"]["data"][0]["current_period_end"] = seconds(month_after(end, day))

    def stop(self, subscription: str) -> None:
        """Its supporter stops it at once."""
        self.rows[subscription].update(status="canceled", ended_at=seconds(self.now))

    def answer(self, method: str, path: str, asked: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        """What a call does and answers."""
        self.calls.append(f"{method} {path}")
        fault = self.faults.pop(0) if self.faults else ""
        if fault == BEFORE:
            return 500, {}
        answered = self._answer(method, path, asked)
        return (500, {}) if fault == AFTER else answered

    def _answer(self, method: str, path: str, asked: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        if path == "/v1/subscriptions":
            return 200, self._page(asked)
        row = self.rows.get(path.rpartition("/")[2])
        if row is None:
            return 404, {"error": {"code": "resource_missing", "type": "invalid_request_error"}}
        if method == "POST" and row["status"] != "active":
            return 400, {"error": {"type": "invalid_request_error"}}
        if method == "POST":
            row["cancel_at_period_end"] = asked["cancel_at_period_end"] == ["true"]
            row["metadata"] = {"contribution": asked.get("metadata[contribution]", [""])[0]}
        return 200, row

    def _page(self, asked: dict[str, list[str]]) -> dict[str, Any]:
        """The active ones, a hundred at most, after the one that was named."""
        rows = [row for row in self.rows.values() if row["status"] == "active"]
        after = asked.get("starting_after", [""])[0]
        begin = next((place + 1 for place, row in enumerate(rows) if row["id"] == after), 0)
        return {"object": "list", "data": rows[begin : begin + 100], "has_more": len(rows) > begin + 100}


def item(end: datetime) -> dict[str, Any]:
    """The one part of a subscription."""
    price = {"unit_amount": 500, "currency": "usd", "recurring": {"interval": "month", "interval_count": 1}}
    return {"quantity": 1, "current_period_end": seconds(end), "price": price}


def end_of(row: dict[str, Any]) -> datetime:
    """When the period that is paid for is over."""
    return datetime.fromtimestamp(row["items"]["data"][0]["current_period_end"], UTC)


def month_after(moment: datetime, day: int) -> datetime:
    """The same wished day in the next month, or that month's last."""
    first = (moment.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first.replace(day=min(day, monthrange(first.year, first.month)[1]))


def seconds(moment: datetime) -> int:
    """As Stripe writes a moment."""
    return int(moment.timestamp())


@contextmanager
def served(account: Subscriptions) -> Iterator[str]:
    """The account behind a real port; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        """One call."""

        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self._send(*account.answer("GET", parts.path, parse_qs(parts.query)))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._send(*account.answer("POST", self.path, parse_qs(body, keep_blank_values=True)))

        def _send(self, status: int, answer: dict[str, Any]) -> None:
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
