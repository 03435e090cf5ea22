"""Which adapter is drilled, before which company: the practice company's own, Stripe's, or PayPal's."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import httpx

from . import card_sides
from .company import Charge, Event, Served


class Side(Served, Protocol):
    """One adapter, and how its company is reached, tells its news and keeps its books."""

    @property
    def processor(self) -> str:
        """The adapter's folder."""

    @property
    def secrets(self) -> Mapping[str, Any]:
        """What the account's part of the secrets file holds."""

    def settings(self, address: str) -> dict[str, Any]:
        """The account's settings, for a company at that address."""

    def token(self, address: str) -> str:
        """What a reader's browser brings from the company to *Pay*: a card's token, or nothing."""

    def call_name(self, request: httpx.Request) -> str:
        """What a call is for. See `company.PREPARE` and `company.EXECUTE`."""

    def events(self, path: Path) -> list[Event]:
        """All news so far, oldest first."""

    def headers(self, body: bytes, moment: float, address: str) -> dict[str, str]:
        """The signature of a webhook that a company at that address sends at that moment."""

    def books(self, path: Path) -> list[Charge]:
        """All charges in the company's file, oldest first."""

    def balances(self, path: Path) -> dict[str, int]:
        """What the company holds for the shop, by currency."""


PRACTICE: Side = card_sides.PRACTICE
STRIPE: Side = card_sides.STRIPE
_drilled = [PRACTICE]


def drilled() -> Side:
    """The side that is drilled now, in this process and those that it forks."""
    return _drilled[-1]


@contextmanager
def of(one: Side) -> Iterator[None]:
    """Drills another side for as long as the block lasts."""
    _drilled.append(one)
    try:
        yield
    finally:
        _drilled.pop()
