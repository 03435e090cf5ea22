"""Amounts as PayPal writes them: decimal text. https://developer.paypal.com/api/rest/reference/currency-codes/"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from mainstay.core.errors import MainstayError
from mainstay.core.money import EXPONENTS, Money, exponent_of

CURRENCIES = tuple(sorted({"USD", "EUR", "GBP", "JPY", "HUF", "TWD"} & set(EXPONENTS)))
WHOLE = frozenset({"HUF", "JPY", "TWD"})
"""Currencies without decimals at PayPal, whatever ISO 4217 says."""


class NotPayable(MainstayError):
    """An amount that PayPal can't take exactly."""

    def __init__(self, amount: Money) -> None:
        super().__init__(f"PayPal takes {amount.currency} in whole units only, or not at all.")


def written(amount: Money) -> dict[str, str]:
    """`{"currency_code", "value"}`. Raises `NotPayable`."""
    value, currency = amount.decimal, amount.currency
    if currency not in CURRENCIES or (currency in WHOLE and value != value.to_integral_value()):
        raise NotPayable(amount)
    return {"currency_code": currency, "value": f"{value:.{0 if currency in WHOLE else 2}f}"}


def read(body: Mapping[str, Any]) -> Money:
    """The amount in `{"currency_code", "value"}`; raises what a wrong body raises."""
    currency = body["currency_code"]
    minor = Decimal(body["value"]).scaleb(exponent_of(currency))
    if minor != minor.to_integral_value():
        raise ValueError("More decimals than the currency has.")
    return Money(int(minor), currency)
