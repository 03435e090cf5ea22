"""The name on bank statements: what it will read like, what is wrong with it, and whether Stripe still has it.

https://docs.stripe.com/get-started/account/statement-descriptors. The name must be the publisher's true trading name; a
neutral one does not hide the merchant number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

LONGEST, SHORTEST = 22, 5
LONGEST_PREFIX, SHORTEST_PREFIX = 10, 2
BETWEEN = "* "
FORBIDDEN = frozenset("<>\\'\"*")
TELLING = ("charity", "donat", "gift", "journal", "media", "moscow", "news", "novosti", "press", "support")
"""Parts of words that tell whoever looks at the statement what was paid for."""


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


def warnings(text: str, legal_name: str, newsroom_words: Sequence[str] = ()) -> list[str]:
    """What staff should know of a name that Stripe would take. `newsroom_words` are its names and domains."""
    found = []
    plain = "".join(text.lower().split())
    if not _of_legal_name(text, legal_name):
        found.append(
            gettext("This does not look like the legal name. It must be the publisher's true trading name.")
        )
    telling = [word for word in (*TELLING, *newsroom_words) if "".join(word.lower().split()) in plain]
    if telling:
        found.append(
            gettext("Whoever sees the statement can tell from it what was paid for: %(words)s.")
            % {"words": ", ".join(telling)}
        )
    found.append(
        gettext("A neutral name does not hide the merchant number: the bank always knows who was paid.")
    )
    return found


def _of_legal_name(text: str, legal_name: str) -> bool:
    """Whether each word of the name begins, or is begun by, a word of the legal name run together or apart."""
    together = "".join(letter for letter in legal_name.lower() if letter.isalnum())
    words = ["".join(letter for letter in word if letter.isalnum()) for word in text.lower().split()]
    return all(word in together for word in words if word)


def drifted(expected: str, name: StatementName, suffix: str = "") -> str:
    """The alarm when Stripe shows another name than the newsroom tells its readers; empty when they agree."""
    now = shown(name, suffix)
    if now.casefold() == expected.casefold():
        return ""
    return gettext("Bank statements now read “%(now)s”, but readers are told “%(expected)s”.") % {
        "now": now,
        "expected": expected,
    }
