"""What an invariant is. Each is a function that yields one sentence for each fault, reading in flat memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

Faults = Iterator[str]
Row = TypeVar("Row")
CHUNK_ROWS = 500
"""As many as one question to either database may name."""


def chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """The rows in lists of 500: one question for each list instead of one for each row."""
    while chunk := list(islice(rows, CHUNK_ROWS)):
        yield chunk


@dataclass(frozen=True)
class Invariant:
    """One thing that must always be true. `name` is I1 to I15, `says` the sentence that holds."""

    name: str
    says: str
    faults: Callable[[], Faults]


@dataclass(frozen=True)
class Finding:
    """What came of one invariant: its first faults, none when it holds."""

    invariant: Invariant
    faults: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.faults
