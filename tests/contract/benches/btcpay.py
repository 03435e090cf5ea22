"""BTCPay's adapter before a local server that speaks Greenfield. Where others execute, here the reader pays."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mainstay.contributions.port import Order, Processor, RemoteFact, Source
from mainstay.core.money import exponent_of
from mainstay.processors.btcpay.adapter import Btcpay
from mainstay.processors.btcpay.example_server import (
    KEY,
    SECRET,
    START,
    STORE,
    Answer,
    DropConnection,
    Greenfield,
    hook,
    running,
)
from tests.contract.bench import At, CantProvoke, Fault, Payer, Taken
from tests.contract.practice import DEADLINE_SECONDS, HASTY_SECONDS, HOLD_SECONDS
from tests.contract.shapes.btcpay import expect_shapes


class WithReader(Btcpay):
    """The adapter, with a reader who pays the invoice when others would be charged."""

    server: Greenfield
    coming = False

    def execute(
        self, remote_id: str, source: Source, key: str, return_url: str, reader_present: bool
    ) -> RemoteFact:
        """The reader pays an invoice that is open; then the adapter looks."""
        invoice = self.server.invoices[remote_id]
        if invoice["status"] == "New":
            state = "Processing" if self.coming else "Settled"
            self.server.becomes(remote_id, state, paid=invoice["amount"])
        return super().execute(remote_id, source, key, return_url, reader_present)


class BtcpayBench:
    """One store."""

    def __init__(self, server: Greenfield) -> None:
        self._server = server
        self.processor, self.hasty = adapter(server.address), adapter(server.address, HASTY_SECONDS)
        self.processor.server = self.hasty.server = server

    def ready(self, order: Order, key: str, payer: Payer) -> tuple[str, Source]:
        """An invoice. Nobody declines here: a reader pays or does not."""
        if payer not in (Payer.APPROVED, Payer.PENDING):
            pytest.skip("Nobody can decline what the reader sends.")
        self.processor.coming = self.hasty.coming = payer == Payer.PENDING
        return self.processor.prepare(order, key).remote_id, Source()

    def fault(self, at: At, fault: Fault) -> None:
        """The next call of this kind goes wrong, once."""
        if at == At.EXECUTE and fault in (Fault.TIMEOUT_BEFORE, Fault.TOO_MANY):
            raise CantProvoke("No call of ours moves money here.")

        def once(method: str, target: str) -> Answer | None:
            if not _is(at, method, target):
                return None
            self._server.before = self._server.after = lambda method, target: None
            return _answer(fault)

        early = fault in (Fault.TIMEOUT_BEFORE, Fault.TOO_MANY, Fault.KEY_REFUSED)
        setattr(self._server, "before" if early else "after", once)

    def taken(self) -> list[Taken]:
        """What readers paid."""
        paid = [row for row in self._server.invoices.values() if row["status"] == "Settled"]
        return [Taken(row["metadata"]["orderId"], _minor(row), row["currency"]) for row in paid]

    def made(self) -> int:
        """All invoices."""
        return len(self._server.invoices)

    def heard(self) -> list[str]:
        """What the server was asked."""
        return [f"{method} {target}" for method, target, _signed, _body in self._server.asked]

    def unreachable(self) -> Processor:
        """Before port 9, where nobody listens."""
        return adapter("http://127.0.0.1:9")

    def webhook(self, object_id: str) -> tuple[dict[str, str], bytes, Any]:
        """As the server sends it."""
        headers, body = hook("InvoiceSettled", invoiceId=object_id, deliveryId="evt_1")
        return headers, body, datetime.fromtimestamp(START, UTC)

    def token(self, payer: Payer) -> str:
        """There are none; the suite hands it on to an `execute` that does not read it."""
        return "none"

    def bank_agrees(self, address: str, *, agrees: bool = True) -> None:
        """No bank is asked before something is saved."""
        raise CantProvoke

    def pass_days(self, days: int) -> None:
        """Nothing ages here."""


def _is(at: At, method: str, target: str) -> bool:
    return {
        At.PREPARE: method == "POST" and target.endswith("/invoices"),
        At.EXECUTE: method == "GET" and "/api/v1/invoices/" in target,
        At.LOOK_UP: method == "GET" and "/api/v1/invoices/" in target,
        At.REFUND: method == "POST" and target.endswith("/refund"),
        At.EVERY: True,
    }[at]


def _answer(fault: Fault) -> Answer:
    if fault in (Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER):
        time.sleep(HOLD_SECONDS)
        raise DropConnection
    return {
        Fault.ERROR_AFTER: (500, {}),
        Fault.CUT: (200, lambda out: out.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")),
        Fault.MALFORMED: (200, b"<html>"),
        Fault.DRIP: (200, _drip),
        Fault.TOO_MANY: (429, {}),
        Fault.KEY_REFUSED: (401, {}),
    }[fault]


def _drip(out: Any) -> None:
    out.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{")
    for _turn in range(8):
        out.flush()
        time.sleep(HASTY_SECONDS / 4)
        out.write(b" ")


def _minor(row: dict[str, Any]) -> int:
    return int(Decimal(row["paidAmount"]).scaleb(exponent_of(row["currency"])))


def adapter(address: str, deadline_seconds: float = DEADLINE_SECONDS) -> WithReader:
    """The adapter of the store, with a reader."""
    return WithReader(
        address=address,
        store_id=STORE,
        api_key=KEY,
        webhook_secrets=(SECRET,),
        deadline_seconds=deadline_seconds,
    )


@contextmanager
def bench(folder: Path) -> Iterator[BtcpayBench]:
    """A running server and the adapter. In the end, the shape of each request is checked."""
    with running() as server:
        yield BtcpayBench(server)
        expect_shapes(server.asked)
