"""The crash drill: the program is killed at each commit and each call, with every fault, and must end as if not."""

import math
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

from . import boundaries, combinations, databases, faults, processes, scene, sharing
from .bugs import Bug
from .combinations import Combination
from .company import BOOKS, Company, Shared, copy_file
from .hooks import LATE_BY, Courier, Fate
from .judging import Facts, copies, differences, facts, waiting
from .report import Report
from .side import drilled
from .stories import STORIES, Story

TOKENS = 4
KEPT = ("cookies", "mails", "hooks")
"""Files of what is outside the program and outlives it: the reader's browser, the mail server, the webhooks brought."""
WAITS = tuple(
    timedelta(minutes=minutes)
    for minutes in (0, 3, 5, 10, 40, 120, 360, 720, 1440, 1440, 1440, 2880, 2880, 2880)
)
"""Between the worker's passes once the program is back: ten days in all, more than any look-up or retry waits."""

QUICK_PART = 0.1
"""Below it, more laboratories would cost more than they drill."""
BOOKED_AFTER = timedelta(seconds=5)
"""A company answers before the payment stands in its books."""


@dataclass
class Outcome:
    """What became of one combination."""

    seed: int
    differences: list[str]
    killed: bool
    copies: int
    errors: list[str] = field(default_factory=list)


