"""Simulated years: random readers, faults, outages and clock steps drive the real code, judged every day.

A simulation follows from its seed alone, ids included. Seeds 1 to 999 are of full size, those from 1000 on small.
"""

import random
import secrets
import shutil
import tempfile
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from mainstay_sandbox.accounts import add_account
from mainstay_sandbox.app import Application
from mainstay_sandbox.store import Store

from . import company, databases, invariants, processes, scene, sharing
from .bugs import Bug
from .crash import quick_folder
from .judging import verified
from .readers import Crowd
from .report import Report
from .weather import Weather

FIRST_SMALL_SEED = 1000
FIRST_TINY_SEED = 2000
PASSES_A_DAY = 4
VERIFIED_EVERY_DAYS = 7
"""`mainstay verify` reads everything; the invariants that faults can break are judged every day besides."""
QUIET_DAYS = 45
"""After the last fault, before the final judgement: longer than any retry, look-up or lapse takes."""


PASSES_AT_LEAST_EVERY_DAYS = 3
"""How often the worker passes, to ask for news and compare the books, while nobody acts and nothing is due."""
SOMETHING_DUE = """
    SELECT EXISTS (SELECT 1 FROM contributions_installment WHERE next_action_at <= %(now)s)
        OR EXISTS (SELECT 1 FROM contributions_installment WHERE next_try_on <= %(today)s)
        OR EXISTS (SELECT 1 FROM letters_letter WHERE next_action_at <= %(now)s)
        OR EXISTS (SELECT 1 FROM collection_refund WHERE next_action_at <= %(now)s)
        OR EXISTS (SELECT 1 FROM collection_hint WHERE next_action_at <= %(now)s)
        OR EXISTS (SELECT 1 FROM collection_detachment WHERE next_action_at <= %(now)s)
        OR EXISTS (SELECT 1 FROM contributions_contribution WHERE resume_on <= %(today)s AND state = 'paused')
        OR EXISTS (SELECT 1 FROM contributions_contribution
            WHERE next_due_date <= %(today)s AND state IN ('active', 'failing'))
"""


@dataclass(frozen=True)
class Size:
    """How long a simulation lasts, and how many readers it has."""

    contributions: int
    days: int


FULL, SMALL, TINY = Size(500, 730), Size(50, 425), Size(20, 80)


def size_of(seed: int) -> Size:
    """The size that belongs to a seed."""
    if seed >= FIRST_TINY_SEED:
        return TINY
    return SMALL if seed >= FIRST_SMALL_SEED else FULL


