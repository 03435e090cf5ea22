"""A line of a bank statement, as both formats give it, and what makes it the same line in another file."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, Overflow

from django.utils.translation import gettext as _

from mainstay.core.errors import MainstayError
from mainstay.core.money import KNOWN

LARGEST_FILE_BYTES = 2_000_000
LARGEST_LINES = 20_000
LARGEST_MINOR = 10**15
LARGEST_TEXT = 200


class BadStatement(MainstayError):
    """A file that is no bank statement, or not one that can be read. Nothing of it is kept."""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement on the account. `amount_minor` is never negative; `outgoing` says which way it went.

    `country` is the first two letters of the payer's account number, which itself is read past, as is the name.
    `fingerprint` is the same wherever the same movement is told again, and different for two alike in one file.
    """

    day: date
    amount_minor: int
    currency: str
    outgoing: bool
    text: str
    """What the payer wrote, and a structured reference if there is one."""
    country: str = ""
    return_code: str = ""
    """Why it came back (AC04: account closed), for a movement that undoes another."""
    end_to_end: str = ""
    """What whoever asked for the movement calls it: of a direct debit, our own reference."""
    own: tuple[str, ...] = ()
    """What the bank itself calls the movement."""
    fingerprint: str = ""


def minor_units(written: Decimal, currency: str) -> int:
    """An amount in minor units, signed. A currency that we don't count in has two decimals, as nearly all have.

    Raises `ValueError` for an amount that is finer than its currency, or beyond any that there is.
    """
    try:
        minor = written.scaleb(KNOWN.get(currency, 2))
    except Overflow:
        raise ValueError(f"{written} {currency}") from None
    if not minor.is_finite() or minor != minor.to_integral_value() or abs(minor) > LARGEST_MINOR:
        raise ValueError(f"{written} {currency}")
    return int(minor)


def numbered(lines: Iterable[StatementLine]) -> Iterator[StatementLine]:
    """The lines with their fingerprints. No name and no account number goes into one: it could be guessed.

    What the payer wrote does, and many write their name: so a fingerprint is not kept for long (`collection.tidying`).
    """
    seen: Counter[str] = Counter()
    for count, line in enumerate(lines):
        if count >= LARGEST_LINES:
            raise BadStatement(_("The file has more than 20,000 lines. Export shorter periods."))
        told = (line.day.isoformat(), str(line.amount_minor), line.currency, str(line.outgoing), line.text)
        content = "\x1f".join((*told, line.return_code, *line.own))
        seen[content] += 1
        whole = f"{content}\x1f{seen[content]}".encode()
        hashed = hashlib.blake2b(whole, digest_size=32, person=b"bank-line").hexdigest()
        yield replace(line, fingerprint=hashed)
