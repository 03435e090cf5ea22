"""Exact money: integers in minor units and a currency with its ISO 4217 exponent. Never a float.

`Decimal` appears only at the edges, where people read and type amounts.
"""

from dataclasses import dataclass
from decimal import Decimal

from .errors import MainstayError

# ISO 4217 exponents of the currencies that an ask may use. To add one, add its line here; forms, manifests and
# the desk read this table. https://www.six-group.com/en/products-services/financial-information/data-standards.html
EXPONENTS: dict[str, int] = {
    "USD": 2,
    "EUR": 2,
    "GBP": 2,
    "JPY": 0,
    "KWD": 3,
    "ISK": 0,
    "UGX": 0,
    "HUF": 2,
    "TWD": 2,
}

_WHOLE = "BIF CLP DJF GNF KMF KRW PYG RWF VND VUV XAF XOF XPF"
_THOUSANDTHS = "BHD IQD JOD LYD OMR TND"
_HUNDREDTHS = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP"
    " CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB FJD FKP GEL GHS GIP GMD GTQ GYD HKD HNL HTG IDR ILS INR IRR JMD KES KGS"
    " KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB"
    " PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP"
    " TRY TTD TZS UAH UYU UZS VES WST YER ZAR ZMW"
)
KNOWN: dict[str, int] = {
    **EXPONENTS,
    **dict.fromkeys(_WHOLE.split(), 0),
    **dict.fromkeys(_HUNDREDTHS.split(), 2),
    **dict.fromkeys(_THOUSANDTHS.split(), 3),
}
"""Every currency that can be counted in: a company may credit or pay out one in which no reader is asked."""

LARGEST_MINOR = 99_999_999


class UnknownCurrency(MainstayError):
    """A currency code that nobody can count in, or that no ask may use."""

    def __init__(self, code: str) -> None:
        super().__init__(f"{code!r} is not a currency that can be used here ({', '.join(EXPONENTS)}).")


class MixedCurrencies(MainstayError):
    """Two amounts of different currencies were added or compared."""

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"Amounts in {one} and {other} can't be added or compared.")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of a currency: `Money(500, "USD")` is five dollars."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"Minor units are whole numbers, not {type(self.minor).__name__}.")
        exponent_of(self.currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, exact."""
        return Decimal(self.minor).scaleb(-exponent_of(self.currency))

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise MixedCurrencies(self.currency, other.currency)
        return other.minor


def exponent_of(currency: str) -> int:
    """How many decimals a currency has (ISO 4217). Raises `UnknownCurrency`."""
    try:
        return KNOWN[currency]
    except KeyError:
        raise UnknownCurrency(currency) from None
