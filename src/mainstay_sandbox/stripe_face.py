"""The practice company behind Stripe's protocol, as far as our adapter's calls need it: for tests and drills.

A request with a `Stripe-Version` is translated into the company's own call and the answer back, so that keys, one
success per payment, faults, cards and books are the company's. What Stripe has and the company has not (customers,
expanding, which confirmation needs which customer) is kept here, in memory. Amounts, names and errors are Stripe's.
"""

import json
import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from typing import Any
from urllib.parse import parse_qsl, quote

from mainstay_sandbox import cards
from mainstay_sandbox import stripe_objects as objects
from mainstay_sandbox.accounts import caller_of
from mainstay_sandbox.app import Application
from mainstay_sandbox.store import insert, new_id
from mainstay_sandbox.wire import Answer, Page, Request

KEPT_REQUESTS = 10_000
SCRIPT = "/stripe.js"
OFF_SESSION = "off_session"
PRACTICE_CARDS = {
    "pm_card_de": "4000002760000016",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_threeDSecure2Required": "4000002760003184",
}
EXPIRY = {"exp_month": 12, "exp_year": 2040, "cvc": "123"}


@dataclass(frozen=True)
class Heard:
    """One request in Stripe's protocol, as it came."""

    method: str
    path: str
    form: tuple[tuple[str, str], ...]
    key: str


@dataclass(frozen=True)
class Asked:
    """A request while it is answered."""

    request: Request
    form: Mapping[str, str]
    names: Mapping[str, str]

    @property
    def expanded(self) -> frozenset[str]:
        """The names that are to be shown whole."""
        named = [value for name, value in self.form.items() if name.startswith("expand[")]
        return frozenset(re.sub(r"^(data|payment_intent)\.", "", value) for value in named)

    @property
    def wants_intent(self) -> bool:
        """Whether a charge's intent is to be shown whole."""
        return any(value.startswith("payment_intent.") for value in self.form.values())

    @property
    def metadata(self) -> dict[str, str]:
        """The shop's own words."""
        found = {name[9:-1]: value for name, value in self.form.items() if name.startswith("metadata[")}
        return {name: value for name, value in found.items() if name != "reference"}


