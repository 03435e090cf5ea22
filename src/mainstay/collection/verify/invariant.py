"""What an invariant is. Each is a function that yields one sentence for each fault, reading in flat memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

Faults = Iterator[str]


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
