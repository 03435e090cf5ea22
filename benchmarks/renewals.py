"""Renewals per second by the worker, on SQLite and PostgreSQL, beside bare SQL with as many commits.

With a company that answers at once what is left is our own part; with one that takes 250 ms for each of the two calls,
what counts is how many are under way at once.
"""

import tempfile
from pathlib import Path
from typing import Any

from .databases import KINDS, database
from .measuring import in_child, share_of
from .places import environment

THREADS = 24
"""What `MAINSTAY_WORKER_THREADS` is by default."""
PLANS = {
    "at_once": {"count": 10_000, "latency_ms": 0, "workers": 1, "threads": 4},
    "at_once_8_workers": {"count": 10_000, "latency_ms": 0, "workers": 8, "threads": 2},
    "250_ms": {"count": 2_000, "latency_ms": 250, "workers": 1, "threads": THREADS},
    "250_ms_8_workers": {"count": 4_000, "latency_ms": 250, "workers": 8, "threads": THREADS // 2},
}


def run() -> dict[str, Any]:
    """For each database and plan: renewals per second, and the floor."""
    return {kind: {name: _on(kind, plan) for name, plan in PLANS.items()} for kind in KINDS}


def _on(kind: str, plan: dict[str, int]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="mainstay-bench-") as name, database(kind, Path(name)) as url:
        told = environment(Path(name), url)
        return in_child("benchmarks.load.renewals", told, **{**plan, "count": share_of(plan["count"])})