class StripeFace(Application):
    """The company as a WSGI application that speaks Stripe's protocol too. `heard` are the last requests in it."""

    statement = ("FARSHORE PRESS", "FARSHORE")

    def __init__(self, *how: Any, **more: Any) -> None:
        super().__init__(*how, **more)
        self.heard: deque[Heard] = deque(maxlen=KEPT_REQUESTS)
        self._customers: dict[str, str] = {}
        self._in_script: set[str] = set()
        self._saved: dict[str, Answer] = {}

    def _reply(self, request: Request) -> Answer | Page:
        if request.path == SCRIPT:
            script = resources.files("mainstay_sandbox").joinpath("static/stripe.js").read_bytes()
            return Page(200, "text/javascript; charset=utf-8", script)
        if "stripe-version" not in request.headers:
            return super()._reply(request)
        pairs = tuple(parse_qsl(request.body.decode(), keep_blank_values=True)) or tuple(
            request.query.items()
        )
        key = request.headers.get("idempotency-key", "")
        self.heard.append(Heard(request.method, request.path, pairs, key))
        return self._answer(request, dict(pairs))

    def _answer(self, request: Request, form: Mapping[str, str]) -> Answer:
        for method, pattern, handler in ROUTES:
            match = pattern.fullmatch(request.path)
            if match and method == request.method:
                return handler(self, Asked(request, form, match.groupdict()))
        return refusal(404, "invalid_request_error", "", f"Unrecognized request URL ({request.path}).")

    def own(self, asked: Asked, method: str, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        """The company's own answer, or its error in Stripe's words."""
        content = b"" if body is None else json.dumps(body).encode()
        inner = replace(
            asked.request, method=method, path=path.partition("?")[0], body=content, query=_query(path)
        )
        answer = super()._reply(inner)
        assert isinstance(answer, Answer)
        return answer if answer.status < 400 else self._error(asked, answer)

    def _error(self, asked: Asked, answer: Answer) -> Answer:
        error = answer.body["error"]
        code = error["code"]
        if answer.status == 402:
            return self._declined(answer, error)
        status, kind, theirs = _ERRORS.get(code, (answer.status, "invalid_request_error", code))
        told: dict[str, Any] = {"type": kind, "code": theirs, "message": error["message"]}
        if theirs == "payment_intent_unexpected_state":
            told["payment_intent"] = self._shown(asked, asked.names["id"])
        return replace(answer, status=status, body={"error": {n: v for n, v in told.items() if v}})

    def _declined(self, answer: Answer, error: Mapping[str, Any]) -> Answer:
        if error["decline_code"] == "method_detached":
            told = {"type": "invalid_request_error", "param": "payment_method", "code": "resource_missing"}
            return replace(answer, status=400, body={"error": told})
        return replace(answer, body={"error": {"type": "card_error", **error}})

    def _shown(self, asked: Asked, intent_id: str) -> dict[str, Any] | None:
        answer = self.own(replace(asked, names={}), "GET", f"/v1/intents/{intent_id}")
        return self.intent(asked, answer).body if answer.status == 200 else None

    def intent(self, asked: Asked, answer: Answer) -> Answer:
        """An intent of the company's as a PaymentIntent."""
        if answer.status >= 400 or not answer.body:
            return answer
        name = answer.body["id"]
        shown = objects.intent(
            answer.body, self._customers.get(name), asked.expanded, in_script=name in self._in_script
        )
        return replace(answer, status=200, body=shown)

    def create(self, asked: Asked) -> Answer:
        """`POST /v1/payment_intents`."""
        currency, customer = asked.form["currency"].upper(), asked.form.get("customer")
        try:
            amount_minor = objects.minor(int(asked.form["amount"]), currency)
        except ValueError as wrong:
            return refusal(400, "invalid_request_error", "parameter_invalid_integer", str(wrong))
        body = {
            "amount_minor": amount_minor,
            "currency": currency,
            "reference": asked.form.get("metadata[reference]", "-"),
            "metadata": asked.metadata,
            # Without a customer nothing is kept for later.
            "save_method": asked.form.get("setup_future_usage") == OFF_SESSION and customer is not None,
        }
        answer = self.own(asked, "POST", "/v1/intents", body)
        if customer and answer.status < 400 and answer.body:
            self._customers[answer.body["id"]] = customer
        return self.intent(asked, answer)

    def update(self, asked: Asked) -> Answer:
        """`POST /v1/payment_intents/{id}`: only another customer."""
        answer = self.own(asked, "GET", f"/v1/intents/{asked.names['id']}")
        if answer.status == 200 and answer.body:
            if answer.body["status"] in ("succeeded", "cancelled", "processing", "pending"):
                return refusal(400, "invalid_request_error", "payment_intent_unexpected_state", "Too late.")
            self._customers[asked.names["id"]] = asked.form["customer"]
        return self.intent(asked, answer)

    def confirm(self, asked: Asked) -> Answer:
        """`POST /v1/payment_intents/{id}/confirm`. A saved method needs its own customer on the intent."""
        name, form = asked.names["id"], asked.form
        body: dict[str, Any] = {"return_url": form["return_url"]} if "return_url" in form else {}
        if "confirmation_token" in form:
            body["token"] = form["confirmation_token"]
        else:
            body["method"] = form.get("payment_method", "")
            stranger = self._stranger(asked, body["method"])
            if stranger is not None:
                return stranger
        if form.get("off_session") == "true":
            body = {"method": body.get("method", ""), "off_session": True}
        elif "return_url" not in form:
            return refusal(400, "invalid_request_error", "parameter_missing", "return_url is missing.")
        (self._in_script.discard if form.get("use_stripe_sdk") == "false" else self._in_script.add)(name)
        return self.intent(asked, self.own(asked, "POST", f"/v1/intents/{name}/confirm", body))

    def _stranger(self, asked: Asked, method_id: str) -> Answer | None:
        answer = super()._reply(
            replace(asked.request, method="GET", path=f"/v1/methods/{method_id}", body=b"", query={})
        )
        owner = answer.body.get("customer") if isinstance(answer, Answer) else None
        if owner is None or owner == self._customers.get(asked.names["id"]):
            return None
        told = {"type": "invalid_request_error", "message": "The method belongs to another customer."}
        return Answer(400, {"error": told}, "")

    def cancel(self, asked: Asked) -> Answer:
        """`POST /v1/payment_intents/{id}/cancel`."""
        return self.intent(asked, self.own(asked, "POST", f"/v1/intents/{asked.names['id']}/cancel", {}))

    def retrieve(self, asked: Asked) -> Answer:
        """`GET /v1/payment_intents/{id}`."""
        return self.intent(asked, self.own(asked, "GET", f"/v1/intents/{asked.names['id']}"))

    def search(self, asked: Asked) -> Answer:
        """`GET /v1/payment_intents/search`: by our reference, as our adapter writes it."""
        match = re.fullmatch(r"metadata\['reference'\]:'(.+)'", asked.form.get("query", ""))
        if match is None:
            return refusal(400, "invalid_request_error", "", "This search is not understood.")
        answer = self.own(asked, "GET", f"/v1/intents?reference={quote(match[1])}&limit=100")
        if answer.status >= 400 or not answer.body:
            return answer
        found = [self.intent(asked, replace(answer, body=one)).body for one in answer.body["data"]]
        return replace(answer, body={"object": "search_result", "data": found, "has_more": False})

    def charge(self, asked: Asked) -> Answer:
        """`GET /v1/charges/{id}`, with its intent."""
        answer = self.own(asked, "GET", f"/v1/charges/{asked.names['id']}")
        if answer.status >= 400 or not answer.body:
            return answer
        whole = self.intent(asked, replace(answer, body=answer.body["intent"])).body
        shown = objects.charge(answer.body, whole["id"], None, asked.expanded)
        return replace(answer, body={**shown, "payment_intent": whole if asked.wants_intent else whole["id"]})

    def customer(self, asked: Asked) -> Answer:
        """`POST /v1/customers`: the same key, the same customer."""
        name = "cus_" + re.sub(r"\W", "", asked.request.headers.get("idempotency-key", ""))[-60:]
        return Answer(200, {"id": name, "object": "customer"}, "A customer without data was made")

    def setup(self, asked: Asked) -> Answer:
        """`POST /v1/setup_intents`, confirmed at once."""
        key, form = asked.request.headers.get("idempotency-key", ""), asked.form
        # The company makes a customer of its own for a saved card.
        body = {"token": form["confirmation_token"], "return_url": form["return_url"]}
        answer = self._saved.get(key) or self.own(asked, "POST", "/v1/savings", body)
        if answer.status < 400 and answer.body:
            self._saved[key] = answer
            if form.get("use_stripe_sdk") != "false":
                self._in_script.add(answer.body["id"])
        return self._setup(answer)

    def look_at_setup(self, asked: Asked) -> Answer:
        """`GET /v1/setup_intents/{id}`."""
        return self._setup(self.own(asked, "GET", f"/v1/savings/{_saving_of(asked)}"))

    def cancel_setup(self, asked: Asked) -> Answer:
        """`POST /v1/setup_intents/{id}/cancel`: refused once a card was saved."""
        answer = self.own(asked, "POST", f"/v1/savings/{_saving_of(asked)}/cancel", {})
        if answer.status < 400 and answer.body and answer.body["status"] == "succeeded":
            return refusal(400, "invalid_request_error", "setup_intent_unexpected_state", "Too late.")
        return self._setup(answer)

    def _setup(self, answer: Answer) -> Answer:
        if answer.status >= 400 or not answer.body:
            return answer
        in_script = answer.body["id"] in self._in_script
        return replace(answer, status=200, body=objects.setup(answer.body, in_script=in_script))

    def practice_token(self, asked: Asked) -> Answer:
        """`POST /v1/test_helpers/confirmation_tokens`: one of Stripe's own practice cards, by its name."""
        with self._store.writing() as connection:
            account = caller_of(connection, asked.request.headers.get("authorization", "")).account_id
            named = {"number": PRACTICE_CARDS[asked.form["payment_method"]], **EXPIRY}
            facts, token_id = cards.read_card(named, self.now()), new_id("ctoken")
            rows = {"id": token_id, "account_id": account, "made_at": self.now(), **vars(facts)}
            insert(connection, "tokens", **rows)
        return Answer(200, {"id": token_id, "object": "confirmation_token"}, "A practice card became a token")

    def detach(self, asked: Asked) -> Answer:
        """`POST /v1/payment_methods/{id}/detach`: refused the second time."""
        path = f"/v1/methods/{asked.names['id']}"
        before = self.own(asked, "GET", path)
        if before.status == 200 and before.body and before.body["status"] == "detached":
            return refusal(400, "invalid_request_error", "", "The method is not attached to a customer.")
        return shown(objects.method, self.own(asked, "DELETE", path))

    def refund(self, asked: Asked) -> Answer:
        """`POST /v1/refunds`."""
        charge = self.own(asked, "GET", f"/v1/charges/{asked.form['charge']}")
        if charge.status >= 400 or not charge.body:
            return charge
        body = {
            "charge": asked.form["charge"],
            "amount_minor": objects.minor(int(asked.form["amount"]), charge.body["currency"]),
            "reason": asked.form.get("metadata[key]") or None,
        }
        return shown(objects.refund, self.own(asked, "POST", "/v1/refunds", body))

    def refunds(self, asked: Asked) -> Answer:
        """`GET /v1/refunds?charge=`."""
        answer = self.own(asked, "GET", f"/v1/refunds?charge={asked.form['charge']}&limit=500")
        return listed(objects.refund, answer, asked.form)

    def events(self, asked: Asked) -> Answer:
        """`GET /v1/events`."""
        answer = listed(objects.event, self.own(asked, "GET", "/v1/events?limit=500"), asked.form)
        wanted = {value for name, value in asked.form.items() if name.startswith("types[")}
        if answer.status >= 400 or "data" not in answer.body or not wanted:
            return answer
        kept = [event for event in answer.body["data"] if event["type"] in wanted]
        return replace(answer, body={**answer.body, "data": kept})

    def lines(self, asked: Asked) -> Answer:
        """`GET /v1/balance_transactions`."""
        return listed(objects.line, self.own(asked, "GET", "/v1/balance_lines?limit=500"), asked.form)

    def account(self, asked: Asked) -> Answer:
        """`GET /v1/account`."""
        whole, prefix = self.statement
        payments, cards = {"statement_descriptor": whole}, {"statement_descriptor_prefix": prefix}
        body = {
            "id": "acct_1",
            "object": "account",
            "settings": {"payments": payments, "card_payments": cards},
        }
        return Answer(200, body, "The shop read its own settings")


def refusal(status: int, kind: str, code: str, message: str) -> Answer:
    """An error in Stripe's words."""
    error = {"type": kind, "code": code, "message": message}
    return Answer(status, {"error": {name: value for name, value in error.items() if value}}, "")


def shown(show: Callable[[Mapping[str, Any]], dict[str, Any]], answer: Answer) -> Answer:
    """One object in Stripe's form; an error as it is."""
    if answer.status >= 400 or not answer.body:
        return answer
    return replace(answer, status=200, body=show(answer.body))


def listed(
    show: Callable[[Mapping[str, Any]], dict[str, Any]], answer: Answer, form: Mapping[str, str]
) -> Answer:
    """A part of a list in Stripe's order: the newest first, `limit` of it beside a named item."""
    if answer.status >= 400 or not answer.body:
        return answer
    found = [show(one) for one in answer.body["data"]][::-1]
    names = [one["id"] for one in found]
    limit = int(form.get("limit", "10"))
    if not 1 <= limit <= 100:
        return refusal(400, "invalid_request_error", "parameter_invalid_integer", "limit is 1 to 100.")
    at = form.get("ending_before") or form.get("starting_after")
    if at and at not in names:
        return refusal(400, "invalid_request_error", "resource_missing", f"No such item: {at}")
    if "ending_before" in form:
        newer = found[: names.index(form["ending_before"])]
        return replace(
            answer, body={"object": "list", "data": newer[-limit:], "has_more": len(newer) > limit}
        )
    older = found[names.index(form["starting_after"]) + 1 :] if "starting_after" in form else found
    return replace(answer, body={"object": "list", "data": older[:limit], "has_more": len(older) > limit})


def _saving_of(asked: Asked) -> str:
    return asked.names["id"].removeprefix("seti_")


def _query(path: str) -> dict[str, str]:
    return dict(parse_qsl(path.partition("?")[2]))


def _look(
    show: Callable[[Mapping[str, Any]], dict[str, Any]], path: str
) -> Callable[[StripeFace, Asked], Answer]:
    return lambda face, asked: shown(show, face.own(asked, "GET", path.format(**asked.names)))


def _route(
    method: str, path: str, handler: Callable[[StripeFace, Asked], Answer]
) -> tuple[str, re.Pattern[str], Callable[[StripeFace, Asked], Answer]]:
    return method, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[\\w-]{1,100})", path), re.ASCII), handler


