"""All combinations of the crash drill, each with a number of its own that replays it.

A combination's seed is its place in the product of all dimensions: databases, stories, faults, webhook fates,
down-times, who comes back first, and the boundary at which the process is killed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from .databases import KINDS
from .faults import FAULTS, Fault
from .hooks import Fate
from .stories import STORIES, Story

MOST_BOUNDARIES = 400


FATES = tuple(Fate)
DOWN_TIMES = (timedelta(minutes=1), timedelta(hours=30), timedelta(days=10))
FIRST = ("reader", "worker")
_SIZES = (len(KINDS), len(STORIES), len(FAULTS), len(FATES), len(DOWN_TIMES), len(FIRST), MOST_BOUNDARIES)


@dataclass(frozen=True)
class Combination:
    """One combination; `kill_at` 0 lets the process live."""

    kind: str
    story: Story
    fault: Fault
    fate: Fate
    down: timedelta
    first: str
    kill_at: int

    @property
    def seed(self) -> int:
        """The number that replays it."""
        places = (
            KINDS.index(self.kind),
            STORIES.index(self.story),
            FAULTS.index(self.fault),
            FATES.index(self.fate),
            DOWN_TIMES.index(self.down),
            FIRST.index(self.first),
            self.kill_at,
        )
        seed = 0
        for size, place in zip(_SIZES, places, strict=True):
            seed = seed * size + place
        return seed

    def __str__(self) -> str:
        return (
            f"seed {self.seed}: {self.story.name} on {self.kind}, {self.fault}, killed at boundary {self.kill_at},"
            f" webhooks {self.fate}, down for {self.down}, {self.first} first"
        )


def of_seed(seed: int) -> Combination:
    """The combination with that number. Raises `IndexError` when there is none."""
    places = []
    for size in reversed(_SIZES):
        seed, place = divmod(seed, size)
        places.append(place)
    if seed:
        raise IndexError("There is no combination with that seed.")
    kill_at, first, down, fate, fault, story, kind = places
    return Combination(
        KINDS[kind], STORIES[story], FAULTS[fault], FATES[fate], DOWN_TIMES[down], FIRST[first], kill_at
    )


def spread(
    kind: str, story: Story, fault: Fault, fate: Fate, boundaries: int, every: int = len(FATES)
) -> Iterator[Combination]:
    """Every `every`-th boundary of one story with one fault and one fate; down-time and order go round.

    The fates take the boundaries by turns: together they meet each boundary once, and on the other database another
    fate meets it.
    """
    turn = STORIES.index(story) + FAULTS.index(fault) + FATES.index(fate) + KINDS.index(kind)
    for kill_at in range(turn % every, boundaries + 1, every):
        down = DOWN_TIMES[(kill_at // every + turn) % len(DOWN_TIMES)]
        first = FIRST[(kill_at // every // len(DOWN_TIMES) + turn) % len(FIRST)]
        yield Combination(kind, story, fault, fate, down, first, kill_at)
