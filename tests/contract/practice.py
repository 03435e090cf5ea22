"""What the benches share whose company is the practice company, in its own protocol or another."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from mainstay.contributions.port import Order, Processor, Source
from mainstay_sandbox.accounts import AccountKeys
from mainstay_sandbox.conftest import CLIENT
from mainstay_sandbox.controls import Controls

from .bench import At, CantProvoke, Fault, Payer, Taken

KEYS = AccountKeys("The Far Shore", "sk_contract", "rk_contract", "pk_contract")
DEADLINE_SECONDS = 20
HASTY_SECONDS = 0.8
"""For the one call that goes wrong. Everything else waits longer: a busy machine is no fault."""
HOLD_SECONDS = 1.4
START = 1_800_000_000
DAY_SECONDS = 24 * 60 * 60
CARDS = {
    Payer.APPROVED: "4242424242424242",
    Payer.SOFT: "4000000000009995",
    Payer.HARD: "4000000000009987",
    Payer.ASKED: "4000002760003184",
    Payer.PENDING: "9000002760000015",
    Payer.RUSSIAN: "4000006430000009",
    Payer.NOWHERE: "4000009990000005",
    Payer.FAILS_LATER: "4000000000000341",
}
_CALLS = {
    At.PREPARE: "prepare",
    At.EXECUTE: "confirm",
    At.LOOK_UP: "look_up",
    At.REFUND: "refund",
    At.EVERY: "*",
}
_FAULTS = {
    Fault.TIMEOUT_BEFORE: "timeout_before",
    Fault.TIMEOUT_AFTER: "timeout_after",
    Fault.ERROR_AFTER: "error_500_after",
    Fault.CUT: "cut_mid_answer",
    Fault.MALFORMED: "malformed_200",
    Fault.DRIP: "slow_drip",
    Fault.TOO_MANY: "rate_limited_429",
    Fault.KEY_REFUSED: "unauthorised_401",
}


class Clock:
    """The company's clock."""

    now = float(START)

    def __call__(self) -> float:
        return self.now


@dataclass
class PracticeBench:
    """A bench over the practice company's file and switches."""

    processor: Processor
    hasty: Processor
    address: str
    file: Path
    clock: Clock
    make: Callable[[str], Processor]
    requests: list[str] = field(default_factory=list)

    @property
    def controls(self) -> Controls:
        """The company's switches."""
        return Controls(self.address, KEYS.secret_key)

    def token(self, payer: Payer) -> str:
        """A card exchanged for a token."""
        card = {"number": CARDS[payer], "exp_month": 12, "exp_year": 2040, "cvc": "123"}
        headers = {"Authorization": f"Bearer {KEYS.publishable_key}"}
        answer = CLIENT.post(f"{self.address}/v1/tokens", json=card, headers=headers, timeout=20)
        return str(answer.json()["id"])

    def ready(self, order: Order, key: str, payer: Payer) -> tuple[str, Source]:
        """Prepared, with a fresh token."""
        return self.processor.prepare(order, key).remote_id, Source(token=self.token(payer))

    def fault(self, at: At, fault: Fault) -> None:
        """One fault to come."""
        self.controls.fault(_CALLS[at], _FAULTS[fault], hold_seconds=HOLD_SECONDS)

    def taken(self) -> list[Taken]:
        """Read from the company's file."""
        rows = self._rows(
            "SELECT intents.reference, charges.amount_minor, charges.currency FROM charges"
            " JOIN intents ON intents.id = charges.intent_id ORDER BY charges.rowid"
        )
        return [Taken(*row) for row in rows]

    def made(self) -> int:
        """Intents in the company's file."""
        return len(self._rows("SELECT id FROM intents"))

    def heard(self) -> list[str]:
        """Requests of the adapter."""
        return self.requests

    def unreachable(self) -> Processor:
        """Nobody listens at port 1."""
        return self.make("http://127.0.0.1:1")

    def webhook(self, object_id: str) -> tuple[dict[str, str], bytes, object]:
        """Benches whose webhooks differ say how."""
        raise CantProvoke

    def bank_agrees(self, address: str, *, agrees: bool = True) -> None:
        """As the reader's browser does."""
        CLIENT.post(address, data={"result": "approve" if agrees else "refuse"}, timeout=20)

    def pass_days(self, days: int) -> None:
        """Moves the clock on."""
        self.clock.now += days * DAY_SECONDS

    def _rows(self, query: str) -> list[tuple[str, int, str]]:
        with closing(sqlite3.connect(self.file)) as connection:
            return connection.execute(query).fetchall()
