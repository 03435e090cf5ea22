"""Small tools that every benchmark uses: how much of the full load to run, rates, and reading what a child printed."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

PART = "BENCH_PART"


class LoadFailed(RuntimeError):
    """A measured process ended with an error, or did not do what was asked of it."""


def share_of(full: int) -> int:
    """`full`, or the part of it that `--part` asks for; at least 1. Full loads give the figures that are published."""
    return max(1, round(full * float(os.environ.get(PART, "1"))))


def per_second(count: int, seconds: float) -> float:
    """A rate, rounded to what is worth reading."""
    return round(count / seconds, 1)


def ratio(ours: float, floor: float) -> float:
    """How many times as much the floor does as we do."""
    return round(floor / ours, 2)


@dataclass(frozen=True)
class Taken:
    """What some work took: seconds of the wall clock, and of this process's processor time in all its threads."""

    wall_seconds: float
    cpu_seconds: float

    def rates(self, count: int, what: str) -> dict[str, float]:
        """The figures for `count` things. Processor time hardly changes when other work runs beside."""
        return {
            f"{what}_per_second": per_second(count, self.wall_seconds),
            f"{what}_cpu_ms_each": round(self.cpu_seconds / count * 1000, 2),
        }


def taken_by(work: Callable[[], object]) -> Taken:
    """What `work` takes."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Taken(time.perf_counter() - wall, time.process_time() - cpu)


def beside(ours: Mapping[str, float], floor: Mapping[str, float]) -> dict[str, float]:
    """How many times as much the floor does in the same time as we do. Both are what `Taken.rates` gives."""
    (ours_rate, *_), (floor_rate, *_) = ours.values(), floor.values()
    return {**ours, **floor, "floor_to_ours": ratio(ours_rate, floor_rate)}


def in_child(module: str, told: Mapping[str, str], **asked: Any) -> dict[str, Any]:
    """What `python -m module` prints as its last line, read as JSON; `asked` is its one argument, as JSON.

    Raises `LoadFailed` when the process does.
    """
    command = [sys.executable, "-m", module, json.dumps(asked)]
    done = subprocess.run(command, env={**os.environ, **told}, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise LoadFailed(f"{module} ended with {done.returncode}. What it said stands above.")
    answer: dict[str, Any] = json.loads(done.stdout.decode().splitlines()[-1])
    return answer


def asked_of() -> dict[str, Any]:
    """The argument that `in_child` gave, in the child."""
    asked: dict[str, Any] = json.loads(sys.argv[1])
    return asked
