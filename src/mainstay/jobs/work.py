"""What a kind of due work is. Rooms describe theirs; `cli` hands the list to the worker."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class DueWork:
    """One kind of work that the worker does.

    `find(now, limit)` names at most `limit` things to do; `do(thing, now)` does one. Claiming is `do`'s own affair,
    so that two workers may find the same thing and only one does it. `workers` is 1 for what is done one after the
    other; more means as many at once as the worker has threads.
    """

    name: str
    find: Callable[[datetime, int], Sequence[Any]]
    do: Callable[[Any, datetime], None]
    batch: int = 100
    workers: int = 4
