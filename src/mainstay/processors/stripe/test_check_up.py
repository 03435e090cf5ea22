"""What Stripe is asked before an account takes money, against a server that speaks as Stripe does."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from mainstay.contributions.port import AccountConfig
from mainstay.processors.check_up import AccountFacts

from .check_up import look, statement
from .lists import StripeUnreachable
from .webhook import TYPES

HOOK = "https://give.farshore.example/hooks/one/"
ACCOUNT = {
    "id": "acct_1",
    "charges_enabled": True,
    "payouts_enabled": True,
    "settings": {
        "payments": {"statement_descriptor": "FARSHORE PRESS"},
        "card_payments": {"statement_descriptor_prefix": "FARSHORE"},
    },
}
OURS = {"id": "we_1", "url": HOOK, "status": "enabled", "enabled_events": ["*"]}
HOOKS = {"object": "list", "data": [OURS], "has_more": False}
REFUSED = {"error": {"type": "invalid_request_error", "message": "no permission"}}


@contextmanager
def company(answers: dict[str, tuple[int, dict[str, Any]]]) -> Iterator[str]:
    """A server that answers each path as told."""

    class Handler(BaseHTTPRequestHandler):
        """One question."""

        def do_GET(self) -> None:
            status, answer = answers[self.path.partition("?")[0]]
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

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


def asked(web_key: str = "rk_live_1", key: str = "sk_live_1", **changes: Any) -> AccountFacts:
    answers: dict[str, tuple[int, dict[str, Any]]] = {
        "/v1/account": (200, ACCOUNT),
        "/v1/webhook_endpoints": (200, HOOKS),
        "/v1/customers": (403, REFUSED),
    }
    answers.update({f"/v1/{name}": answer for name, answer in changes.items()})
    with company(answers) as address:
        settings = {"address": address, "public_key": "pk", "deadline_seconds": 5}
        web = AccountConfig(settings, {"api_key": web_key})
        return look(AccountConfig(settings, {"api_key": key}), web, HOOK)


def test_an_account_that_is_ready() -> None:
    assert asked() == AccountFacts(
        live=True, statement="FARSHORE PRESS", web_key_is_restricted=True, hook_is_known=True
    )


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"key": "sk_test_1"}, "live", False),
        ({"web_key": "sk_live_1"}, "web_key_is_restricted", False),
        ({"customers": (200, {"object": "list", "data": []})}, "web_key_is_restricted", False),
        ({"webhook_endpoints": (200, {"object": "list", "data": []})}, "hook_is_known", False),
        ({"account": (500, {})}, "statement", None),
    ],
)
def test_what_is_wrong_or_unknown_is_seen(changes: dict[str, Any], field: str, value: Any) -> None:
    assert getattr(asked(**changes), field) is value


def test_another_hook_or_one_that_is_off_is_not_ours() -> None:
    off = {"object": "list", "data": [{**OURS, "status": "disabled"}]}
    assert asked(webhook_endpoints=(200, off)).hook_is_known is False


def test_a_hook_that_is_not_told_of_everything_is_named() -> None:
    few = {"object": "list", "data": [{**OURS, "enabled_events": [*TYPES[:-1], "invoice.paid"]}]}
    (problem,) = asked(webhook_endpoints=(200, few)).problems
    assert TYPES[-1] in problem
    assert TYPES[0] not in problem
    assert (
        asked(
            webhook_endpoints=(200, {"object": "list", "data": [{**OURS, "enabled_events": TYPES}]})
        ).problems
        == ()
    )


@pytest.mark.parametrize(
    ("held_back", "says"), [("charges_enabled", "takes no payments"), ("payouts_enabled", "pays nothing out")]
)
def test_what_stripe_holds_back_is_said(held_back: str, says: str) -> None:
    (problem,) = asked(account=(200, {**ACCOUNT, held_back: False})).problems
    assert says in problem


@pytest.mark.parametrize(("suffix", "reads"), [("", "FARSHORE PRESS"), ("MONTHLY", "FARSHORE* MONTHLY")])
def test_what_statements_read_is_asked_alone(suffix: str, reads: str) -> None:
    with company({"/v1/account": (200, ACCOUNT)}) as address:
        settings = {"address": address, "public_key": "pk", "statement_suffix": suffix}
        assert statement(AccountConfig(settings, {"api_key": "sk_live_1"})) == reads


def test_settings_that_can_not_be_read_are_no_name() -> None:
    with company({"/v1/account": (200, {"id": "acct_1", "settings": None})}) as address:
        config = AccountConfig({"address": address, "public_key": "pk"}, {"api_key": "sk_live_1"})
        with pytest.raises(StripeUnreachable):
            statement(config)
