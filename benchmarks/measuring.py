"""Small tools that every benchmark uses: how much of the full load to run, rates, and reading what a child printed."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
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


def seconds_of(work: Callable[[], object]) -> float:
    """How long `work` takes, in seconds of the wall clock."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


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
