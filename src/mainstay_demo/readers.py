"""The invented readers of two years: who gives what, when, with which practice card. Chance with a fixed seed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

Thing = TypeVar("Thing")

GOOD_CARDS = (
    ("4242424242424242", 30),
    ("4000002760000016", 16),
    ("5555555555554444", 12),
    ("4000008260000000", 10),
    ("4000002680000005", 8),
    ("4000003920000003", 2),
)
SHORT_OF_MONEY_LATER, EXPIRES_LATER = "4000000000000341", "4000000000000770"
DECLINED = "4000000000000002"
ANY_CARD = (*GOOD_CARDS, (SHORT_OF_MONEY_LATER, 5), (EXPIRES_LATER, 3))

FREQUENCIES = (("once", 40), ("monthly", 48), ("annual", 12))
CURRENCIES = (("USD", 78), ("EUR", 17), ("GBP", 5))
AMOUNTS = {
    "once": ((1000, 20), (2000, 22), (2500, 20), (5000, 20), (10000, 8), (1500, 10)),
    "monthly": ((200, 14), (300, 10), (500, 40), (1000, 24), (2000, 8), (750, 4)),
    "annual": ((3000, 20), (5000, 40), (6000, 20), (10000, 16), (25000, 4)),
}
MAIL_SHARE = {"once": 0.1, "monthly": 0.2, "annual": 0.85}
LANGUAGES = (("en", 62), ("ru", 30), ("ar", 8))
SECTIONS = (("world", 40), ("border", 25), ("prices", 20), ("culture", 15))

BUSY_MONTHS = {4: 2.2, 12: 2.0, 6: 0.7, 7: 0.6, 8: 0.7}
STOPS_A_MONTH = 0.035
PAUSES_A_MONTH = 0.006
REFUND_SHARE = 0.012
DECLINED_FIRST_SHARE = 0.04


@dataclass(frozen=True)
class Reader:
    """One invented reader who gives on one day."""

    frequency: str
    currency: str
    amount_minor: int
    card: str
    language: str
    mail: str
    section: str
    variant: str
    declined_first: bool


class Readers:
    """Draws readers and what they do; the same seed draws the same."""

    def __init__(self, seed: int, scale: float) -> None:
        """`scale` 1 is the whole history; less makes fewer readers."""
        self.chance = random.Random(seed)
        self.scale = scale
        self._number = 0

    def givers(self, day: date, part: float) -> list[Reader]:
        """Who gives on this day; `part` (0 to 1) of the history has passed, and the newsroom has grown with it."""
        rate = self.scale * (0.16 + 0.34 * part) * BUSY_MONTHS.get(day.month, 1.0)
        count = sum(self.chance.random() < rate / 4 for _turn in range(4))
        return [self._reader() for _turn in range(count)]

    def some(self, things: list[str], share: float) -> list[str]:
        """Each of the things with this chance."""
        return [thing for thing in things if self.chance.random() < share]

    def _reader(self) -> Reader:
        self._number += 1
        frequency = self._pick(FREQUENCIES)
        with_mail = self.chance.random() < MAIL_SHARE[frequency]
        return Reader(
            frequency=frequency,
            currency=self._pick(CURRENCIES),
            amount_minor=self._pick(AMOUNTS[frequency]),
            card=self._pick(ANY_CARD if frequency == "monthly" else GOOD_CARDS),
            language=self._pick(LANGUAGES),
            mail=f"reader-{self._number}@letters.example" if with_mail else "",
            section=self._pick(SECTIONS),
            variant=self.chance.choice(("a", "b")),
            declined_first=self.chance.random() < DECLINED_FIRST_SHARE,
        )

    def _pick(self, weighted: Sequence[tuple[Thing, int]]) -> Thing:
        things = [thing for thing, _weight in weighted]
        return self.chance.choices(things, [weight for _thing, weight in weighted])[0]
