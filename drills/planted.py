"""Planted supporters: every value that a reader gives away, made so that it can be found again wherever it lies.

Each value begins with random digits of its own, so that four characters of it tell one supporter from another.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

from stdnum import iban

CARDS = {
    "5555555555554444": "FR",
    "4000002760000016": "DE",
    "4000003920000003": "JP",
    "4000002680000005": "GE",
}
"""Practice cards that are approved, and the country of each."""
GUESSABLE = ("mail", "name", "address", "postcode", "ip", "user agent", "referrer", "note", "account number")
"""What a dictionary holds: of these a hash is as good as the value."""


@dataclass(frozen=True)
class Planted:
    """One supporter. `values` are by attribute; the code is known only once the thank-you page has shown it."""

    number: int
    values: Mapping[str, str]
    card_number: str

    @property
    def country(self) -> str:
        """The card's country."""
        return CARDS[self.card_number]

    @property
    def headers(self) -> dict[str, str]:
        """What the browser says of itself with each request."""
        return {
            "user-agent": self.values["user agent"],
            "referer": self.values["referrer"],
            "x-forwarded-for": self.values["ip"],
            "x-real-ip": self.values["ip"],
        }

    @property
    def unasked(self) -> dict[str, str]:
        """What nobody asks for, and a browser or a stranger's form sends all the same."""
        names = {"name": "name", "street": "address", "postcode": "postcode", "note": "note"}
        return {field: self.values[attribute] for field, attribute in names.items()}


def supporters(how_many: int, seed: int) -> Iterator[Planted]:
    """The same ones for the same seed."""
    for number in range(how_many):
        yield _one(number, Random(seed * 1_000_003 + number))


def _one(number: int, chance: Random) -> Planted:
    def mark(digits: int = 10) -> str:
        return f"{chance.getrandbits(4 * digits):0{digits}x}"

    groups = ":".join(f"{chance.randrange(0x1000, 0x10000):x}" for _ in range(4))
    values = {
        "mail": f"{mark()}.heron@{mark(4)}.planted.example",
        "name": f"{mark()} Éowyn Heron",
        "address": f"{mark()} Quiet Lane {chance.randrange(1, 99)}",
        "postcode": f"{mark(6)}-{chance.randrange(1000, 9999)}",
        "ip": f"2001:db8:{groups}::{chance.randrange(1, 255):x}",
        "user agent": f"{mark()}/7.1 (Planted; U; Heron)",
        "referrer": f"https://{mark()}.planted.example/why?i=read",
        "note": f"{mark()}, with love to all of you",
        "card": f"{mark()}fingerprint",
        "account number": _account_number(chance),
    }
    return Planted(number, values, list(CARDS)[number % len(CARDS)])


def _account_number(chance: Random) -> str:
    """An IBAN as Lithuanian banks have them: sixteen digits, all of them random here."""
    digits = f"{chance.randrange(10**16):016}"
    return f"LT{iban.calc_check_digits(f'LT00{digits}')}{digits}"
