"""The WSGI application: who may call what, one transaction per call, ordered faults, and the list of calls."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from mainstay_sandbox import bank, calls, clock, due, faults, keys, pages, routes, webhooks
from mainstay_sandbox.accounts import SECRET, Caller, caller_of
from mainstay_sandbox.errors import Refused
from mainstay_sandbox.routes import Route
from mainstay_sandbox.sending import ANY_ORIGIN, send_answer, send_page
from mainstay_sandbox.store import Books, Store
from mainstay_sandbox.wire import Answer, Call, Page, Request, read_parameters, read_request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PREFLIGHT = (
    *ANY_ORIGIN,
    ("Access-Control-Allow-Methods", "POST"),
    ("Access-Control-Allow-Headers", "Authorization, Content-Type"),
    ("Access-Control-Max-Age", "600"),
)


class Application:
    """The payment company as a WSGI application.

    `machine_clock` gives seconds since 1970; keys, tokens and cards age by it until the company's clock is moved over
    HTTP. `public_address` is where browsers reach the server, when that is not the address of the request.
    """

    def __init__(
        self, store: Store, machine_clock: Callable[[], float], public_address: str | None = None
    ) -> None:
        self._store = store
        self._machine_clock = machine_clock
        self._public_address = public_address

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        try:
            request = read_request(environ, self._public_address)
            reply = self._reply(request)
        except Refused as refused:
            reply = Answer(refused.status, refused.body(), "")
        if isinstance(reply, Page):
            return send_page(reply, start_response)
        return send_answer(reply, start_response, any_origin=environ.get("PATH_INFO") == routes.TOKENS)

    def now(self) -> int:
        """The company's now, in whole seconds since 1970."""
        return clock.read(self._store.connection(), self._machine_clock)

    def _reply(self, request: Request) -> Answer | Page:
        if request.method == "OPTIONS" and request.path == routes.TOKENS:
            return Page(204, "text/plain", b"", PREFLIGHT)
        if request.path == "/healthz":
            return Answer(200, {"status": "ok"}, "")
        if request.path.startswith("/bank/"):
            return bank.reply(request, self._store, self.now)
        if (request.method, request.path) == ("POST", routes.DELIVERIES):
            return self._deliver(request)
        return pages.find(request, self.now()) or self._call(request)

    def _call(self, request: Request) -> Answer:
        route, names = routes.find(request.method, request.path)
        caller = self._caller(request)
        now = self.now()
        due.carry_out(self._store, now)
        answer = self._with_faults(request, route, caller, now, names)
        if answer.what:
            status = 0 if answer.is_lost else answer.status
            with self._store.writing() as connection:
                calls.record(connection, caller.account_id, request.method, request.path, status, answer.what)
        return answer

    def _caller(self, request: Request) -> Caller:
        return caller_of(self._store.connection(), request.headers.get("authorization", ""))

    def _with_faults(
        self, request: Request, route: Route, caller: Caller, now: int, names: dict[str, Any]
    ) -> Answer:
        try:
            fault = self._fault(request, route, caller, now)
        except Refused as refused:
            return _refusal(refused)
        answer = faults.instead(fault)
        if answer is not None:
            return answer
        try:
            bank_says = fault.decline_code if fault else ""
            answer = self._perform(request, route, caller, now, names, bank_says)
        except Refused as refused:
            answer = _refusal(refused)
        return faults.spoil(fault, answer)

    def _fault(self, request: Request, route: Route, caller: Caller, now: int) -> faults.Fault | None:
        if caller.kind not in route.kinds:
            raise _not_allowed(caller)
        if not route.name or not faults.ordered(self._store.connection(), caller.account_id):
            return None
        parameters = {} if request.method == "GET" else read_parameters(request.body)
        with self._store.writing() as connection:
            about = faults.about_call(connection, request.path, {**request.query, **parameters})
            return faults.take(Books(connection, caller.account_id, now), route.name, about)

    def _perform(
        self, request: Request, route: Route, caller: Caller, now: int, names: dict[str, Any], bank_says: str
    ) -> Answer:
        if request.method == "GET":
            return route.handler(Call(request, caller, self._store.connection(), now, names))
        parameters = read_parameters(request.body)
        with self._store.writing() as connection:
            call = Call(request, caller, connection, now, names, parameters, bank_says)
            return keys.once(call, route.handler) if route.keyed else route.handler(call)

    def _deliver(self, request: Request) -> Answer:
        """`POST /v1/test/deliveries`: sends the account's due webhooks before it answers."""
        caller = self._caller(request)
        if caller.kind != SECRET:
            raise _not_allowed(caller)
        now = self.now()
        due.carry_out(self._store, now)
        return Answer(200, {"sent": webhooks.deliver_now(self._store, now, caller.account_id)}, "")


def _refusal(refused: Refused) -> Answer:
    return Answer(refused.status, refused.body(), f"Refused: {refused.message}")


def _not_allowed(caller: Caller) -> Refused:
    return Refused(403, "key_not_allowed", f"A {caller.kind} key may not make this call.")
