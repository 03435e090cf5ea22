"""The WSGI application: who may call what, one transaction per call, and the list of calls."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mainstay_sandbox import balance, bank, calls, confirming, funding, intents, keys, pages, refunds
from mainstay_sandbox.accounts import PUBLISHABLE, RESTRICTED, SECRET, Caller, caller_of
from mainstay_sandbox.errors import Refused, not_found
from mainstay_sandbox.store import Store
from mainstay_sandbox.wire import Answer, Call, Page, Request, read_parameters, read_request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

REASONS = {
    200: "OK",
    201: "Created",
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
    503: "Service Unavailable",
}
ANY_ORIGIN = (("Access-Control-Allow-Origin", "*"),)
PREFLIGHT = (
    *ANY_ORIGIN,
    ("Access-Control-Allow-Methods", "POST"),
    ("Access-Control-Allow-Headers", "Authorization, Content-Type"),
    ("Access-Control-Max-Age", "600"),
)
COMMON_HEADERS = (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"))
SERVER = frozenset({SECRET, RESTRICTED})
SECRET_ONLY = frozenset({SECRET})
TOKENS = "/v1/tokens"


class ConnectionCut(Exception):
    """Raised in the middle of an answer, so that the server closes the connection: the outcome is unknown."""


@dataclass(frozen=True)
class Route:
    """One call of the API. `keyed` says that it needs an Idempotency-Key."""

    method: str
    path: str
    handler: Callable[[Call], Answer]
    kinds: frozenset[str] = SERVER
    keyed: bool = False

    def match(self, path: str) -> re.Match[str] | None:
        """The names in the path, if it is this route's."""
        return re.fullmatch(re.sub(r"\{(\w+)\}", r"(?P<\1>\\w{1,100})", self.path), path, re.ASCII)


ROUTES = (
    Route("POST", TOKENS, funding.make_token, frozenset({PUBLISHABLE})),
    Route("GET", "/v1/tokens/{id}", funding.show_token),
    Route("POST", "/v1/methods", funding.save_method),
    Route("GET", "/v1/methods/{id}", funding.show_method),
    Route("DELETE", "/v1/methods/{id}", funding.detach_method),
    Route("POST", "/v1/intents", intents.prepare, keyed=True),
    Route("GET", "/v1/intents", intents.list_by_reference, SECRET_ONLY),
    Route("GET", "/v1/intents/{id}", intents.show),
    Route("POST", "/v1/intents/{id}/confirm", confirming.confirm, keyed=True),
    Route("POST", "/v1/intents/{id}/cancel", intents.cancel),
    Route("POST", "/v1/refunds", refunds.refund, SECRET_ONLY, keyed=True),
    Route("GET", "/v1/refunds", refunds.list_of_charge, SECRET_ONLY),
    Route("GET", "/v1/refunds/{id}", refunds.show),
    Route("GET", "/v1/balance_lines", balance.list_lines, SECRET_ONLY),
    Route("GET", "/v1/balance", balance.show, SECRET_ONLY),
    Route("GET", "/v1/calls", calls.list_calls, SECRET_ONLY),
)


class Application:
    """The payment company as a WSGI application.

    `clock` gives seconds since 1970; keys, tokens and cards age by it. `public_address` is where browsers
    reach the server, when that is not the address of the request.
    """

    def __init__(self, store: Store, clock: Callable[[], float], public_address: str | None = None) -> None:
        self._store = store
        self._clock = clock
        self._public_address = public_address

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        try:
            request = read_request(environ, self._public_address)
            reply = self._reply(request)
        except Refused as refused:
            reply = Answer(refused.status, refused.body(), "")
        if isinstance(reply, Answer) and reply.cut:
            return _cut(reply, start_response)
        page = reply if isinstance(reply, Page) else _page_of(reply, environ.get("PATH_INFO", ""))
        return _send(page, start_response)

    def _reply(self, request: Request) -> Answer | Page:
        if request.method == "OPTIONS" and request.path == TOKENS:
            return Page(204, "text/plain", b"", PREFLIGHT)
        if request.path == "/healthz":
            return Answer(200, {"status": "ok"}, "")
        if request.path.startswith("/bank/"):
            return bank.reply(request, self._store)
        page = pages.find(request, int(self._clock()))
        return page or self._call(request)

    def _call(self, request: Request) -> Answer:
        route, match = _route_of(request)
        connection = self._store.connection()
        caller = caller_of(connection, request.headers.get("authorization", ""))
        try:
            answer = self._perform(request, route, caller, match.groupdict())
        except Refused as refused:
            answer = Answer(refused.status, refused.body(), f"Refused: {refused.message}")
        if answer.what:
            status = 0 if answer.cut else answer.status
            with self._store.writing() as connection:
                calls.record(connection, caller.account_id, request.method, request.path, status, answer.what)
        return answer

    def _perform(self, request: Request, route: Route, caller: Caller, names: dict[str, Any]) -> Answer:
        if caller.kind not in route.kinds:
            raise Refused(403, "key_not_allowed", f"A {caller.kind} key may not make this call.")
        now = int(self._clock())
        if request.method == "GET":
            return route.handler(Call(request, caller, self._store.connection(), now, names))
        parameters = read_parameters(request.body)
        with self._store.writing() as connection:
            call = Call(request, caller, connection, now, names, parameters)
            return keys.once(call, route.handler) if route.keyed else route.handler(call)


def _route_of(request: Request) -> tuple[Route, re.Match[str]]:
    found = [(route, match) for route in ROUTES if (match := route.match(request.path))]
    if not found:
        raise not_found("address here")
    for route, match in found:
        if route.method == request.method:
            return route, match
    raise Refused(405, "method_not_allowed", "This address does not take that method.")


def _page_of(answer: Answer, path: str) -> Page:
    headers = ANY_ORIGIN if path == TOKENS else ()
    body = json.dumps(answer.body, ensure_ascii=False).encode()
    return Page(answer.status, "application/json; charset=utf-8", body, headers)


def _send(page: Page, start_response: "StartResponse") -> list[bytes]:
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
        [("Content-Type", "application/json; charset=utf-8"), ("Content-Length", str(len(body)))],
    )
    return _first_byte_only(body)


def _first_byte_only(body: bytes) -> Iterator[bytes]:
    yield body[:1]
    raise ConnectionCut("The connection is cut on purpose; the money has moved.")
