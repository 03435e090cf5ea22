"""Amounts: whole minor units and an ISO currency, what the company accepts, and its fee."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from mainstay_sandbox.errors import Refused

EXPONENTS = {"USD": 2, "EUR": 2, "GBP": 2, "JPY": 0, "KWD": 3, "ISK": 0, "UGX": 0, "HUF": 2, "TWD": 2}
"""Currencies accepted, with the number of their decimals (ISO 4217)."""

LARGEST_AMOUNT_MINOR = 99_999_999
LEAST_PAYMENT_MINOR = {
    "USD": 50,
    "EUR": 50,
    "GBP": 30,
    "JPY": 50,
    "KWD": 150,
    "ISK": 70,
    "UGX": 2000,
    "HUF": 17_500,
    "TWD": 1600,
}
FEE_PER_THOUSAND = 29
FIXED_FEE_MINOR = {
    "USD": 30,
    "EUR": 30,
    "GBP": 30,
    "JPY": 30,
    "KWD": 90,
    "ISK": 40,
    "UGX": 1100,
    "HUF": 10_000,
    "TWD": 1000,
}
DISPUTE_FEE_MINOR = {
    "USD": 1500,
    "EUR": 1500,
    "GBP": 1500,
    "JPY": 1500,
    "KWD": 4500,
    "ISK": 2000,
    "UGX": 55_000,
    "HUF": 540_000,
    "TWD": 48_000,
}
RETURN_FEE_MINOR = {
    "USD": 400,
    "EUR": 350,
    "GBP": 350,
    "JPY": 400,
    "KWD": 1200,
    "ISK": 550,
    "UGX": 15_000,
    "HUF": 140_000,
    "TWD": 12_500,
}
"""What a bank debit that comes back costs."""


def check_currency(value: Any) -> str:
    """The currency, or 422 `currency_not_accepted`."""
    if not isinstance(value, str) or value not in EXPONENTS:
        accepted = ", ".join(EXPONENTS)
        raise Refused(422, "currency_not_accepted", f"The currency must be one of {accepted}.")
    return value


def check_amount(value: Any) -> int:
    """The amount in minor units, or 422 `amount_not_accepted` (a boolean or a fraction is no amount)."""
    if type(value) is not int or not 0 < value <= LARGEST_AMOUNT_MINOR:
        raise Refused(
            422,
            "amount_not_accepted",
            f"amount_minor must be a whole number from 1 to {LARGEST_AMOUNT_MINOR}.",
        )
    return value


def check_payment(value: Any, currency: str) -> int:
    """An amount that can be asked of a reader, or 422 `amount_not_accepted` or `amount_under_minimum`."""
    amount_minor = check_amount(value)
    least = LEAST_PAYMENT_MINOR[currency]
    if amount_minor < least:
        raise Refused(422, "amount_under_minimum", f"The least payment is {written(least, currency)}.")
    return amount_minor


def exchanged(amount_minor: int, currency: str, to: str, rate: Decimal) -> int:
    """An amount in the minor units of another currency, rounded half up. One of `currency` is `rate` of `to`."""
    exact = Decimal(amount_minor).scaleb(EXPONENTS[to] - EXPONENTS[currency]) * rate
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def share(part_minor: int, whole_minor: int, of_minor: int) -> int:
    """The same share of another amount: `part / whole` of it, rounded half up."""
    return (2 * part_minor * of_minor + whole_minor) // (2 * whole_minor)


def fee_minor(amount_minor: int, currency: str) -> int:
    """The company's fee on a charge: 2.9 % rounded half up, and a fixed part."""
    return (amount_minor * FEE_PER_THOUSAND + 500) // 1000 + FIXED_FEE_MINOR[currency]


def written(amount_minor: int, currency: str, decimal_mark: str = ".") -> str:
    """An amount for people: `5.00 USD`, `500 JPY`, `1.500 KWD`."""
    exponent = EXPONENTS[currency]
    if exponent == 0:
        return f"{amount_minor} {currency}"
    whole, part = divmod(amount_minor, 10**exponent)
    return f"{whole}{decimal_mark}{part:0{exponent}d} {currency}"
