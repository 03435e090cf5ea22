"""What the suite needs of an adapter's test bench. To add one: a file in `benches` with `bench(folder)`."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, Protocol

from mainstay.contributions.port import Order, Processor, Source

FOLDER = Path(__file__).parent / "benches"


class Payer(Enum):
    """Who pays, and what their bank says to it."""

    APPROVED = "approved"
    SOFT = "declined, try again"
    HARD = "declined for good"
    ASKED = "the bank asks its holder"
    PENDING = "a bank debit"
    RUSSIAN = "approved, from RU"
    NOWHERE = "approved, country not known"
    FAILS_LATER = "approved now, declined at each renewal"


class At(Enum):
    """Which call goes wrong."""

    PREPARE = "prepare"
    EXECUTE = "execute"
    LOOK_UP = "look_up"
    REFUND = "refund"
    EVERY = "every"


class Fault(Enum):
    """How it goes wrong."""

    TIMEOUT_BEFORE = "no answer, nothing happened"
    TIMEOUT_AFTER = "no answer, everything happened"
    ERROR_AFTER = "500, everything happened"
    CUT = "the connection is cut in mid-answer"
    MALFORMED = "200 and a body that can't be read"
    DRIP = "an answer that dribbles beyond the deadline"
    TOO_MANY = "429"
    KEY_REFUSED = "401"


class CantProvoke(Exception):
    """This bench has no such payer, fault or object: the suite skips."""


@dataclass(frozen=True)
class Taken:
    """One charge in the company's own books."""

    reference: str
    amount_minor: int
    currency: str


class Bench(Protocol):
    """An adapter and the local company behind it."""

    processor: Processor
    hasty: Processor
    """The same account, by an adapter that waits less long than a held answer takes."""

    def ready(self, order: Order, key: str, payer: Payer) -> tuple[str, Source]:
        """A remote object that can be executed, and what to execute it with. Moves no money."""
        ...

    def fault(self, at: At, fault: Fault) -> None:
        """The next call of this kind goes wrong."""
        ...

    def taken(self) -> list[Taken]:
        """What the company took, oldest first."""
        ...

    def made(self) -> int:
        """How many remote objects there are that could move money."""
        ...

    def heard(self) -> list[str]:
        """The calls that the company got from the adapter, as `METHOD /path`."""
        ...

    def unreachable(self) -> Processor:
        """The same adapter, before an address where nobody listens."""
        ...

    def webhook(self, object_id: str) -> tuple[dict[str, str], bytes, Any]:
        """A signed webhook about a payment: its headers, its body, the moment."""
        ...

    def token(self, payer: Payer) -> str:
        """For the flow with card fields: a token, as a browser gets it."""
        ...

    def pass_days(self, days: int) -> None:
        """Moves the company's clock on."""
        ...

    def bank_agrees(self, address: str, *, agrees: bool = True) -> None:
        """The reader answers on the bank's page."""
        ...


MakeBench = Callable[[Path], AbstractContextManager[Bench]]


def benches() -> Sequence[str]:
    """The names of all benches."""
    return [module.name for module in iter_modules([str(FOLDER)])]


def bench_of(name: str) -> MakeBench:
    """The maker of a bench."""
    make: MakeBench = import_module(f"tests.contract.benches.{name}").bench
    return make


def ten() -> Iterator[int]:
    """As many as race for one thing."""
    return iter(range(10))