class Lab:
    """One company, one clock and one set of databases, on which combinations are drilled one after the other."""

    def __init__(self, kind: str, folder: Path, made: databases.Databases) -> None:
        self.kind = kind
        self.folder = folder
        self.databases = made
        self.shared = Shared(scene.BEGUN.timestamp())
        self.company = Company(self.shared, drilled())
        self.answer = folder / "answer.json"
        self.books = folder / BOOKS
        scene.set_up(folder, self.shared, made.url("founded"))
        made.empty("founded")
        processes.run(self._found, self.answer, longest_seconds=0)
        self.ring = scene.unlocked_ring()
        self._moments: dict[str, float] = {}
        self._rehearsed: dict[Any, list[str]] = {}
        self.bug: Bug | None = None
        for story in STORIES:
            self._prepare(story)
            self._warm(story)

    def _found(self) -> None:
        databases.use(self.databases.url("founded"))
        scene.found(self.company.address)

    def _prepare(self, story: Story) -> None:
        """What was before a story, kept as a template of all that it touched."""
        name = _plain(story.name)
        self.databases.copy("founded", name)
        self._clean()
        with self.company.on(self.books):
            tokens = self._tokens()
            self.shared.moment = scene.BEGUN.timestamp()
            processes.run(lambda: self.in_child(name, lambda told: story.prepare(told, tokens)), self.answer)
        for kept in (BOOKS, *KEPT):
            if (self.folder / kept).exists():
                copy_file(self.folder / kept, self.folder / f"{name}.{kept}")
        self._moments[name] = self.shared.moment

    def _warm(self, story: Story) -> None:
        """Tells the story once in this process, so that its forked children find everything loaded."""
        self.stage(story)
        with self.company.on(self.books):
            tokens = self._tokens()
            self.in_child("now", lambda told: story.act(told, tokens))
        databases.leave()

    def _clean(self) -> None:
        for path in self.folder.glob(f"{BOOKS}*"):
            path.unlink()
        for name in KEPT:
            (self.folder / name).unlink(missing_ok=True)

    def _tokens(self) -> list[str]:
        return [drilled().token(self.company.address) for _turn in range(TOKENS)]

    def in_child(self, name: str, work: Any) -> Any:
        """`work` with a scene on that database: in a forked process, but for warming."""
        databases.use(self.databases.url(name))
        told = scene.Scene(self.shared, self.folder, self.ring)
        with scene.listening(told.errors):
            return work(told)

    def stage(self, story: Story) -> None:
        """Everything as it was before the story."""
        name = _plain(story.name)
        self._clean()
        self.databases.copy(name, "now")
        for kept in (BOOKS, *KEPT):
            if (self.folder / f"{name}.{kept}").exists():
                copy_file(self.folder / f"{name}.{kept}", self.folder / kept)
        self.shared.moment = self._moments[name]

    def rehearse(self, story: Story, fault: faults.Fault, fate: Fate) -> list[str]:
        """The boundaries that the story has with that fault, when nobody kills it."""
        known = (story.name, fault, fate.prompt)
        if known not in self._rehearsed:
            self.stage(story)
            with self.company.on(self.books):
                faults.arm(fault, self.shared)
                told = processes.run(lambda: self._acting(story, fault, fate, 0, self._tokens()), self.answer)
            self._rehearsed[known] = [str(name) for name in told]
        return self._rehearsed[known]

    def _spoil(self) -> None:
        """In a drilled child: the deliberate bug of a positive control."""
        if self.bug:
            self.bug()

    def _courier(self, fate: Fate) -> Courier:
        return Courier(self.books, self.folder / "hooks", fate)

    def _acting(self, story: Story, fault: faults.Fault, fate: Fate, kill_at: int, tokens: list[str]) -> Any:
        counted = boundaries.Boundaries(kill_at, self._last_words)
        spoiled = faults.spoiling(fault, self.shared)

        def send(transport: Any, request: Any) -> Any:
            """Prompt webhooks overtake the answer to the call that caused them."""
            try:
                return spoiled(transport, request)
            finally:
                if fate.prompt and request.method == "POST":
                    self._courier(fate).deliver(self.shared.moment)

        def act(told: scene.Scene) -> list[str]:
            self._spoil()
            boundaries.watch(counted, send)
            story.act(told, tokens)
            return counted.names

        return self.in_child("now", act)

    def combinations(self, part: float) -> Iterator[Combination]:
        """Each boundary with each fault, or about that part of them: always the same ones.

        A part of 1 meets each boundary once, with one of the fates of webhooks; a part of 5 with all five.
        """
        dice, share = random.Random("crash"), math.sqrt(min(part, 1.0))
        every = max(1, round(len(combinations.FATES) / max(part, 1.0)))
        groups = list(product(STORIES, faults.FAULTS, combinations.FATES))
        for story, fault, fate in _some(groups, share, dice):
            boundaries = len(self.rehearse(story, fault, fate))
            spread = combinations.spread(self.kind, story, fault, fate, boundaries, every)
            yield from _some(list(spread), share, dice)

    def drill(self, one: Combination) -> Outcome:
        """Plays one combination and judges it."""
        self.stage(one.story)
        with self.company.on(self.books):
            tokens = self._tokens()
            faults.arm(one.fault, self.shared)
            self._last_words.unlink(missing_ok=True)
            acting = partial(self._acting, one.story, one.fault, one.fate, one.kill_at, tokens)
            names = processes.run(acting, self.answer)
            self.shared.moment += one.down.total_seconds()
            told = Facts(**processes.run(lambda: self._recovering(one, self._tokens()), self.answer))
        declines = int(one.fault.spoiled == faults.Spoiled.DECLINE)
        found = differences(told, self.books, one.story.charges, declines)
        twice = copies(told)
        if twice > self._in_the_gap_of_mail():
            found.append(f"{twice} mails went out twice, and not in the gap that mail leaves.")
        return Outcome(one.seed, found, names is None, twice, told.errors)

    @property
    def _last_words(self) -> Path:
        return self.folder / "last_words"

    def _in_the_gap_of_mail(self) -> bool:
        """Whether the process died between the mail server's answer and our commit of it."""
        before = self._last_words.read_text(encoding="utf-8").split("\n") if self._last_words.exists() else []
        return before[-1:] == ["after mail"] or before[-2:] == ["after mail", "before commit"]

    def _recovering(self, one: Combination, tokens: list[str]) -> Any:
        def recover(told: scene.Scene) -> dict[str, Any]:
            self._spoil()
            boundaries.watch(boundaries.Boundaries(), faults.spoiling(one.fault, self.shared))
            finished = False
            for wait in WAITS:
                told.pass_time(wait)
                self._courier(one.fate).deliver(self.shared.moment)
                finished = _one_round(one, told, tokens)
                if finished:
                    break
            if one.fate == Fate.LATE:
                self._late_webhooks(told)
            told.pass_time(BOOKED_AFTER)
            return facts(told.errors, finished)

        return self.in_child("now", recover)

    def _late_webhooks(self, told: scene.Scene) -> None:
        """What arrives when everything is settled changes nothing."""
        told.pass_time(LATE_BY)
        self._courier(Fate.LATE).deliver(self.shared.moment)
        told.work()