ROUTES = (
    _route("GET", "/v1/confirmation_tokens/{id}", _look(objects.token, "/v1/tokens/{id}")),
    _route("POST", "/v1/test_helpers/confirmation_tokens", StripeFace.practice_token),
    _route("POST", "/v1/customers", StripeFace.customer),
    _route("POST", "/v1/payment_intents", StripeFace.create),
    _route("GET", "/v1/payment_intents/search", StripeFace.search),
    _route("GET", "/v1/payment_intents/{id}", StripeFace.retrieve),
    _route("POST", "/v1/payment_intents/{id}", StripeFace.update),
    _route("POST", "/v1/payment_intents/{id}/confirm", StripeFace.confirm),
    _route("POST", "/v1/payment_intents/{id}/cancel", StripeFace.cancel),
    _route("POST", "/v1/setup_intents", StripeFace.setup),
    _route("GET", "/v1/setup_intents/{id}", StripeFace.look_at_setup),
    _route("POST", "/v1/setup_intents/{id}/cancel", StripeFace.cancel_setup),
    _route("GET", "/v1/payment_methods/{id}", _look(objects.method, "/v1/methods/{id}")),
    _route("POST", "/v1/payment_methods/{id}/detach", StripeFace.detach),
    _route("GET", "/v1/charges/{id}", StripeFace.charge),
    _route("POST", "/v1/refunds", StripeFace.refund),
    _route("GET", "/v1/refunds", StripeFace.refunds),
    _route("GET", "/v1/refunds/{id}", _look(objects.refund, "/v1/refunds/{id}")),
    _route("GET", "/v1/disputes/{id}", _look(objects.dispute, "/v1/disputes/{id}")),
    _route("GET", "/v1/payouts/{id}", _look(objects.payout, "/v1/payouts/{id}")),
    _route("GET", "/v1/events", StripeFace.events),
    _route("GET", "/v1/balance_transactions", StripeFace.lines),
    _route("GET", "/v1/balance", _look(objects.balance, "/v1/balance")),
    _route("GET", "/v1/account", StripeFace.account),
)
_ERRORS = {
    "not_found": (404, "invalid_request_error", "resource_missing"),
    "idempotency_mismatch": (400, "idempotency_error", ""),
    "intent_already_succeeded": (400, "invalid_request_error", "payment_intent_unexpected_state"),
    "intent_processing": (400, "invalid_request_error", "payment_intent_unexpected_state"),
    "intent_cancelled": (400, "invalid_request_error", "payment_intent_unexpected_state"),
    "token_used": (400, "invalid_request_error", "confirmation_token_already_used"),
    "token_expired": (400, "invalid_request_error", "confirmation_token_expired"),
    "refund_exceeds_charge": (400, "invalid_request_error", "charge_already_refunded"),
    "amount_under_minimum": (400, "invalid_request_error", "amount_too_small"),
    "key_not_known": (401, "invalid_request_error", ""),
    "key_not_allowed": (403, "invalid_request_error", ""),
    "too_many_calls": (429, "invalid_request_error", "rate_limit"),
    "internal_error": (500, "api_error", ""),
    "company_fault": (503, "api_error", ""),
}
