"""What a BTCPay Server is asked before readers are shown its invoices."""

from typing import Any

import pytest

from mainstay.contributions.port import AccountConfig
from mainstay.processors.check_up import AccountFacts

from .check_up import WEB, WORKER, look
from .example_server import KEY, STORE, WEB_KEY, Greenfield

HOOK = "https://give.farshore.example/hooks/btcpay/one/"


@pytest.fixture
def ready(server: Greenfield) -> Greenfield:
    server.permissions = {KEY: [f"{one}:{STORE}" for one in WORKER], WEB_KEY: sorted(WEB)}
    server.hooks = [{"id": "H1", "url": HOOK, "enabled": True}]
    return server


def asked(server: Greenfield, **settings: Any) -> AccountFacts:
    told = {"address": server.address, "store_id": STORE, "deadline_seconds": 5, **settings}
    return look(AccountConfig(told, {"api_key": KEY}), AccountConfig(told, {"api_key": WEB_KEY}), HOOK)


def test_a_store_that_is_ready(ready: Greenfield) -> None:
    assert asked(ready) == AccountFacts(statement="", web_key_is_restricted=True, hook_is_known=True)


@pytest.mark.parametrize("more", ["unrestricted", "btcpay.store.canmodifystoresettings"])
def test_a_key_of_the_web_that_may_do_more_is_seen(ready: Greenfield, more: str) -> None:
    ready.permissions[WEB_KEY].append(more)
    assert asked(ready).web_key_is_restricted is False


def test_what_the_worker_lacks_is_named(ready: Greenfield) -> None:
    ready.permissions[KEY].remove(f"btcpay.store.canmanagepullpayments:{STORE}")
    assert asked(ready).problems == ("The worker’s key lacks btcpay.store.canmanagepullpayments.",)


@pytest.mark.parametrize("change", [{"url": f"{HOOK}two/"}, {"enabled": False}])
def test_another_hook_or_one_that_is_off_is_not_ours(ready: Greenfield, change: dict[str, Any]) -> None:
    ready.hooks = [{**ready.hooks[0], **change}]
    assert asked(ready).hook_is_known is False


def test_a_key_that_may_not_see_hooks_leaves_it_to_a_person(ready: Greenfield) -> None:
    ready.before = lambda method, path: (403, {"code": "missing-permission"}) if "webhooks" in path else None
    assert asked(ready).hook_is_known is None


def test_a_store_that_is_not_there_is_told(ready: Greenfield) -> None:
    found = asked(ready, store_id="Other")
    assert (found.trouble, found.hook_is_known) == ("The BTCPay Server answered 404.", None)
