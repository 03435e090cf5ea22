"""Amounts as Stripe counts them, where that is not as ISO 4217 does.

https://docs.stripe.com/currencies#special-cases: ISK and UGX are written with two decimals that must be zero; the
last of three decimals must be zero. HUF and TWD have two decimals in charges (only payouts are whole).
"""

from mainstay.core.errors import MainstayError
from mainstay.core.money import Money, exponent_of

TWO_ZEROS = frozenset({"ISK", "UGX"})


class NotPayable(MainstayError):
    """Stripe can't take or tell this amount."""


def to_stripe(amount: Money) -> int:
    """The `amount` of a request. Raises `NotPayable` for three decimals whose last is not zero."""
    if exponent_of(amount.currency) == 3 and amount.minor % 10:
        raise NotPayable(f"Stripe takes {amount.currency} in steps of 0.010 only.")
    return amount.minor * 100 if amount.currency in TWO_ZEROS else amount.minor


def from_stripe(written: int, currency: str) -> Money:
    """The amount in an answer. Raises `NotPayable` for a part of what has no parts."""
    code = currency.upper()
    if code not in TWO_ZEROS:
        return Money(written, code)
    whole, part = divmod(written, 100)
    if part:
        raise NotPayable(f"{written} is no whole amount of {code}.")
    return Money(whole, code)
