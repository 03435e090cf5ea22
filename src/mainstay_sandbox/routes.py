"""The calls of the API: address, name, who may make it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from mainstay_sandbox import (
    balance,
    calls,
    charging,
    clock,
    confirming,
    debits,
    disputes,
    events,
    faults,
    funding,
    intents,
    payouts,
    refunds,
    savings,
    settings,
    switches,
    webhooks,
)
from mainstay_sandbox.accounts import PUBLISHABLE, RESTRICTED, SECRET
from mainstay_sandbox.errors import Refused, not_found
from mainstay_sandbox.wire import Answer, Call

SERVER = frozenset({SECRET, RESTRICTED})
SECRET_ONLY = frozenset({SECRET})
TOKENS = "/v1/tokens"
DELIVERIES = "/v1/test/deliveries"
"""The one call that is made outside a transaction: the shop that gets a webhook may call us back."""


@dataclass(frozen=True)
class Route:
    """One call of the API. `keyed` says that it needs an Idempotency-Key; those of tests have no name."""

    method: str
    path: str
    name: str
    handler: Callable[[Call], Answer]
    kinds: frozenset[str] = SERVER
    keyed: bool = False

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The addresses that are this route's, with the names in them."""
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>\\w{1,100})", self.path), re.ASCII)


def _test(method: str, path: str, handler: Callable[[Call], Answer]) -> Route:
    return Route(method, f"/v1/test/{path}", "", handler, SECRET_ONLY)


ROUTES = (
    Route("POST", TOKENS, "token", funding.make_token, frozenset({PUBLISHABLE})),
    Route("GET", "/v1/tokens/{id}", "look_up_token", funding.show_token),
    Route("POST", "/v1/savings", "save_method", savings.save),
    Route("GET", "/v1/savings/{id}", "look_up_saving", savings.show),
    Route("POST", "/v1/savings/{id}/cancel", "cancel_saving", savings.cancel),
    Route("GET", "/v1/methods/{id}", "look_up_method", funding.show_method),
    Route("DELETE", "/v1/methods/{id}", "detach", funding.detach_method),
    Route("POST", "/v1/intents", "prepare", intents.prepare, keyed=True),
    Route("GET", "/v1/intents", "find", intents.list_by_reference, SECRET_ONLY),
    Route("GET", "/v1/intents/{id}", "look_up", intents.show),
    Route("POST", "/v1/intents/{id}/confirm", "confirm", confirming.confirm, keyed=True),
    Route("POST", "/v1/intents/{id}/cancel", "cancel", intents.cancel),
    Route("GET", "/v1/charges/{id}", "look_up_charge", charging.show),
    Route("POST", "/v1/refunds", "refund", refunds.refund, SECRET_ONLY, keyed=True),
    Route("GET", "/v1/refunds", "list_refunds", refunds.list_of_charge, SECRET_ONLY),
    Route("GET", "/v1/refunds/{id}", "look_up_refund", refunds.show),
    Route("GET", "/v1/disputes/{id}", "look_up_dispute", disputes.show),
    Route("GET", "/v1/payouts", "list_payouts", payouts.list_payouts, SECRET_ONLY),
    Route("GET", "/v1/payouts/{id}", "look_up_payout", payouts.show),
    Route("GET", "/v1/events", "events", events.list_events, SECRET_ONLY),
    Route("GET", "/v1/balance_lines", "balance_lines", balance.list_lines, SECRET_ONLY),
    Route("GET", "/v1/balance", "balance", balance.show, SECRET_ONLY),
    Route("GET", "/v1/calls", "", calls.list_calls, SECRET_ONLY),
    _test("POST", "faults", faults.order),
    _test("GET", "faults", faults.show),
    _test("DELETE", "faults", switches.call_off_faults),
    _test("POST", "settings", switches.change_settings),
    _test("GET", "settings", settings.show),
    _test("POST", "clock", clock.move),
    _test("GET", "clock", clock.show),
    _test("POST", "reset", switches.reset),
    _test("POST", "disputes", disputes.make),
    _test("POST", "disputes/{id}", disputes.move),
    _test("POST", "adjustments", switches.adjust),
    _test("POST", "payouts", payouts.make),
    _test("POST", "payouts/{id}", payouts.switch),
    _test("POST", "refunds/{id}", refunds.switch),
    _test("POST", "intents/{id}", debits.switch),
    _test("POST", "methods/{id}", funding.update_method),
    _test("GET", "webhooks", webhooks.list_deliveries),
)


def find(method: str, path: str) -> tuple[Route, dict[str, str]]:
    """The route of a request and the names in its path. Raises 404 and 405."""
    found = [(route, match) for route in ROUTES if (match := route.pattern.fullmatch(path))]
    if not found:
        raise not_found("address here")
    for route, match in found:
        if route.method == method:
            return route, match.groupdict()
    raise Refused(405, "method_not_allowed", "This address does not take that method.")
