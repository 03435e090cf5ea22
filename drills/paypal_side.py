"""The side of PayPal: an account at a local PayPal, whose books outlive the process that serves them."""

import json
import pickle
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

from mainstay.processors.paypal.amounts import read
from mainstay.processors.paypal.example_account import (
    CLIENT_ID,
    CLIENT_SECRET,
    Account,
    Answer,
    Heard,
    Says,
)
from mainstay.processors.paypal.example_server import handler_of
from mainstay.processors.paypal.example_webhook import Signer

from .company import EXECUTE, PREPARE, Charge, Event, Shared, listen_at

WEBHOOK = "WH-DRILL"
KEPT = ("orders", "refunds", "vault", "setups", "disputes", "books", "keys", "urls", "events", "made")


class DrilledAccount(Account):
    """An account on the drill's clock, written to its file before each answer."""

    def __init__(self, path: Path, shared: Shared, certificate: bytes) -> None:
        super().__init__(certificate=certificate)
        self._path, self._shared = path, shared
        vars(self).update(kept(path))

    def ask_bank(self) -> Says:
        """Declines as often as the drill asks."""
        if self._shared.declines > 0:
            self._shared.declines -= 1
            return Says.DECLINED
        return Says.APPROVED

    def answer(self, heard: Heard) -> Answer:
        """One call."""
        with self._writing():
            return super().answer(heard)

    def approve(self, order_id: str) -> None:
        """What the payer does on PayPal's page."""
        with self._writing():
            super().approve(order_id)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self.lock:
            self.now = datetime.fromtimestamp(self._shared.moment, UTC)
            yield
            new = self._path.with_name(f"{self._path.name}-new")
            new.write_bytes(pickle.dumps({name: getattr(self, name) for name in KEPT}))
            new.replace(self._path)


def kept(path: Path) -> dict[str, Any]:
    """What the file of an account holds; nothing before its first call."""
    if not path.exists():
        return {}
    found: dict[str, Any] = pickle.loads(path.read_bytes())
    return found


class _Server(ThreadingHTTPServer):
    """Callers are killed here: that they hang up is no news."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing."""


class PayPalSide:
    """PayPal's adapter. Its webhooks are signed under a key that lasts as long as this object."""

    processor = "paypal"

    def __init__(self, renewals: str) -> None:
        self._signer = Signer()
        self._renewals = renewals

    @property
    def secrets(self) -> Mapping[str, Any]:
        """The client of the local account."""
        return {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}

    def settings(self, address: str) -> dict[str, Any]:
        """Where PayPal is, our webhook, and which way renewals are made."""
        return {
            "address": address,
            "webhook_ids": [WEBHOOK],
            "renewals": self._renewals,
            "books_from": "2026-01-01",
        }

    def serve(self, listening: socket.socket, path: Path, shared: Shared) -> None:
        """Answers for ever."""
        account = DrilledAccount(path, shared, self._signer.certificate)
        server = _Server(("127.0.0.1", 0), handler_of(account), bind_and_activate=False)
        listen_at(server, listening)
        account.address = f"http://127.0.0.1:{server.server_port}"
        server.serve_forever()

    def token(self, address: str) -> str:
        """Nothing is typed on our page."""
        return ""

    def call_name(self, request: httpx.Request) -> str:
        """An order is prepared, and captured; with a saved wallet on it both are one call."""
        parts = request.url.path.strip("/").split("/")
        if parts[-1] == "capture" or (parts[-1] == "orders" and b"vault_id" in request.content):
            return EXECUTE
        if parts[-1] == "orders":
            return PREPARE
        return f"{request.method} {parts[2] if len(parts) > 2 else parts[-1]}"

    def events(self, path: Path) -> list[Event]:
        """The account's events."""
        return [
            Event(one["id"], datetime.fromisoformat(one["create_time"]).timestamp(), json.dumps(one).encode())
            for one in kept(path).get("events", [])
        ]

    def headers(self, body: bytes, moment: float, address: str) -> dict[str, str]:
        """The certificate is served by the account."""
        return self._signer.headers(body, datetime.fromtimestamp(moment, UTC), WEBHOOK, address)

    def books(self, path: Path) -> list[Charge]:
        """All captures, oldest first."""
        account = Account(**kept(path))
        given: dict[str, int] = {}
        for one in account.refunds.values():
            capture = one["links"][0]["href"].rpartition("/")[2]
            given[capture] = given.get(capture, 0) + read(one["amount"]).minor
        return [
            Charge(one["id"], one["invoice_id"], amount.minor, given.get(one["id"], 0), amount.currency)
            for one, amount in ((one, read(one["amount"])) for one in account.captures())
        ]

    def balances(self, path: Path) -> dict[str, int]:
        """What PayPal itself would say."""
        held = Account(**kept(path)).balances()
        return {one["currency"]: read(one["total_balance"]).minor for one in held}
