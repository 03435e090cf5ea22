"""The payment company as a process of its own, with a clock that the drill moves and books that it reads."""

import shutil
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.server import HTTPServer
from multiprocessing import get_context
from pathlib import Path
from typing import Protocol

from mainstay_sandbox import cards
from mainstay_sandbox.accounts import AccountKeys

from . import processes

SHOP = AccountKeys("The Far Shore", "sk_drill", "rk_drill", "pk_drill")
APPROVED = "4242424242424242"
SOFT_DECLINE = "insufficient_funds"
EXPIRY = {"exp_month": 12, "exp_year": 2049, "cvc": "123"}


BOOKS = "company.books"
"""The file of the company's books, in a laboratory's folder."""
PREPARE, EXECUTE = "POST intents", "POST confirm"
"""What the two calls are named that a fault can be at, whatever the company's own words are."""


class Shared:
    """What the drill's processes and the company share: the moment, and how many payments are still to be declined."""

    def __init__(self, moment: float) -> None:
        context = get_context("fork")
        self._moment = context.Value("d", moment, lock=False)
        self._declines = context.Value("i", 0, lock=False)
        self._fault_left = context.Value("i", 0, lock=False)

    @property
    def moment(self) -> float:
        """Seconds since 1970, for the program and for the company alike."""
        return float(self._moment.value)

    @moment.setter
    def moment(self, value: float) -> None:
        self._moment.value = value

    @property
    def declines(self) -> int:
        """How many payments the bank will still decline for want of money."""
        return int(self._declines.value)

    @declines.setter
    def declines(self, value: int) -> None:
        self._declines.value = value

    @property
    def fault_left(self) -> bool:
        """Whether the fault of this combination is still to come."""
        return bool(self._fault_left.value)

    @fault_left.setter
    def fault_left(self, value: bool) -> None:
        self._fault_left.value = int(value)


@dataclass(frozen=True)
class Charge:
    """One charge in the company's own books."""

    id: str
    reference: str
    amount_minor: int
    refunded_minor: int
    currency: str


@dataclass(frozen=True)
class Event:
    """One piece of news that the company sends, as the body of a webhook. `made_at` is in seconds since 1970."""

    id: str
    made_at: float
    body: bytes


class Served(Protocol):
    """How a company is served in a process of its own."""

    def serve(self, listening: socket.socket, path: Path, shared: Shared) -> None:
        """Answers at that socket for ever, out of the books in the file at `path`."""


class Company:
    """Listens on a loopback port that stays the same while its file and its process are changed."""

    def __init__(self, shared: Shared, served: Served) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._shared = shared
        self._served = served

    @contextmanager
    def on(self, path: Path) -> Iterator[None]:
        """Serves the books in the file at `path` for as long as the block lasts."""
        pid = processes.start(lambda: self._served.serve(self._socket, path, self._shared))
        try:
            yield
        finally:
            processes.end(pid)

    def close(self) -> None:
        """Gives the port back."""
        self._socket.close()


def listen_at(server: HTTPServer, listening: socket.socket) -> None:
    """A server that was made without a socket of its own answers at this one."""
    server.socket.close()
    server.socket = listening
    server.server_address = listening.getsockname()
    server.server_name, server.server_port = "127.0.0.1", listening.getsockname()[1]


def decline_when_told(shared: Shared) -> None:
    """In the company's process: the bank declines as often as the drill asks."""
    usual = cards.outcome

    def outcome(card_name: str, **how: bool) -> str:
        if shared.declines > 0:
            shared.declines -= 1
            return SOFT_DECLINE
        return usual(card_name, **how)

    cards.outcome = outcome


def books(path: Path) -> list[Charge]:
    """All charges in the company's file, oldest first."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT charges.id, intents.reference, charges.amount_minor, refunded_minor, charges.currency"
            " FROM charges JOIN intents ON intents.id = charges.intent_id ORDER BY charges.rowid"
        )
        return [Charge(*row) for row in rows]


def balances(path: Path) -> dict[str, int]:
    """What the company holds for the shop, by currency."""
    with closing(sqlite3.connect(path)) as connection:
        return dict(
            connection.execute(
                "SELECT currency, SUM(amount_minor - fee_minor) FROM balance_lines GROUP BY currency"
            )
        )


def copy_file(source: Path, target: Path) -> None:
    """Copies an SQLite file that nobody writes to, with what its log still holds."""
    for ending in ("", "-wal", "-shm"):
        Path(f"{target}{ending}").unlink(missing_ok=True)
    shutil.copyfile(source, target)
    log = Path(f"{source}-wal")
    if log.exists():
        shutil.copyfile(log, f"{target}-wal")
