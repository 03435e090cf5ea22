"""PayPal's adapter before a local server that speaks PayPal's protocol."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from mainstay.contributions.port import AccountConfig, Order, Processor, ReturnUrls, Source
from mainstay.processors.paypal.adapter import make
from mainstay.processors.paypal.amounts import read
from mainstay.processors.paypal.example_account import (
    CLIENT_ID,
    CLIENT_SECRET,
    START,
    Account,
    Break,
    Heard,
    Says,
)
from mainstay.processors.paypal.example_server import running_paypal
from mainstay.processors.paypal.example_webhook import Signer
from tests.contract.bench import At, CantProvoke, Fault, Payer, Taken
from tests.contract.practice import DEADLINE_SECONDS, HASTY_SECONDS
from tests.contract.shapes.paypal import expect_shapes

WEBHOOK = "WH-CONTRACT"
_SAYS = {
    Payer.APPROVED: Says.APPROVED,
    Payer.SOFT: Says.DECLINED,
    Payer.HARD: Says.DECLINED_FOR_GOOD,
    Payer.PENDING: Says.PENDING,
    Payer.FAILS_LATER: Says.FAILS_LATER,
}
_BREAKS = {
    Fault.TIMEOUT_BEFORE: Break.SILENT_BEFORE,
    Fault.TIMEOUT_AFTER: Break.SILENT_AFTER,
    Fault.ERROR_AFTER: Break.ERROR_AFTER,
    Fault.CUT: Break.CUT,
    Fault.MALFORMED: Break.NONSENSE,
    Fault.DRIP: Break.DRIP,
    Fault.TOO_MANY: Break.TOO_MANY,
    Fault.KEY_REFUSED: Break.UNAUTHORIZED,
}


def _is(at: At, heard: Heard) -> bool:
    return {
        At.PREPARE: heard.method == "POST" and heard.path.endswith("/orders"),
        At.EXECUTE: heard.path.endswith("/capture"),
        At.LOOK_UP: heard.method == "GET" and "/orders/" in heard.path,
        At.REFUND: heard.path.endswith("/refund"),
        At.EVERY: True,
    }[at]


@dataclass
class PayPalBench:
    """An account at the local PayPal."""

    account: Account
    processor: Processor
    hasty: Processor
    numbers: Iterator[int] = field(default_factory=count)

    def ready(self, order: Order, key: str, payer: Payer) -> tuple[str, Source]:
        """An order that its payer approved."""
        if payer not in _SAYS:
            raise CantProvoke
        self.account.says = _SAYS[payer]
        urls = ReturnUrls("http://127.0.0.1/back", "http://127.0.0.1/not")
        order_id = self.processor.start_checkout(order, key, urls).remote_id
        self.account.approve(order_id)
        return order_id, Source(token=order_id)

    def token(self, payer: Payer) -> str:
        """The payer chooses otherwise on PayPal's page: nothing of it comes through us."""
        if payer not in _SAYS:
            raise CantProvoke
        self.account.says = _SAYS[payer]
        return ""

    def fault(self, at: At, fault: Fault) -> None:
        """One fault to come."""
        self.account.breaks.append((lambda heard: _is(at, heard), _BREAKS[fault]))

    def taken(self) -> list[Taken]:
        """All captures."""
        amounts = [(one, read(one["amount"])) for one in self.account.captures()]
        return [Taken(one["invoice_id"], amount.minor, amount.currency) for one, amount in amounts]

    def made(self) -> int:
        """All orders."""
        return len(self.account.orders)

    def heard(self) -> list[str]:
        """Requests of the adapter."""
        return [f"{one.method} {one.path}" for one in self.account.heard]

    def unreachable(self) -> Processor:
        """Nobody listens at port 1."""
        return adapter("http://127.0.0.1:1", self.account)

    def webhook(self, object_id: str) -> tuple[dict[str, str], bytes, object]:
        """As PayPal sends and signs it."""
        event = {"id": "evt_1", "event_type": "CHECKOUT.ORDER.COMPLETED", "resource": {"id": object_id}}
        return signed(self.account, json.dumps(event).encode(), START)

    def bank_agrees(self, address: str, *, agrees: bool = True) -> None:
        """No bank is asked before something is saved."""
        raise CantProvoke

    def pass_days(self, days: int) -> None:
        """Moves the clock on."""
        self.account.now += timedelta(days=days)


def signed(account: Account, body: bytes, at: datetime) -> tuple[dict[str, str], bytes, datetime]:
    """A webhook under a certificate that the account serves."""
    signer = Signer()
    account.certificate = signer.certificate
    return signer.headers(body, at, WEBHOOK, account.address), body, at


def adapter(address: str, account: Account, **more: object) -> Processor:
    """The adapter of the account, on the account's clock."""
    settings = {
        "address": address,
        "webhook_ids": ["WH-OLD", WEBHOOK],
        "deadline_seconds": DEADLINE_SECONDS,
        "books_from": "2027-01-01",
        **more,
    }
    secrets = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    return make(AccountConfig(settings, secrets), lambda: account.now.astimezone(UTC))


@contextmanager
def bench(folder: Path) -> Iterator[PayPalBench]:
    """A running PayPal, and the adapter. In the end, the shape of each request is checked."""
    with running_paypal() as account:
        hasty = adapter(account.address, account, deadline_seconds=HASTY_SECONDS)
        yield PayPalBench(account, adapter(account.address, account), hasty)
        expect_shapes(account.heard)
