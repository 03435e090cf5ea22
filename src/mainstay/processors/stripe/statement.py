"""The name on bank statements: what it will read like, and what is wrong with it.

https://docs.stripe.com/get-started/account/statement-descriptors
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

LONGEST, SHORTEST = 22, 5
LONGEST_PREFIX, SHORTEST_PREFIX = 10, 2
BETWEEN = "* "
FORBIDDEN = frozenset("<>\\'\"*")


@dataclass(frozen=True, slots=True)
class StatementName:
    """The account's settings at Stripe: the whole name, and the short one that stands before a suffix."""

    whole: str
    prefix: str


def read_statement(body: Mapping[str, Any]) -> StatementName:
    """The names in an account as Stripe shows it."""
    settings = body["settings"]
    return StatementName(
        whole=settings["payments"]["statement_descriptor"] or "",
        prefix=settings["card_payments"]["statement_descriptor_prefix"] or "",
    )


def shown(name: StatementName, suffix: str = "") -> str:
    """What a card's statement reads: with a suffix, the prefix and the suffix; else the whole name."""
    return f"{name.prefix}{BETWEEN}{suffix}" if suffix else name.whole


def problems(name: StatementName, suffix: str = "") -> list[str]:
    """Why Stripe would refuse the name, in sentences; none when it is good."""
    found = [] if suffix else _wrong_characters(name.whole)
    if suffix and not SHORTEST_PREFIX <= len(name.prefix) <= LONGEST_PREFIX:
        found.append(gettext("The prefix must have 2 to 10 characters."))
    if suffix:
        found += _wrong_characters(suffix)
    longest_first = len(shown(name, suffix))
    if longest_first > LONGEST or (not suffix and longest_first < SHORTEST):
        found.append(gettext("The name must have 5 to 22 characters, with prefix and suffix together."))
    return found


def _wrong_characters(text: str) -> list[str]:
    found = []
    if not text.isascii() or not text.isprintable():
        found.append(gettext("Only Latin letters, digits and plain signs can stand on a statement."))
    if FORBIDDEN & set(text):
        found.append(gettext("These signs are not allowed: < > \\ ' \" *"))
    if not any(letter.isascii() and letter.isalpha() for letter in text):
        found.append(gettext("There must be at least one Latin letter."))
    return found
