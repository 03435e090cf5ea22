"""A foreign server: `localstripe` takes a month and its renewal from our adapter, as far as it can.

It is older than the version that we speak: what it doesn't know is taken out on the way to it (`DROPPED`), and what it
can't do at all is asked for too, so that the list in `docs/reference/processors.md` is what is true.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
import pytest

from mainstay.contributions.port import Method, Order, Outcome, Source
from mainstay.core.money import Money
from mainstay.processors.stripe.adapter import Stripe
from mainstay.processors.stripe.lists import StripeUnreachable
from mainstay.processors.stripe.wire import Transport

from .benches.stripe import adapter

ROOT = Path(__file__).resolve().parents[2]
KEY = "sk_test_12345"
USD_5 = Money(500, "USD")
BACK = "http://127.0.0.1/back"
PATIENCE_SECONDS = 40
DROPPED = (
    "allowed_payment_method_types",
    "off_session",
    "return_url",
    "setup_future_usage",
    "use_stripe_sdk",
)
# It would keep its store in a file that all of a machine share.
SERVE = (
    "import sys; from aiohttp import web; import localstripe.server as server;"
    "server.store.__class__.dump_to_disk = lambda store: None;"
    "web.run_app(server.app, host='127.0.0.1', port=int(sys.argv[1]), print=None)"
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The foreign server, in a process and a folder of its own."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    folder = tmp_path_factory.mktemp("localstripe")
    command = [sys.executable, "-c", SERVE, str(port)]
    server = subprocess.Popen(command, cwd=folder, env={**os.environ, "TMPDIR": str(folder)})
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(port: int) -> None:
    for _try in range(PATIENCE_SECONDS * 5):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail("localstripe did not begin to listen.")


@pytest.fixture
def stripe(address: str) -> Stripe:
    """Our adapter before it, with time enough for a busy machine."""
    return adapter(address, KEY, deadline_seconds=20)


@pytest.fixture
def older(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the foreign server doesn't know is taken out; the card is put on the intent before it is confirmed."""
    usual = Transport.request

    def request(
        self: Transport,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        **more: Any,
    ) -> tuple[str, int, Mapping[str, str]]:
        form = _in_older_words(post_data)
        if not url.endswith("/confirm"):
            return usual(self, method, url, headers, form and urlencode(form), **more)
        card_alone = urlencode([pair for pair in form if pair[0] == "payment_method"])
        usual(self, method, url.removesuffix("/confirm"), headers, card_alone, **more)
        rest = urlencode([pair for pair in form if pair[0] != "payment_method"])
        return usual(self, method, url, headers, rest, **more)

    monkeypatch.setattr(Transport, "request", request)


def _in_older_words(form: str | None) -> list[tuple[str, str]]:
    pairs = [(name, value) for name, value in parse_qsl(form or "") if name.partition("[")[0] not in DROPPED]
    renamed = {"confirmation_token": "payment_method"}
    return [(renamed.get(name, name), value) for name, value in pairs]


def post(address: str, path: str, **form: str) -> dict[str, Any]:
    """What a browser or the company's own pages do."""
    answer = httpx.post(address + path, data=form, headers={"Authorization": f"Bearer {KEY}"}, timeout=20)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def card(address: str) -> str:
    """A card, in place of a confirmation token, which it has not."""
    fields = {"number": "4242424242424242", "exp_month": "12", "exp_year": "2040", "cvc": "123"}
    form = {f"card[{name}]": value for name, value in fields.items()}
    return str(post(address, "/v1/payment_methods", type="card", **form)["id"])


def prepared(stripe: Stripe, number: int, *, save: bool = False) -> str:
    fact = stripe.prepare(
        Order(USD_5, f"c1:{number}", {"contribution": "c1"}, save_method=save), f"p{number}"
    )
    assert fact.outcome == Outcome.EXECUTABLE, fact
    return fact.remote_id


def test_a_month_and_its_renewal_and_a_refund(address: str, stripe: Stripe, older: None):
    token = card(address)
    first = stripe.execute(prepared(stripe, 1, save=True), Source(token=token), "e1", BACK, True)
    assert (first.outcome, first.amount, first.reference) == (Outcome.SUCCEEDED, USD_5, "c1:1")
    customer = str(post(address, "/v1/customers")["id"])
    post(address, f"/v1/payment_methods/{token}/attach", customer=customer)
    kept = stripe.look_up_method(token).method
    assert kept == Method(customer, token, "FR", "2040-12")
    renewal = prepared(stripe, 2)
    assert stripe.execute(renewal, Source(method=kept), "e2", BACK, False).outcome == Outcome.SUCCEEDED
    assert stripe.look_up(renewal).outcome == Outcome.SUCCEEDED
    back = stripe.refund(first.charge_id, Money(100, "USD"), "r1")
    assert (back.outcome, back.reference) == (Outcome.SUCCEEDED, "r1")
    assert stripe.find_refunds(first.charge_id) == [back]
    assert stripe.look_up_charge(first.charge_id).reference == "c1:1"
    assert sum(line.amount_minor for line in stripe.balance_lines("")) == 900
    assert stripe.detach(kept) == Outcome.SUCCEEDED


def test_cancelling(stripe: Stripe, older: None):
    assert stripe.cancel(prepared(stripe, 3), "c3").outcome == Outcome.CANCELLED


def test_what_it_can_not_do(address: str, stripe: Stripe):
    assert stripe.read_token(card(address)) is None
    assert stripe.save_method("ctoken_1", "s1", "https://example.org/back").outcome == Outcome.REJECTED
    order = Order(USD_5, "c9:1", {}, save_method=False)
    assert stripe.prepare(order, "p9").outcome == Outcome.REJECTED
    for question in (stripe.balance, stripe.statement, lambda: stripe.poll(""), lambda: stripe.find("c1:1")):
        with pytest.raises(StripeUnreachable):
            question()


def test_the_page_lists_what_was_taken_out():
    page = (ROOT / "docs" / "reference" / "processors.md").read_text(encoding="utf-8")
    assert [name for name in DROPPED if f"`{name}`" not in page] == []