class Simulation:
    """One seed: its dice, its newsroom, its company and its calendar."""

    def __init__(self, seed: int, folder: Path, shared: company.Shared, ring: Any) -> None:
        self.size = size_of(seed)
        self.dice = random.Random(seed)
        self.scene = scene.Scene(shared, folder, ring)
        self.moment = scene.BEGUN.timestamp()
        self.books = folder / "company.sqlite3"
        store = Store(self.books)
        add_account(store, company.SHOP)
        application = Application(store, lambda: self.moment)
        self.near = NearCompany(application)
        self.weather = Weather(random.Random(seed + 1), httpx.WSGITransport(app=application))
        self.counts: Counter[str] = Counter()
        self.crowd = Crowd(self.dice, None, self.near)

    def run(self) -> dict[str, Any]:
        """Plays all days; stops at the first day with a difference."""
        from mainstay.newsrooms.models import Newsroom

        self.weather.blow()
        self.weather.decline_sometimes()
        self.crowd.newsroom = Newsroom.objects.get(slug=scene.SLUG)
        self.crowd.invite(self.size.contributions, self.size.days * 9 // 10)
        found: list[str] = []
        with scene.listening(self.scene.errors):
            for day in range(self.size.days + QUIET_DAYS):
                found = self._told(day)
                if found:
                    found = [f"day {day}: {difference}" for difference in found]
                    break
        return {"differences": found or self._end(), "counts": self._counted(), "errors": self.scene.errors}

    def _told(self, day: int) -> list[str]:
        """One day; an error that would have met a reader is a difference too."""
        try:
            return self._day(day)
        except Exception as error:  # noqa: BLE001 (whatever it is, it is what the simulation found)
            return [f"A reader met an error: {error!r}"]

    def _day(self, day: int) -> list[str]:
        """One day: the readers, then the worker's passes, then the judgement."""
        if day == self.size.days:
            self.weather.clear_up()
        self.weather.new_day()
        self._set_clock(day, hours=8)
        if not self.weather.down_days:
            acted = day < self.size.days and self.crowd.act(day, self.scene.now)
            if acted or day % PASSES_AT_LEAST_EVERY_DAYS == 0 or self._due_today(day):
                self._passes(day)
        self.counts["days"] += 1
        weekly = verified(offline=True) if day % VERIFIED_EVERY_DAYS == 0 else []
        return [*invariants.daily(self._their_books()), *weekly]

    def _due_today(self, day: int) -> bool:
        self._set_clock(day, hours=9 + 3 * (PASSES_A_DAY - 1))
        return _due_before(self.scene.now)

    def _passes(self, day: int) -> None:
        """The worker passes in the morning, and again while something is to be done on the same day."""
        for turn in range(PASSES_A_DAY):
            self._set_clock(day, hours=9 + 3 * turn)
            if turn and not _due_before(self.scene.now):
                continue
            self.scene.work(money_alone=True)
            self.counts["passes of the worker"] += 1

    def _set_clock(self, day: int, hours: int) -> None:
        """The true time, which the company's clock shows; the program's own may be two hours off."""
        self.moment = (scene.BEGUN.replace(hour=0) + timedelta(days=day, hours=hours)).timestamp()
        self.scene.shared.moment = self.moment + self.weather.skew_seconds

    def _their_books(self) -> invariants.Books:
        return invariants.Books(company.books(self.books), company.balances(self.books))

    def _end(self) -> list[str]:
        today = datetime.fromtimestamp(self.moment, UTC).date()
        return [*invariants.at_the_end(self._their_books(), self.crowd.readers, today), *verified()]

    def _counted(self) -> dict[str, int]:
        from mainstay.collection.models import Payment
        from mainstay.contributions.models import Attempt, Contribution

        self.counts["contributions"] = Contribution.objects.count()
        self.counts["payments"] = Payment.objects.count()
        self.counts["attempts"] = Attempt.objects.count()
        self.counts["calls that went wrong"] = self.weather.spoiled
        self.counts["errors that the program logged"] = len(self.scene.errors)
        return dict(self.counts)


class NearCompany:
    """The company as a reader's browser meets it, in this process."""

    def __init__(self, application: Application) -> None:
        self._browser = httpx.Client(
            transport=httpx.WSGITransport(app=application), base_url="http://127.0.0.1"
        )

    def token(self, number: str) -> str:
        """A card exchanged for a token."""
        key = {"Authorization": f"Bearer {company.SHOP.publishable_key}"}
        answer = self._browser.post("/v1/tokens", json={"number": number, **company.EXPIRY}, headers=key)
        return str(answer.json()["id"])

    def answer_bank(self, url: str, *, approve: bool) -> None:
        """Presses a button on the bank's page."""
        self._browser.post(url, data={"result": "approve" if approve else "refuse"})


def _due_before(now: datetime) -> bool:
    from django.db import connection

    with connection.cursor() as cursor:
        moment = connection.ops.adapt_datetimefield_value(now)
        return bool(cursor.execute(SOMETHING_DUE, {"now": moment, "today": now.date()}).fetchone()[0])


def same_ids(seed: int) -> None:
    """Makes every id of this process follow from the seed."""
    dice = random.Random(seed + 2)
    uuid.uuid4 = lambda: uuid.UUID(int=dice.getrandbits(128), version=4)
    secrets.token_hex = lambda nbytes=None: dice.randbytes(nbytes or 32).hex()


def run(part: float = 1.0) -> Report:
    """Five seeds of full size and 200 small ones, or a part of them; with no part, five tiny ones."""
    full = range(1, 1 + round(5 * part))
    small = range(FIRST_SMALL_SEED, FIRST_SMALL_SEED + round(200 * part))
    tiny = range(FIRST_TINY_SEED, FIRST_TINY_SEED + 5)
    return _report([*full, *small] or [*tiny])


def replay(seed: int) -> Report:
    """One simulation again."""
    return _report([seed])


def _report(seeds: list[int]) -> Report:
    parts = min(sharing.CORES, len(seeds))
    results = sharing.shared("years", lambda number, parts: share(seeds[number::parts]), parts)
    counts: Counter[str] = Counter({"simulations": len(results)})
    for result in results:
        counts.update(result["counts"])
    found = [f"seed {result['seed']}: {text}" for result in results for text in result["differences"]]
    return Report("years", dict(counts), found)


def share(seeds: list[int], bug: Bug | None = None) -> Iterator[dict[str, Any]]:
    """Simulations one after the other, each in a process of its own, from one prepared database."""
    folder = Path(tempfile.mkdtemp(prefix="mainstay-years-", dir=quick_folder()))
    try:
        files = databases.SqliteFiles(folder)
        shared = company.Shared(scene.BEGUN.timestamp())
        scene.set_up(folder, shared, files.url("founded"))
        processes.run(lambda: scene.found("http://company.example"), folder / "answer", longest_seconds=0)
        ring = scene.unlocked_ring()
        for seed in seeds:
            for old in folder.glob("company.sqlite3*"):
                old.unlink()
            files.copy("founded", "now")
            played = partial(_simulate, seed, folder, shared, ring, files, bug)
            yield {"seed": seed, **processes.run(played, folder / "answer", longest_seconds=0)}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _simulate(
    seed: int, folder: Path, shared: company.Shared, ring: Any, files: databases.SqliteFiles, bug: Bug | None
) -> dict[str, Any]:
    same_ids(seed)
    databases.use(files.url("now"))
    if bug:
        bug()
    return Simulation(seed, folder, shared, ring).run()
