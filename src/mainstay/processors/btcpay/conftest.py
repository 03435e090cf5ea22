"""A store behind the adapter, for this folder's tests."""

from collections.abc import Iterator
from typing import cast

import pytest

from mainstay.contributions.port import AccountConfig
from tests.contract.shapes.btcpay import expect_shapes

from .adapter import Btcpay, make
from .example_server import KEY, SECRET, STORE, Greenfield, running


@pytest.fixture
def server() -> Iterator[Greenfield]:
    """The server. At the end nothing that it was asked may differ from the published description."""
    with running() as store:
        yield store
        expect_shapes(store.asked)


@pytest.fixture
def btcpay(server: Greenfield) -> Btcpay:
    """The adapter with its own deadline."""
    return adapter(server)


def adapter(server: Greenfield, **more: object) -> Btcpay:
    """The adapter of the store, as the registry makes it."""
    settings = {"address": server.address, "store_id": STORE, **more}
    secrets = {"api_key": KEY, "webhook_secrets": ["new", SECRET]}
    return cast(Btcpay, make(AccountConfig(settings, secrets)))
