"""What an account has agreed with the company, and how its practice money behaves. Tests and shops set it over HTTP."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from mainstay_sandbox import money
from mainstay_sandbox.addresses import origin_of
from mainstay_sandbox.errors import Refused
from mainstay_sandbox.wire import Answer, Call, expect_only

DAY_SECONDS = 24 * 60 * 60
LONGEST_WAIT_SECONDS = 400 * DAY_SECONDS
MOST_SECRETS = 3

SUCCEED = "succeed"
PENDING_THEN_SUCCEED = "pending_then_succeed"
PENDING_THEN_FAIL = "pending_then_fail"
SUCCEED_THEN_FAIL = "succeed_then_fail"
REFUND_FATES = (SUCCEED, PENDING_THEN_SUCCEED, PENDING_THEN_FAIL, SUCCEED_THEN_FAIL)
MANUAL, DAILY = "manual", "daily"


@dataclass(frozen=True)
class Settings:
    """An account's settings; every one can be left as it is."""

    settlement_currency: str = ""
    """The currency charges are credited in; empty: the charge's own."""
    rates: Mapping[str, str] = field(default_factory=dict)
    """For each currency that is exchanged, how much of the settlement currency one of it is: `{"USD": "0.92"}`."""
    fee_after_seconds: int = 0
    """How long after a charge its fee is known and taken."""
    find_after_seconds: int = 0
    """How old a payment must be to be found by its reference: lists of real companies lag behind."""
    refunds: str = SUCCEED
    refunds_after_seconds: int = 2 * DAY_SECONDS
    debits_after_seconds: int = 3 * DAY_SECONDS
    """How long a bank debit is pending."""
    returns_after_seconds: int = 14 * DAY_SECONDS
    """How long after a bank debit succeeded it can come back."""
    payouts: str = MANUAL
    payouts_after_seconds: int = 2 * DAY_SECONDS
    payouts_fail: bool = False
    webhook_url: str = ""
    webhook_secrets: tuple[str, ...] = ()
    """Each webhook is signed once with each: the old and the new one while a secret is replaced."""


def of_account(connection: sqlite3.Connection, account_id: str) -> Settings:
    """An account's settings."""
    (text,) = connection.execute("SELECT settings FROM accounts WHERE id = ?", (account_id,)).fetchone()
    values = json.loads(text)
    return Settings(**{**values, "webhook_secrets": tuple(values.get("webhook_secrets", ()))})


def show(call: Call) -> Answer:
    """`GET /v1/test/settings`."""
    return Answer(200, asdict(of_account(call.connection, call.caller.account_id)), "")


def change(call: Call) -> Answer:
    """`POST /v1/test/settings`: the named ones change, the others stay."""
    expect_only(call, *(one.name for one in fields(Settings)))
    for name, value in call.parameters.items():
        if not _fits(name, value):
            raise Refused(422, "parameter_not_accepted", f"{name} does not take that value.")
    changed = replace(of_account(call.connection, call.caller.account_id), **call.parameters)
    call.connection.execute(
        "UPDATE accounts SET settings = ? WHERE id = ?", (json.dumps(asdict(changed)), call.caller.account_id)
    )
    return Answer(200, asdict(changed), "The settings of the practice account were changed")


def settled_minor(agreed: Settings, amount_minor: int, currency: str) -> tuple[int, str]:
    """What a charge is credited as: an amount in minor units, rounded half up, and its currency."""
    to = agreed.settlement_currency
    if not to or to == currency or currency not in agreed.rates:
        return amount_minor, currency
    return money.exchanged(amount_minor, currency, to, Decimal(agreed.rates[currency])), to


def _fits(name: str, value: Any) -> bool:
    if name.endswith("_seconds"):
        return type(value) is int and 0 <= value <= LONGEST_WAIT_SECONDS
    checks: dict[str, Callable[[], bool]] = {
        "settlement_currency": lambda: value == "" or value in money.EXPONENTS,
        "rates": lambda: isinstance(value, dict) and all(_is_rate(*pair) for pair in value.items()),
        "refunds": lambda: value in REFUND_FATES,
        "payouts": lambda: value in (MANUAL, DAILY),
        "payouts_fail": lambda: isinstance(value, bool),
        "webhook_url": lambda: value == "" or (isinstance(value, str) and origin_of(value) is not None),
        "webhook_secrets": lambda: _are_secrets(value),
    }
    return checks[name]()


def _is_rate(currency: str, rate: Any) -> bool:
    try:
        return currency in money.EXPONENTS and isinstance(rate, str) and 0 < Decimal(rate) < 1_000_000
    except InvalidOperation:
        return False


def _are_secrets(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= MOST_SECRETS
        and all(isinstance(one, str) and 0 < len(one) <= 200 for one in value)
    )
