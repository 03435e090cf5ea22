"""The sides with cards: the practice company in its own protocol, and the same company in Stripe's."""

import json
import socket
import sqlite3
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import httpx

from mainstay_sandbox.accounts import add_account
from mainstay_sandbox.app import Application
from mainstay_sandbox.store import Store
from mainstay_sandbox.stripe_face import StripeFace
from mainstay_sandbox.stripe_objects import event as stripe_event
from mainstay_sandbox.webhooks import body_of, sign

from .company import (
    APPROVED,
    EXPIRY,
    SHOP,
    Charge,
    Event,
    Shared,
    balances,
    books,
    decline_when_told,
    listen_at,
)

SECRET = "whsec_drill"


class _Quiet(WSGIRequestHandler):
    """No log of requests."""

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@dataclass(frozen=True)
class CardSide:
    """One adapter for cards, and how its company is reached and tells its news."""

    processor: str
    application: type[Application]
    signature: str
    body: Callable[[sqlite3.Row], bytes]

    @property
    def secrets(self) -> Mapping[str, Any]:
        """The keys of the shop."""
        return {"api_key": SHOP.secret_key, "webhook_secrets": [SECRET]}

    def settings(self, address: str) -> dict[str, Any]:
        """Where the company is, and the key of the card page."""
        return {"address": address, "public_key": SHOP.publishable_key}

    def serve(self, listening: socket.socket, path: Path, shared: Shared) -> None:
        """Answers for ever, one call after the other."""
        store = Store(path)
        add_account(store, SHOP)
        decline_when_told(shared)
        server = WSGIServer(("127.0.0.1", 0), _Quiet, bind_and_activate=False)
        listen_at(server, listening)
        server.setup_environ()
        server.set_app(self.application(store, lambda: shared.moment))
        server.serve_forever()

    def token(self, address: str) -> str:
        """A card exchanged for a token, as a browser does it."""
        request = urllib.request.Request(
            f"{address}/v1/tokens",
            json.dumps({"number": APPROVED, **EXPIRY}).encode(),
            {"Authorization": f"Bearer {SHOP.publishable_key}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return str(json.load(answer)["id"])

    def call_name(self, request: httpx.Request) -> str:
        """`POST intents` prepares, `POST confirm` moves money, `GET intents` looks up.

        `POST intents of` changes one that is there, without money.
        """
        parts = request.url.path.split("/")
        kept = parts[-1] if parts[-1] in ("confirm", "cancel") else parts[2].removeprefix("payment_")
        of_one = " of" if request.method == "POST" and kept == "intents" and len(parts) > 3 else ""
        return f"{request.method} {kept}{of_one}"

    def events(self, path: Path) -> list[Event]:
        """The company's table of news."""
        with closing(sqlite3.connect(path)) as connection:
            connection.row_factory = sqlite3.Row
            rows = connection.execute("SELECT * FROM events ORDER BY number").fetchall()
        return [Event(row["id"], row["made_at"], self.body(row)) for row in rows]

    def headers(self, body: bytes, moment: float, address: str) -> dict[str, str]:
        """Stripe's signature is made like the practice company's."""
        return {self.signature: sign([SECRET], int(moment), body)}

    def books(self, path: Path) -> list[Charge]:
        """All charges, oldest first."""
        return books(path)

    def balances(self, path: Path) -> dict[str, int]:
        """What is held, by currency."""
        return balances(path)


def _own(row: sqlite3.Row) -> bytes:
    return json.dumps(body_of(row)).encode()


def _stripes(row: sqlite3.Row) -> bytes:
    return json.dumps(stripe_event({**body_of(row), "number": row["number"]})).encode()


PRACTICE = CardSide("sandbox", Application, "Sandbox-Signature", _own)
STRIPE = CardSide("stripe", StripeFace, "Stripe-Signature", _stripes)
