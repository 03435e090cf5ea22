"""How an answer goes out: whole, or in one of the ways that leave the shop without knowing what happened."""

import json
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from mainstay_sandbox.wire import Answer, Manner, Page

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

REASONS = {
    200: "OK",
    201: "Created",
    202: "Accepted",
    204: "No Content",
    303: "See Other",
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    411: "Length Required",
    413: "Content Too Large",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
ANY_ORIGIN = (("Access-Control-Allow-Origin", "*"),)
COMMON_HEADERS = (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"))
JSON = "application/json; charset=utf-8"
NOT_OURS = b"<!doctype html><title>Gateway</title><p>OK"
DRIP_PIECES = 20


class ConnectionCut(Exception):
    """Raised in the middle of an answer, so that the server closes the connection: the outcome is unknown."""


def send_answer(answer: Answer, start_response: "StartResponse", *, any_origin: bool) -> Iterable[bytes]:
    """An answer of the API, in its manner."""
    if answer.manner == Manner.MALFORMED:
        return send_page(Page(200, "text/html; charset=utf-8", NOT_OURS), start_response)
    if answer.manner == Manner.SILENCE:
        time.sleep(answer.hold_seconds)
    if answer.is_lost:
        return _cut(answer, start_response)
    body = json.dumps(answer.body, ensure_ascii=False).encode()
    whole = send_page(Page(answer.status, JSON, body, ANY_ORIGIN if any_origin else ()), start_response)
    return _drip(body, answer.hold_seconds) if answer.manner == Manner.DRIP else whole


def send_page(page: Page, start_response: "StartResponse") -> list[bytes]:
    """A page, script or style sheet, or any other whole answer."""
    names = {name for name, _ in page.headers}
    headers = [("Content-Type", page.content_type), ("Content-Length", str(len(page.body)))]
    headers += [*COMMON_HEADERS, *page.headers]
    if "Cache-Control" not in names:
        headers.append(("Cache-Control", "no-store"))
    start_response(f"{page.status} {REASONS[page.status]}", headers)
    return [page.body]


def _cut(answer: Answer, start_response: "StartResponse") -> Iterator[bytes]:
    """Promise a body, send one byte of it, and break: every WSGI server then closes the connection."""
    body = json.dumps(answer.body).encode()
    start_response(
        f"{answer.status} {REASONS[answer.status]}",
        [("Content-Type", JSON), ("Content-Length", str(len(body)))],
    )
    return _first_byte_only(body)


def _first_byte_only(body: bytes) -> Iterator[bytes]:
    yield body[:1]
    raise ConnectionCut("The connection is cut on purpose; the money has moved.")


def _drip(body: bytes, over_seconds: float) -> Iterator[bytes]:
    size = max(1, -(-len(body) // DRIP_PIECES))
    for start in range(0, len(body), size):
        time.sleep(over_seconds / DRIP_PIECES)
        yield body[start : start + size]
