"""Reading an amount that a person typed, and writing one for a person to read.

Both are pure. What was typed is never corrected silently: it is either one exact amount or a named problem.
"""

import re
import unicodedata
from decimal import Decimal
from enum import StrEnum

from babel import Locale
from babel.numbers import format_currency, get_currency_symbol

from .errors import MainstayError
from .money import EXPONENTS, LARGEST_MINOR, Money, exponent_of

_TYPED = re.compile(r"(?P<whole>\d{1,12})(?:[.,](?P<part>\d{1,6}))?", re.ASCII)
LEFT_TO_RIGHT_MARK = "\u200e"
_CURRENCY_WORDS = {
    "$": "USD",
    "US$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "￥": "JPY",
    "₽": "RUB",
    "РУБ.": "RUB",
    "РУБ": "RUB",
    "РУБЛЕЙ": "RUB",
}
"""Signs and words that people type beside an amount; also of currencies that are not counted here, to say just that."""


class AmountProblem(StrEnum):
    """What is wrong with a typed amount."""

    EMPTY = "empty"
    NOT_A_NUMBER = "not_a_number"
    NEGATIVE = "negative"
    TOO_MANY_DECIMALS = "too_many_decimals"
    OTHER_CURRENCY = "other_currency"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"


class BadAmount(MainstayError):
    """A typed amount that can't be taken; `problem` says why, the page says it in the reader's language."""

    def __init__(self, problem: AmountProblem) -> None:
        super().__init__(f"The amount can't be taken: {problem.value}.")
        self.problem = problem


def read_amount(typed: str, currency: str) -> Money:
    """The exact amount that a person typed, in `currency`.

    "1.50", "1,50", "١٫٥٠", "$1.50" and "1 500" are read; "1.005" in dollars, "-1", "" and "ten" raise `BadAmount`.
    A group separator followed by three digits ("1,500") is read as decimals, and so refused where the currency
    has fewer: better to ask than to charge a thousand times too much or too little.
    """
    text = _plain_digits(typed)
    text = _without_currency(text, currency)
    if not text:
        raise BadAmount(AmountProblem.EMPTY)
    if text.startswith(("-", "\u2212")):
        raise BadAmount(AmountProblem.NEGATIVE)
    match = _TYPED.fullmatch(text)
    if match is None:
        raise BadAmount(_why_not(text))
    return _exact(match["whole"], match["part"] or "", currency)


def _exact(whole: str, part: str, currency: str) -> Money:
    exponent = exponent_of(currency)
    if len(part) > exponent:
        raise BadAmount(AmountProblem.TOO_MANY_DECIMALS)
    minor = int(whole + part.ljust(exponent, "0"))
    if minor > LARGEST_MINOR:
        raise BadAmount(AmountProblem.TOO_LARGE)
    return Money(minor, currency)


def _why_not(text: str) -> AmountProblem:
    return AmountProblem.TOO_LARGE if text.isascii() and text.isdigit() else AmountProblem.NOT_A_NUMBER


def _plain_digits(typed: str) -> str:
    """ASCII digits for any script's, "." for the Arabic decimal separator, no spaces."""
    kept = []
    for character in typed[:60]:
        if character.isdecimal():
            kept.append(str(unicodedata.decimal(character)))
        elif character == "\u066b":
            kept.append(".")
        elif not character.isspace() and unicodedata.category(character) != "Cf":
            kept.append(character)
    return "".join(kept)


def _without_currency(text: str, currency: str) -> str:
    upper = text.upper()
    for word, code in [*_CURRENCY_WORDS.items(), *((code, code) for code in EXPONENTS)]:
        if upper.startswith(word) or upper.endswith(word):
            if code != currency:
                raise BadAmount(AmountProblem.OTHER_CURRENCY)
            return text[len(word) :] if upper.startswith(word) else text[: -len(word)]
    return text


def within(amount: Money, smallest: Money, largest: Money) -> Money:
    """The same amount if it lies between the two, else `BadAmount` (too small, too large)."""
    if amount < smallest:
        raise BadAmount(AmountProblem.TOO_SMALL)
    if largest < amount:
        raise BadAmount(AmountProblem.TOO_LARGE)
    return amount


def typed_form(amount: Money) -> str:
    """The amount as one would type it into a field: "5", "7.50"."""
    value = amount.decimal
    whole = value == value.to_integral_value()
    return str(int(value)) if whole else f"{value:.{exponent_of(amount.currency)}f}"


def show_amount(amount: Money, language: str, *, all_decimals: bool = False) -> str:
    """The amount as people of that language write it (CLDR), without needless zeros: "$5", "7,50 €".

    `all_decimals` is for columns of a table, where "$5.00" stands above "$7.50".

    In a language written from the right, the sign is kept beside its letters ("US$") by an invisible mark after it.
    """
    value = amount.decimal
    whole = value == value.to_integral_value() and not all_decimals
    digits = 0 if whole else exponent_of(amount.currency)
    locale = Locale.parse(language.replace("-", "_"))
    shown = value.quantize(Decimal(1).scaleb(-digits))
    pattern = _pattern(locale, amount.currency, digits)
    text = format_currency(shown, amount.currency, format=pattern, locale=locale, currency_digits=False)
    symbol = get_currency_symbol(amount.currency, locale)
    return text.replace(symbol, symbol + LEFT_TO_RIGHT_MARK) if locale.text_direction == "rtl" else text


def _pattern(locale: Locale, currency: str, digits: int) -> str:
    """The language's own pattern with so many decimals; letters ("KWD") stand apart from the number (CLDR's rule)."""
    decimals = f".{'0' * digits}" if digits else ""
    pattern: str = re.sub(r"\.0+", decimals, locale.currency_formats["standard"].pattern)
    if get_currency_symbol(currency, locale)[-1:].isalpha():
        pattern = re.sub("\u00a4(?=[#0])", "\u00a4\u00a0", pattern)
    return pattern
