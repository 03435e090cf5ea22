"""The adapter with a real company behind it, for this folder's tests."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any, cast

import pytest

from mainstay.contributions.port import AccountConfig, Method, Order, RemoteFact, Source
from mainstay.core.money import Money
from mainstay_sandbox.conftest import SHOP, Company
from mainstay_sandbox.controls import Controls

from .adapter import Sandbox, make

HASTY_SECONDS = 0.8
"""A deadline that a held answer misses. A busy machine may miss it too: only where a fault is provoked."""


@dataclass
class Desk:
    """One account seen from both sides: the adapter's, and the company's own switches."""

    processor: Sandbox
    hasty: Sandbox
    company: Company
    keys: Any = field(default_factory=count)

    @property
    def controls(self) -> Controls:
        """The company's switches."""
        return self.company.controls

    def key(self) -> str:
        """A key that was not used before."""
        return f"v1:test:{next(self.keys)}"

    def prepared(self, minor: int = 500, currency: str = "USD", reference: str = "c1:1") -> str:
        """A remote object without money. Returns its id."""
        metadata = {"contribution": "c1", "number": "1"}
        order = Order(Money(minor, currency), reference, metadata, save_method=True)
        return self.processor.prepare(order, self.key()).remote_id

    def execute(self, remote_id: str, number: str = "4242424242424242", key: str = "") -> RemoteFact:
        """Pays with a practice card, the reader present."""
        source = Source(token=self.company.token(number))
        return self.processor.execute(remote_id, source, key or self.key(), "http://127.0.0.1/back", True)

    def renew(self, remote_id: str, method: Method) -> RemoteFact:
        """Pays with a saved card, the reader absent."""
        return self.processor.execute(
            remote_id, Source(method=method), self.key(), "http://127.0.0.1/back", False
        )

    def paid(self, number: str = "4242424242424242", **changes: Any) -> RemoteFact:
        """A payment that went well, looked up."""
        remote_id = self.prepared(**changes)
        self.execute(remote_id, number)
        return self.processor.look_up(remote_id)


@pytest.fixture
def desk(company: Company) -> Desk:
    """An account with two webhook secrets."""
    return Desk(adapter(company), adapter(company, deadline_seconds=HASTY_SECONDS), company)


def adapter(company: Company, api_key: str = SHOP.secret_key, **settings: Any) -> Sandbox:
    """The adapter of the shop's account, as the registry makes it."""
    settings = {
        "address": company.address,
        "public_key": SHOP.publishable_key,
        **settings,
    }
    secrets = {"api_key": api_key, "webhook_secrets": ["old", "new"]}
    return cast(Sandbox, make(AccountConfig(settings, secrets)))
