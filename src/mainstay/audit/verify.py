"""Checking the log against itself, and against a head that was written down elsewhere.

The chain alone shows an edit, a deletion or a reordering inside it. Lines cut off at the end, or a chain that was
computed anew from some line on, look whole: only a head that lies outside the database tells of those.
"""

import re
from dataclasses import dataclass

from mainstay.core.errors import MainstayError

from .log import FIRST, hash_of
from .models import AuditLine

_HEAD = re.compile(r"(\d+)\s+([0-9a-f]{64})")
_GROUP = 8


class BadHead(MainstayError):
    """Text that is no head of the log."""

    def __init__(self) -> None:
        super().__init__(
            "A head is a line's number and eight groups of eight letters: give it as it was printed."
        )


@dataclass(frozen=True, slots=True)
class Head:
    """The last line of the log: its number and its hash, which stands for every line before it."""

    number: int
    hash: str

    def __str__(self) -> str:
        """As it is printed: groups that can be read aloud."""
        groups = (self.hash[place : place + _GROUP] for place in range(0, len(self.hash), _GROUP))
        return f"{self.number} {' '.join(groups)}"


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place where the log is not what it was, and why."""

    number: int
    why: str

    def __str__(self) -> str:
        return f"Line {self.number}: {self.why}."


def head() -> Head:
    """The present head; number 0 while the log is empty."""
    last = AuditLine.objects.order_by("-number").values_list("number", "hash").first()
    return Head(*last) if last else Head(0, FIRST)


def read_head(text: str) -> Head:
    """The head that was printed, spaces and capitals as they come. Raises `BadHead`."""
    number, _, groups = text.strip().partition(" ")
    found = _HEAD.fullmatch(f"{number} {''.join(groups.split()).lower()}")
    if found is None:
        raise BadHead
    return Head(int(found[1]), found[2])


def first_difference(known: Head | None = None) -> Difference | None:
    """The first line that does not follow, or `None`. `known` is a head that was printed earlier.

    Reads the whole log, line by line, in constant memory.
    """
    previous, number = FIRST, 0
    for line in AuditLine.objects.order_by("number").iterator(chunk_size=1_000):
        why = _why_wrong(line, number, previous, known)
        if why:
            return Difference(number + 1, why)
        previous, number = line.hash, line.number
    if known and known.number > number:
        return Difference(number + 1, f"the log ends before it, but line {known.number} was there")
    return None


def _why_wrong(line: AuditLine, number: int, previous: str, known: Head | None) -> str:
    """Why `line` can't be the one after line `number`; empty when it can."""
    if line.number != number + 1:
        return f"it is missing, line {line.number} comes next"
    if line.previous != previous:
        return "it does not follow from the line before it"
    if line.hash != hash_of(line):
        return "its content was changed"
    if known and known.number == line.number and known.hash != line.hash:
        return "it is another line than the one whose head was printed"
    return ""
