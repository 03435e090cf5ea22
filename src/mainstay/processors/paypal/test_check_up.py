"""What PayPal is asked before an account takes money, against a local server that speaks as PayPal does."""

from collections.abc import Iterator
from typing import Any

import pytest

from mainstay.contributions.port import AccountConfig
from mainstay.processors.check_up import AccountFacts
from tests.contract.shapes.paypal import expect_shapes

from .check_up import look
from .example_account import CLIENT_ID, CLIENT_SECRET, WEB_ID, Account, Break
from .example_server import running_paypal
from .webhook import FOLLOWED

HOOK = "https://give.farshore.example/hooks/paypal/one/"
OURS = {"id": "WH-1", "url": HOOK, "event_types": [{"name": name} for name in sorted(FOLLOWED)]}


@pytest.fixture
def paypal() -> Iterator[Account]:
    with running_paypal() as account:
        account.hooks = [{**OURS, "id": "WH-0", "url": "https://elsewhere.example/"}, OURS]
        account.withdraw("1.00", "USD")
        account.withdraw("1.00", "EUR")
        yield account
        expect_shapes(account.heard)


def asked(paypal: Account, *, web: str = WEB_ID, **settings: Any) -> AccountFacts:
    told = {"address": paypal.address, "webhook_ids": ["WH-1"], "deadline_seconds": 5, **settings}
    secrets = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    return look(AccountConfig(told, secrets), AccountConfig(told, {**secrets, "client_id": web}), HOOK)


def test_an_account_that_is_ready(paypal: Account) -> None:
    assert asked(paypal) == AccountFacts(
        live=False, web_key_is_restricted=True, hook_is_known=True, takes=("EUR", "USD")
    )


@pytest.mark.parametrize("url", [HOOK[:-1], "https://give.farshore.example/hooks/paypal/two/"])
def test_another_address_is_not_ours(paypal: Account, url: str) -> None:
    paypal.hooks = [{**OURS, "url": url}]
    assert asked(paypal).hook_is_known is False


def test_a_webhook_whose_id_we_do_not_have_can_not_be_believed(paypal: Account) -> None:
    assert asked(paypal, webhook_ids=["WH-0"]).hook_is_known is False


def test_an_event_that_nobody_would_tell_us_of_is_named(paypal: Account) -> None:
    few = [one for one in OURS["event_types"] if one != {"name": "CUSTOMER.DISPUTE.CREATED"}]
    paypal.hooks = [{**OURS, "event_types": few}]
    assert asked(paypal).problems == ("The webhook isn’t told of CUSTOMER.DISPUTE.CREATED.",)
    paypal.hooks = [{**OURS, "event_types": [{"name": "*"}]}]
    assert asked(paypal).problems == ()


def test_an_app_that_reads_the_books_is_for_a_person_to_weigh(paypal: Account) -> None:
    assert asked(paypal, web=CLIENT_ID).web_key_is_restricted is None


def test_what_is_not_answered_stays_unknown(paypal: Account) -> None:
    paypal.breaks.append((lambda heard: heard.path.endswith("/webhooks"), Break.ERROR_AFTER))
    assert asked(paypal) == AccountFacts(live=False, trouble="PayPal answered 500.")


def test_live_is_told_by_the_address() -> None:
    assert look(AccountConfig({}, {}), None, HOOK) == AccountFacts(
        live=True, trouble="The PayPal account lacks 'client_id'."
    )
