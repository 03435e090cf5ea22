"""A run of 10,000 renewals by the worker, on SQLite and PostgreSQL, beside bare SQL with as many commits."""

import tempfile
from pathlib import Path
from typing import Any

from .databases import KINDS, database
from .measuring import in_child, share_of
from .places import environment

RENEWALS = 10_000


def run() -> dict[str, Any]:
    """For each database: seconds, renewals per second, and the floor."""
    return {kind: _on(kind) for kind in KINDS}


def _on(kind: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="mainstay-bench-") as name, database(kind, Path(name)) as url:
        return in_child("benchmarks.load.renewals", environment(Path(name), url), count=share_of(RENEWALS))
