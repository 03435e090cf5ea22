"""Amounts, days and months as the reader of a page writes them."""

from datetime import date

from babel.dates import format_date, format_skeleton
from django.utils.translation import get_language

from mainstay.core.amounts import show_amount
from mainstay.core.money import Money
from mainstay.letters.facts import long_day


def amount(money: Money) -> str:
    """ "$5" or "7,50 €", in the page's language."""
    return show_amount(money, _language())


def exact(money: Money) -> str:
    """ "$5.00", and a true minus before what is less than nothing: for columns of figures."""
    return show_amount(money, _language(), all_decimals=True).replace("-", "\N{MINUS SIGN}")


def minor(value: object, currency: object) -> str:
    """Minor units as an amount; an empty word when the history row does not tell them."""
    if not isinstance(value, int) or not isinstance(currency, str):
        return ""
    return amount(Money(value, currency))


def day(value: "date | str | None") -> str:
    """ "14 June 2026" in the page's language; ISO text is read first."""
    moment = date.fromisoformat(value) if isinstance(value, str) and value else value
    return long_day(moment, _language()) if isinstance(moment, date) else ""


def short_day(value: date) -> str:
    """ "14 Jun 2026" in the page's language, for narrow tables."""
    return format_date(value, "medium", locale=_language())


def month(value: date) -> str:
    """ "Jun 2026" in the page's language."""
    return str(format_skeleton("yMMM", value, locale=_language()))


def _language() -> str:
    return (get_language() or "en").replace("-", "_")
