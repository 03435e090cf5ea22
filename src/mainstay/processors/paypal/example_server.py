"""The HTTP side of the local PayPal for tests: the API with its faults, and the page on which a payer approves."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from .example_account import CLIENT_ID, CLIENT_SECRET, WEB_ID, Account, Body, Break, Heard

HOLD_SECONDS = 1.4


class Handler(BaseHTTPRequestHandler):
    """One connection to the account."""

    account: ClassVar[Account]
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PATCH(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

    def _serve(self) -> None:
        url = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if url.path == "/checkoutnow":
            self._page(parse_qs(url.query), parse_qs(raw.decode()))
        elif url.path == "/v1/oauth2/token":
            self._token()
        elif url.path.startswith("/certs/"):
            self._send(200, self.account.certificate, "application/x-pem-file")
        else:
            body = json.loads(raw) if raw else None
            key = self.headers.get("PayPal-Request-Id") or ""
            self._api(Heard(self.command, url.path, parse_qsl(url.query), body, key))

    def _token(self) -> None:
        for client in (CLIENT_ID, WEB_ID):
            expected = base64.b64encode(f"{client}:{CLIENT_SECRET}".encode()).decode()
            if self.headers.get("Authorization") == f"Basic {expected}":
                self._json(200, {"access_token": client, "expires_in": 32_400})
                return
        self._json(401, {"error": "invalid_client"})

    def _api(self, heard: Heard) -> None:
        self.account.heard.append(heard)
        broken = self._broken(heard)
        if broken in (Break.TOO_MANY, Break.UNAUTHORIZED):
            self._json(429 if broken == Break.TOO_MANY else 401, {"name": "REFUSED"})
            return
        if broken == Break.SILENT_BEFORE:
            time.sleep(HOLD_SECONDS)
            self.close_connection = True
            return
        if heard.path.startswith("/v1/reporting/") and self.headers["Authorization"] == f"Bearer {WEB_ID}":
            self._json(403, {"name": "NOT_AUTHORIZED"})
            return
        status, body = self.account.answer(heard)
        self._json(status, body) if broken is None else self._break(broken, json.dumps(body).encode())

    def _broken(self, heard: Heard) -> Break | None:
        for one in self.account.breaks:
            if one[0](heard):
                if one[1] != Break.UNAUTHORIZED:
                    self.account.breaks.remove(one)
                return one[1]
        return None

    def _break(self, broken: Break, content: bytes) -> None:
        if broken == Break.ERROR_AFTER:
            self._json(500, {"name": "INTERNAL_SERVER_ERROR"})
        elif broken == Break.NONSENSE:
            self._send(200, b"<html>", "text/html")
        elif broken == Break.SILENT_AFTER:
            time.sleep(HOLD_SECONDS)
        else:
            self._head(200, "application/json", len(content))
            for place in range(0, len(content) // 2, 20):
                self.wfile.write(content[place : place + 20])
                self.wfile.flush()
                time.sleep(0.2 if broken == Break.DRIP else 0)
        self.close_connection = True

    def _page(self, query: dict[str, list[str]], sent: dict[str, list[str]]) -> None:
        """Where the payer approves."""
        order_id = (sent.get("token") or query["token"])[0]
        if self.command == "POST":
            approved = sent["answer"] == ["approve"]
            if approved:
                self.account.approve(order_id)
            back = self.account.urls[order_id]["done" if approved else "cancelled"]
            told = urlencode({"token": order_id, "PayerID": "PAYER1"})
            self.send_response(303)
            self.send_header("Location", f"{back}{'&' if '?' in back else '?'}{told}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        form = (
            "<!doctype html><title>PayPal</title><form method=post>"
            f'<input type=hidden name=token value="{escape(order_id)}">'
            "<button name=answer value=approve id=approve>Agree</button>"
            "<button name=answer value=cancel id=cancel>Cancel</button></form>"
        )
        self._send(200, form.encode(), "text/html")

    def _json(self, status: int, body: Body) -> None:
        self._send(status, b"" if status == 204 else json.dumps(body).encode(), "application/json")

    def _send(self, status: int, content: bytes, kind: str) -> None:
        self._head(status, kind, len(content))
        self.wfile.write(content)

    def _head(self, status: int, kind: str, length: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.end_headers()


def handler_of(account: Account) -> type[Handler]:
    """What answers for that account."""
    return type("OfAccount", (Handler,), {"account": account})


@contextmanager
def running_paypal() -> Iterator[Account]:
    """PayPal on a free port."""
    account = Account()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(account))
    account.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield account
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