def _one_round(one: Combination, told: scene.Scene, tokens: list[str]) -> bool:
    """Reader and worker, in the combination's order; whether all is settled now."""
    if one.first == "worker":
        told.work()
    one.story.come_back(told, tokens)
    told.work()
    return waiting() == 0 and one.story.finished(told)


def run(part: float = 1.0, kinds: Sequence[str] = databases.KINDS) -> Report:
    """Each boundary with each fault, or a part of them, on these databases."""
    outcomes = _outcomes(part, kinds)
    counts: Counter[str] = Counter(
        {"combinations": len(outcomes), "processes killed": sum(one["killed"] for one in outcomes)}
    )
    for one in outcomes:
        known = combinations.of_seed(one["seed"])
        counts[f"combinations on {known.kind}"] += 1
        counts[f"combinations of a {known.story.name}"] += 1
        counts["mails that went out twice, in the gap that mail leaves"] += one["copies"]
        counts["errors that the program logged"] += len(one["errors"])
    found = [
        f"{combinations.of_seed(one['seed'])}: {difference}"
        for one in outcomes
        for difference in one["differences"]
    ]
    return Report("crash", dict(counts), found)


def _outcomes(part: float, kinds: Sequence[str]) -> list[dict[str, Any]]:
    """The databases side by side, each shared by as many processes as there are cores; by one when there is little."""
    each = 1 if part < QUICK_PART else sharing.CORES
    with ExitStack() as servers:
        places = [(kind, servers.enter_context(databases.server(kind))) for kind in kinds]

        def share(number: int, parts: int) -> Iterator[dict[str, Any]]:
            kind, url = places[number % len(places)]
            return _share(kind, url, part, number // len(places), each)

        return sharing.shared("crash", share, parts=each * len(places))


def _share(kind: str, url: str, part: float, number: int, parts: int) -> Iterator[dict[str, Any]]:
    """What one of several processes drills: every `parts`-th combination, in a laboratory of its own."""
    with lab(kind, url) as made:
        for one in list(made.combinations(part))[number::parts]:
            yield asdict(made.drill(one))


def _some(things: list[Any], share: float, dice: random.Random) -> list[Any]:
    return dice.sample(things, max(1, round(len(things) * share)))


def replay(seed: int) -> Report:
    """One combination again, with what was killed and what was found."""
    one = combinations.of_seed(seed)
    print(one)
    with databases.server(one.kind) as url, lab(one.kind, url) as made:
        names = made.rehearse(one.story, one.fault, one.fate)
        for place, name in enumerate(names, 1):
            print(f"  {place:>3} {name}{'   <- killed here' if place == one.kill_at else ''}")
        outcome = made.drill(one)
    for error in outcome.errors:
        print(f"  logged: {error}")
    return Report("crash", {"killed": int(outcome.killed)}, outcome.differences)


def _plain(name: str) -> str:
    return name.replace(" ", "_")


@contextmanager
def lab(kind: str, url: str) -> Iterator[Lab]:
    """A laboratory for one kind of database. What it made vanishes afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="mainstay-drill-", dir=quick_folder()))
    try:
        with databases.databases(kind, folder, url) as made:
            yield Lab(kind, folder, made)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def quick_folder() -> str | None:
    """A folder in memory, where there is one: a killed process loses nothing that it wrote to a file."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() else None
