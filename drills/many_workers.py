"""Many worker processes collect what is due on one day, and some of them are killed and started again.

The workers are the real program, the payment company is the practice company as a process of its own. In the end its
books must hold exactly one charge for each promise. The quick form (a part under 0.05) shortens the workers' leases,
because a row of a killed worker is free only when its lease is over.
"""

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

from benchmarks.databases import database
from benchmarks.measuring import in_child
from benchmarks.places import company_environment, environment
from benchmarks.processes import HOST, server
from tools.ports import free_port

from .company import Charge, books
from .report import Report

PLANS = {"postgresql": (8, 20_000), "sqlite": (2, 2_000)}
"""Workers and promises on each database."""
KILLED_WHEN = (0.15, 0.45)
"""The share of payments made at which a worker is killed."""
THREADS = 4
"""Eight workers with more would need more connections than PostgreSQL gives by default."""
QUICK_PART = 0.05
QUICK_WORKERS = 3
PATIENCE_SECONDS = 1_800
STOP_SECONDS = 90
LOOK_SECONDS = 0.2
PAYMENTS = "SELECT count(*), count(DISTINCT contribution_id) FROM collection_payment"


def run(part: float = 1.0) -> Report:
    """Both databases, one after the other."""
    counts: dict[str, int | float] = {}
    differences: list[str] = []
    for kind in PLANS:
        told, found = _on(kind, part)
        counts |= {f"{kind}: {name}": count for name, count in told.items()}
        differences += [f"{kind}: {difference}" for difference in found]
    return Report("many_workers", counts, differences)


def _on(kind: str, part: float) -> tuple[dict[str, int | float], list[str]]:
    workers, promises = PLANS[kind]
    quick = part < QUICK_PART
    count = max(20, round(promises * part))
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="mainstay-drill-") as name, database(kind, Path(name)) as url:
        folder = Path(name)
        told = environment(folder, url)
        options = ["--database", f"{name}/company.sqlite3", "--fast"]
        with server("mainstay_sandbox", port, company_environment(), *options):
            in_child("benchmarks.load.due", told, company=f"http://{HOST}:{port}", count=count)
            begun = time.monotonic()
            crew = Crew(min(workers, QUICK_WORKERS) if quick else workers, told, folder, quick)
            killed = crew.collect(url, count)
            seconds = time.monotonic() - begun
        payments, distinct = _payments(url)
        charges = books(folder / "company.sqlite3")
    counts = {"workers": crew.size, "promises": count, "workers killed": killed, "charges": len(charges)}
    found = [*crew.complaints, *_differences(count, payments, distinct, charges)]
    return {**counts, "payments": payments, "seconds": round(seconds, 1)}, found


class Crew:
    """A few worker processes. `complaints` are sentences about what they should not have done."""

    def __init__(self, size: int, told: Mapping[str, str], folder: Path, quick: bool) -> None:
        self.size = size
        self.complaints: list[str] = []
        self._told = told
        self._folder = folder
        self._quick = quick
        self._workers: list[subprocess.Popen[bytes]] = []

    def collect(self, url: str, count: int) -> int:
        """Works until there are `count` payments and nothing is due; returns how many workers were killed."""
        killed = 0
        deadline = time.monotonic() + PATIENCE_SECONDS
        with self._working():
            while (payments := _payments(url)[0]) < count and time.monotonic() < deadline and self._lives():
                if killed < len(KILLED_WHEN) and payments >= count * KILLED_WHEN[killed]:
                    self._kill(killed % self.size)
                    killed += 1
                time.sleep(LOOK_SECONDS)
        if killed < len(KILLED_WHEN):
            self.complaints.append(f"Only {killed} workers were killed: the drill proved too little.")
        return killed

    @contextmanager
    def _working(self) -> Iterator[None]:
        self._workers = [self._start(number) for number in range(self.size)]
        try:
            yield
        finally:
            for worker in self._workers:
                worker.terminate()
            for worker in self._workers:
                self._see_off(worker)

    def _start(self, number: int) -> "subprocess.Popen[bytes]":
        module = "drills.hasty_worker" if self._quick else "mainstay.cli.main"
        own = {
            "MAINSTAY_VAULT_SOCKET": str(self._folder / f"vault-{number}.sock"),
            "MAINSTAY_WORKER_THREADS": str(THREADS),
        }
        command = [sys.executable, "-m", module, "worker", "--idle-seconds", "0.5"]
        return subprocess.Popen(command, env={**os.environ, **self._told, **own})

    def _kill(self, number: int) -> None:
        """The worker is gone in the middle of whatever it does; another takes its place at once."""
        os.kill(self._workers[number].pid, signal.SIGKILL)
        self._workers[number].wait()
        self._workers[number] = self._start(number)

    def _lives(self) -> bool:
        """Whether no worker has ended by itself."""
        codes = {worker.returncode for worker in self._workers if worker.poll() is not None}
        self.complaints += [f"A worker ended by itself with {code}." for code in codes]
        return not codes

    def _see_off(self, worker: "subprocess.Popen[bytes]") -> None:
        try:
            code = worker.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            worker.kill()
            self.complaints.append("A worker did not stop when it was asked to.")
            return
        # One that was started a moment ago may not listen yet: then the signal ends it before it has begun anything.
        if code not in (0, -signal.SIGTERM) and not self.complaints:
            self.complaints.append(f"A worker that was asked to stop ended with {code}.")


def _payments(url: str) -> tuple[int, int]:
    """How many payments there are, and of how many promises."""
    if url.startswith("sqlite:"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=20)) as link:
            found = link.execute(PAYMENTS).fetchone()
    else:
        with psycopg.connect(url) as connection:
            found = connection.execute(PAYMENTS).fetchone()
    assert found is not None
    return int(found[0]), int(found[1])


def _differences(count: int, payments: int, distinct: int, charges: list[Charge]) -> list[str]:
    found = []
    if (payments, distinct) != (count, count):
        found.append(f"{payments} payments of {distinct} promises instead of {count}.")
    if len(charges) != count:
        found.append(f"{len(charges)} charges at the company instead of {count}.")
    twice = [reference for reference, times in Counter(one.reference for one in charges).items() if times > 1]
    if twice:
        found.append(f"{len(twice)} installments were charged more than once.")
    return found
