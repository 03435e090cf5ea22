"""A real server on a free port, a clock that tests move, and a client that speaks HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from mainstay_sandbox.accounts import AccountKeys
from mainstay_sandbox.controls import Controls
from mainstay_sandbox.near import running_company
from mainstay_sandbox.store import Store

SHOP = AccountKeys("The Far Shore", "sk_shop", "rk_shop", "pk_shop")
OTHER_SHOP = AccountKeys("Another shop", "sk_other", "rk_other", "pk_other")
START = 1_800_000_000
CLIENT = httpx.Client(timeout=30, trust_env=False)
"""Shared: to make one costs more than a call."""
EXPIRY = {"exp_month": 12, "exp_year": 2030}


@dataclass
class Clock:
    """The company's clock."""

    now: float = START

    def __call__(self) -> float:
        return self.now


@dataclass
class Company:
    """The running company, spoken to as a shop speaks to it."""

    address: str
    clock: Clock
    store: Store
    key: str = SHOP.secret_key
    secret: str = SHOP.secret_key
    restricted: str = SHOP.restricted_key
    publishable: str = SHOP.publishable_key
    numbers: Iterator[int] = field(default_factory=count)

    def call(self, method: str, path: str, *, key: str | None = None, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {key or self.key}", **options.pop("headers", {})}
        return CLIENT.request(method, self.address + path, headers=headers, **options)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.call("GET", path, **options)

    def post(self, path: str, body: dict[str, Any] | None = None, **options: Any) -> httpx.Response:
        """A POST under a new Idempotency-Key, or under `once`."""
        once = options.pop("once", None) or f"key-{next(self.numbers)}"
        return self.call("POST", path, json=body or {}, headers={"Idempotency-Key": once}, **options)

    def token(self, number: str = "4242424242424242", **changes: Any) -> str:
        cvc = "1234" if number.startswith("3") else "123"
        body = {"number": number, "cvc": cvc, **EXPIRY, **changes}
        answer = self.call("POST", "/v1/tokens", key=SHOP.publishable_key, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def intent(self, **changes: Any) -> str:
        body = {"amount_minor": 500, "currency": "USD", "reference": "r1", **changes}
        answer = self.post("/v1/intents", body)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def confirm(self, intent: str, *, once: str | None = None, **body: Any) -> httpx.Response:
        return self.post(f"/v1/intents/{intent}/confirm", body, once=once)

    def paid(self, number: str = "4242424242424242", **changes: Any) -> dict[str, Any]:
        answer = self.confirm(self.intent(**changes), token=self.token(number))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def read(self, intent: str) -> dict[str, Any]:
        return self.get(f"/v1/intents/{intent}").json()

    @property
    def controls(self) -> Controls:
        """The switches of the shop's account."""
        return Controls(self.address, SHOP.secret_key)

    def sentences(self) -> list[str]:
        return [row["what"] for row in self.get("/v1/calls?limit=500").json()["data"]]


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    clock = Clock()
    with running_company(tmp_path / "sandbox.sqlite3", (SHOP, OTHER_SHOP), clock) as (address, store):
        yield Company(address, clock, store)
