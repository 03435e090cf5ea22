"""A server that speaks as much Greenfield as the adapter uses, for tests: stateful, over HTTP, on a free port.

What it was asked is kept, for the comparison with the published description. Faults are switched on by a test: `before`
runs before the server acts, `after` when it has acted and before it answers.
"""

import hashlib
import hmac
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY, STORE, SECRET = "a-key", "Store1", "hook-secret"
WEB_KEY = "a-key-of-the-web"
START = 1_800_000_000
Answer = tuple[int, Any]
Heard = tuple[str, str, str, Any]
"""A request: method, path with query, the header that signs in, body."""


class DropConnection(Exception):
    """The server acts and closes the connection without an answer."""


@dataclass
class Greenfield:
    """One store: its invoices and pull payments, and what a test can do to them."""

    address: str = ""
    invoices: dict[str, dict[str, Any]] = field(default_factory=dict)
    pulls: dict[str, dict[str, Any]] = field(default_factory=dict)
    payouts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    asked: list[Heard] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    before: Callable[[str, str], Answer | None] = lambda method, path: None
    after: Callable[[str, str], Answer | None] = lambda method, path: None
    key: str = KEY
    hooks: list[dict[str, Any]] = field(default_factory=list)
    permissions: dict[str, list[str]] = field(default_factory=dict)
    """Of each key."""

    def answer(self, method: str, target: str, authorization: str, body: Any) -> Answer:
        """What the server says to one request."""
        self.asked.append((method, target, authorization, body))
        instead = self.before(method, target)
        if instead is not None:
            return instead
        if authorization not in (f"token {self.key}", f"token {WEB_KEY}") and not re.search(
            "/pull-payments/[^/]+(/payouts)?$", urlsplit(target).path
        ):
            return 401, {"code": "unauthenticated", "message": "Authentication is required"}
        if target == "/api/v1/api-keys/current":
            key = authorization.removeprefix("token ")
            return 200, {"apiKey": key, "label": "", "permissions": self.permissions[key]}
        said = self._route(method, urlsplit(target).path, parse_qs(urlsplit(target).query), body)
        return self.after(method, target) or said

    def _route(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> Answer:
        for verb, template, act in self._ROUTES:
            match = re.fullmatch(template, path)
            if verb == method and match:
                return act(self, *match.groups(), **({"body": body} if verb == "POST" else {"query": query}))
        return 404, {"code": "not-found", "message": "Not here"}

    def _hooks(self, *, query: dict[str, list[str]]) -> Answer:
        return 200, self.hooks

    def _create(self, *, body: Any) -> Answer:
        number = f"Inv{next(self.numbers)}"
        self.invoices[number] = {
            "id": number,
            "storeId": STORE,
            "amount": body["amount"],
            "paidAmount": "0",
            "currency": body["currency"],
            "checkoutLink": f"{self.address}/i/{number}",
            "createdTime": START + len(self.invoices),
            "status": "New",
            "additionalStatus": "None",
            "metadata": body["metadata"],
            "checkout": body["checkout"],
        }
        return 200, self.invoices[number]

    def _invoices(self, *, query: dict[str, list[str]]) -> Answer:
        rows = list(reversed(self.invoices.values()))
        if "orderId" in query:
            rows = [row for row in rows if row["metadata"].get("orderId") in query["orderId"]]
        if "status" in query:
            rows = [row for row in rows if row["status"] in query["status"]]
        rows = [row for row in rows if row["createdTime"] >= int(query.get("startDate", ["0"])[0])]
        first, most = int(query.get("skip", ["0"])[0]), int(query.get("take", ["50"])[0])
        return 200, rows[first : first + most]

    def _invoice(self, number: str, *, query: dict[str, list[str]]) -> Answer:
        row = self.invoices.get(number)
        return (200, row) if row else (404, {"code": "invoice-not-found", "message": "No such invoice"})

    def _mark(self, number: str, *, body: Any) -> Answer:
        row = self.invoices[number]
        row["status"], row["additionalStatus"] = body["status"], "Marked"
        return 200, row

    def _refund(self, number: str, *, body: Any) -> Answer:
        pull = f"Pull{next(self.numbers)}"
        self.pulls[pull] = {
            "id": pull,
            "name": body["name"],
            "description": body["description"],
            "amount": body["customAmount"],
            "currency": body["customCurrency"],
            "archived": False,
            "viewLink": f"{self.address}/pull-payments/{pull}",
        }
        self.payouts[pull] = []
        return 200, self.pulls[pull]

    def _pulls(self, *, query: dict[str, list[str]]) -> Answer:
        archived_too = query.get("includeArchived") == ["true"]
        return 200, [row for row in self.pulls.values() if archived_too or not row["archived"]]

    def _pull(self, pull: str, *, query: dict[str, list[str]]) -> Answer:
        row = self.pulls.get(pull)
        return (200, row) if row else (404, {"code": "pullpayment-not-found", "message": "Not here"})

    def _payouts(self, pull: str, *, query: dict[str, list[str]]) -> Answer:
        return (
            (200, self.payouts[pull]) if pull in self.payouts else (404, {"code": "not-found", "message": ""})
        )

    _ROUTES = (
        ("POST", f"/api/v1/stores/{STORE}/invoices", _create),
        ("GET", f"/api/v1/stores/{STORE}/invoices", _invoices),
        ("GET", "/api/v1/invoices/([^/]+)", _invoice),
        ("POST", "/api/v1/invoices/([^/]+)/status", _mark),
        ("POST", "/api/v1/invoices/([^/]+)/refund", _refund),
        ("GET", f"/api/v1/stores/{STORE}/pull-payments", _pulls),
        ("GET", f"/api/v1/stores/{STORE}/webhooks", _hooks),
        ("GET", "/api/v1/pull-payments/([^/]+)", _pull),
        ("GET", "/api/v1/pull-payments/([^/]+)/payouts", _payouts),
    )

    def becomes(self, number: str, status: str, more: str = "None", paid: str = "0") -> None:
        """Something happened to an invoice: a reader paid, a block came, its time ran out."""
        self.invoices[number] |= {"status": status, "additionalStatus": more, "paidAmount": paid}

    def pays(self, number: str) -> None:
        """The reader paid all of it, and it is confirmed."""
        self.becomes(number, "Settled", paid=self.invoices[number]["amount"])

    def claim(self, pull: str, amount: str, state: str = "Completed") -> None:
        """The reader claims a refund, and it goes so far."""
        self.payouts[pull].append(
            {"id": f"Out{next(self.numbers)}", "originalAmount": amount, "state": state}
        )


def hook(kind: str, secret: str = SECRET, **about: Any) -> tuple[dict[str, str], bytes]:
    """A webhook as the server sends it: headers and body."""
    event = {"deliveryId": "D2", "originalDeliveryId": "D1", "type": kind, "storeId": STORE, **about}
    body = json.dumps(event).encode()
    return {"btcpay-sig": f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"}, body


@contextmanager
def running() -> Iterator[Greenfield]:
    """A server on a port of its own."""
    store = Greenfield()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _do(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            authorization = self.headers.get("Authorization", "")
            try:
                status, said = store.answer(self.command, self.path, authorization, body)
            except DropConnection:
                self.close_connection = True
                return
            if callable(said):
                said(self.wfile)
                self.close_connection = True
                return
            content = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _do

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    store.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield store
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
