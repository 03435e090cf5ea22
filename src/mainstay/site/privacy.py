"""What is kept of a reader, for readers: made of `privacy_map.toml`, which the tests hold against the tables.

The map says of each field what it tells, who can read it and how long it lives, each in one word. Here every word has a
sentence for readers. A word that the map has and this page hasn't is shown with the map's own sentence, never left out.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MAP_FILE = Path(__file__).resolve().parents[3] / "privacy_map.toml"
Words = Mapping[str, str | Promise]

CLASSES: Words = {
    "sealed": _("What could lead to you"),
    "promise": _("What you promised, and how it went"),
    "money": _("What happened to money"),
    "fingerprint": _("Fingerprints of long random secrets"),
    "working": _("What is under way just now"),
    "published": _("What everybody can read, such as the message and its amounts"),
    "house": _("What is about the newsroom and its accounts"),
    "staff": _("What staff did, under pseudonyms"),
}
"""In the order of the page: first what concerns a reader most."""

EXPLAINED: Words = {
    "sealed": _(
        "Your mail address if you left one, your saved card, your name and account number if you signed a direct debit,"
        " the payment company’s numbers. It is encrypted before it is stored, by a program that can’t decrypt it."
    ),
    "promise": _("Amounts and days. Not who you are."),
    "money": _("Amounts and days. Not whose it was."),
    "fingerprint": _(
        "Of your code, for one. It can be compared with; nobody can make the secret of it again."
    ),
    "working": _(
        "Moments, the payment company’s numbers for a payment that isn’t finished, and what you wrote with a bank"
        " transfer until it is known what it is for."
    ),
}
NOT_ABOUT_READERS = ("published", "house", "staff")

READERS: Words = {
    "people key": _("Encrypted. Only a program that a person has unlocked with a passphrase can read it."),
    "collection key": _("Encrypted. Only the program that collects the payments you promised can read it."),
    "month key": _(
        "Encrypted with a key that is destroyed after that month. From then on nobody can read it."
    ),
    "database": _("Whoever has our database can read it."),
    "nobody": _("Nobody can read it, not even we."),
}
LIVES: Words = {
    "hour": _("an hour or two"),
    "sent": _("until the letter has gone"),
    "reminded": _("until the reminder has gone, or you call it off"),
    "resolved": _("until the matter is settled, at most 35 days"),
    "settled": _("35 days after the matter is settled"),
    "moved": _("35 days after your promise was moved here"),
    "detached": _("until the payment company has forgotten the card"),
    "saved": _("until your bank has said whether the card may be saved"),
    "promise": _("until you remove it, or your promise has ended and nothing is open any more"),
    "mandate": _("until your promise has ended and its last direct debit is 13 months old"),
    "debit": _("13 months, as long as your bank may send a direct debit back"),
    "thirteen months": _("13 months; then nothing connects the payment with you any more"),
    "alarm": _("until what it warned of is over"),
    "worker": _("a week"),
    "session": _("eight hours"),
    "staff": _("until that member of staff leaves"),
    "newsroom": _("as long as the newsroom is here"),
    "books": _("as long as the books, which the law asks us to keep"),
    "ever": _("always"),
}


@dataclass(frozen=True)
class Kept:
    """One kind of thing that is kept: what it tells, and by whom it can be read for how long.

    What is not about readers has no more than its name.
    """

    what: str | Promise
    explained: str | Promise
    read_by: list[tuple[str | Promise, list[str | Promise]]]


def what_is_kept(privacy_map: Mapping[str, Any]) -> list[Kept]:
    """Everything on the map, by kind, in the order of the page; kinds without a sentence here come last."""
    own = privacy_map["words"]
    kinds: dict[str, dict[str, set[str]]] = {}
    for field in _fields(privacy_map):
        kinds.setdefault(field["class"], {}).setdefault(field["reader"], set()).add(field["life"])
    return [
        Kept(
            _say(CLASSES, own["class"], kind),
            EXPLAINED.get(kind, ""),
            [] if kind in NOT_ABOUT_READERS else _read_by(kinds[kind], own),
        )
        for kind in _in_order(CLASSES, kinds)
    ]


def _read_by(
    found: Mapping[str, set[str]], own: Mapping[str, Mapping[str, str]]
) -> list[tuple[str | Promise, list[str | Promise]]]:
    return [
        (
            _say(READERS, own["reader"], reader),
            [_say(LIVES, own["life"], life) for life in _in_order(LIVES, found[reader])],
        )
        for reader in _in_order(READERS, found)
    ]


@cache
def the_map() -> dict[str, Any]:
    """The map of this version of the program."""
    return tomllib.loads(MAP_FILE.read_text(encoding="utf-8"))


def _fields(privacy_map: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    for room, tables in privacy_map.items():
        if room != "words":
            for fields in tables.values():
                yield from fields.values()


def _in_order(words: Words, found: "set[str] | Mapping[str, Any]") -> list[str]:
    return [word for word in words if word in found] + sorted(set(found) - set(words))


def _say(words: Words, own: Mapping[str, str], word: str) -> str | Promise:
    return words.get(word) or own[word]
