"""Positive controls: each deliberate bug of `bugs.py` must be caught by a drill. One that is not fails the run."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from . import bugs, combinations, processes, races, sharing, years
from .bugs import Bug
from .crash import lab
from .faults import Fault, Spoiled
from .hooks import Fate
from .report import Report
from .stories import STORIES

SEEDS = (
    *range(years.FIRST_TINY_SEED, years.FIRST_TINY_SEED + 3),
    *range(years.FIRST_SMALL_SEED, years.FIRST_SMALL_SEED + 12),
)
"""The tiny ones first: most bugs show in them, at a third of the cost."""
RACES = 5
NO_FAULT = Fault(Spoiled.NOTHING)
Catch = Callable[[Bug], str]


def by_crash(fault: Fault, fate: Fate = Fate.LOST) -> Catch:
    """The crash drill on SQLite with this fault, story after story and boundary after boundary."""

    def catch(bug: Bug) -> str:
        with lab("sqlite", "") as made:
            made.bug = bug
            for story in STORIES:
                boundaries = len(made.rehearse(story, fault, fate))
                for one in combinations.spread("sqlite", story, fault, fate, boundaries, every=2):
                    found = made.drill(one).differences
                    if found:
                        return f"crash, seed {one.seed}: {found[0]}"
        return ""

    return catch


def by_years(bug: Bug) -> str:
    """Tiny simulated years, then small ones."""
    for result in years.share(list(SEEDS), bug):
        if result["differences"]:
            return f"years, seed {result['seed']}: {result['differences'][0]}"
    return ""


def by_races(bug: Bug) -> str:
    """The races on PostgreSQL, a few times."""
    _counts, found = races.race(bug, RACES)
    return f"races: {found[0]}" if found else ""


@dataclass(frozen=True)
class Control:
    """A bug, and the drill that must catch it."""

    bug: Bug
    catch: Catch

    @property
    def name(self) -> str:
        """The bug in a few words."""
        return self.bug.__name__.replace("_", " ")


CONTROLS = (
    Control(bugs.timeout_is_failure, by_crash(Fault(Spoiled.TIMEOUT_AFTER))),
    Control(bugs.unknown_is_tried_anew, by_crash(Fault(Spoiled.TIMEOUT_AFTER))),
    Control(bugs.new_key_on_each_try, by_crash(NO_FAULT)),
    Control(bugs.no_transaction_around_the_outcome, by_crash(NO_FAULT)),
    Control(bugs.receipt_after_the_commit, by_crash(NO_FAULT)),
    Control(bugs.lease_without_end, by_crash(NO_FAULT)),
    Control(bugs.webhook_is_believed, by_crash(Fault(Spoiled.DECLINE), Fate.TWICE)),
    Control(bugs.date_from_the_last_date, by_years),
    Control(bugs.float_amounts, by_years),
    Control(bugs.refund_without_a_lock, by_races),
    Control(bugs.claim_by_skip_locked_alone, by_races),
)


def run(part: float = 1.0) -> Report:
    """All controls; a part of them still takes each kind of catch."""
    chosen = CONTROLS if part >= 0.5 else [CONTROLS[0], CONTROLS[7], CONTROLS[9]]
    results = sharing.shared("controls", lambda number, parts: _share(chosen[number::parts]))
    counts: dict[str, int | float] = {"deliberate bugs": len(results)}
    counts |= {f"caught: {result['name']}": int(bool(result["caught"])) for result in results}
    missed = [f"Nobody noticed the bug: {result['name']}." for result in results if not result["caught"]]
    for result in results:
        print(f"  {result['name']}: {result['caught'] or 'NOT CAUGHT'}")
    return Report("controls", counts, missed)


def _share(controls: Sequence[Control]) -> Iterator[dict[str, str]]:
    """One control after the other, each in a process of its own: a process is set up for one laboratory."""
    with tempfile.TemporaryDirectory(prefix="mainstay-drill-") as folder:
        for control in controls:
            caught = processes.run(
                partial(control.catch, control.bug), Path(folder) / "caught", longest_seconds=0
            )
            yield {"name": control.name, "caught": caught}
