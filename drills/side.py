"""Which adapter is drilled: the practice company's own, or Stripe's before the same company in Stripe's protocol."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from mainstay_sandbox.app import Application
from mainstay_sandbox.stripe_face import StripeFace
from mainstay_sandbox.stripe_objects import event as stripe_event
from mainstay_sandbox.webhooks import body_of, sign

SECRET = "whsec_drill"


@dataclass(frozen=True)
class Side:
    """One adapter, and how its company is reached and tells its news."""

    processor: str
    application: type[Application]
    signature: str
    body: Callable[[sqlite3.Row], bytes]

    def headers(self, body: bytes, moment: float) -> dict[str, str]:
        """The signature of a webhook that is sent at that moment: Stripe's is made like the practice company's."""
        return {self.signature: sign([SECRET], int(moment), body)}


def _own(row: sqlite3.Row) -> bytes:
    return json.dumps(body_of(row)).encode()


def _stripes(row: sqlite3.Row) -> bytes:
    return json.dumps(stripe_event({**body_of(row), "number": row["number"]})).encode()


PRACTICE = Side("sandbox", Application, "Sandbox-Signature", _own)
STRIPE = Side("stripe", StripeFace, "Stripe-Signature", _stripes)
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
