"""Whose account may be debited, as a reader types it. The number is checked here and goes nowhere before that.

Accounts outside the European Economic Area are not taken: for those the scheme asks for a postal address too.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _
from stdnum import iban as account_number

from mainstay.core.errors import MainstayError

LONGEST_NAME = 70
LONGEST_TYPED = 60
REACHED = frozenset(
    (
        *("AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV"),
        *("LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE", "IS", "LI", "NO"),
    )
)
"""Countries whose accounts can be debited with a name alone."""


class BadHolder(MainstayError):
    """What was typed is no account that can be debited. `field` is "holder" or "iban"."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True, repr=False)
class Holder:
    """The owner of an account and its number. Never printed: it has no text form of its own."""

    name: str
    iban: str

    @property
    def country(self) -> str:
        """The country of the account, the first two letters of its number."""
        return self.iban[:2]

    @property
    def is_reached(self) -> bool:
        """Whether an account of this country can be debited."""
        return self.country in REACHED


def read_holder(name: str, iban: str) -> Holder:
    """The account behind two typed texts. Raises `BadHolder`. Whether it can be reached is asked after its country."""
    tidy = " ".join(name.split())
    if not 2 <= len(tidy) <= LONGEST_NAME or not re.search(r"[^\W\d_]{2}", tidy):
        raise BadHolder("holder", _("Please write the name as your bank has it. Nothing was charged."))
    compact = account_number.compact(re.sub(r"[\s.-]", "", iban[:LONGEST_TYPED])).upper()
    if not account_number.is_valid(compact):
        raise BadHolder(
            "iban", _("This account number has a typing mistake. Please compare it. Nothing was charged.")
        )
    return Holder(tidy, compact)
