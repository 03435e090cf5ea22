"""What one due installment costs with 10,000, 100,000 and a million promises in the table, on both databases."""

import tempfile
from pathlib import Path
from typing import Any

from .databases import KINDS, database
from .measuring import in_child, share_of
from .places import environment

SIZES = (10_000, 100_000, 1_000_000)
DUE = 1_000


def run() -> dict[str, Any]:
    """For each database and size: milliseconds for each of 1,000 that are due, and for a pass that finds nothing."""
    return {kind: _on(kind) for kind in KINDS}


def _on(kind: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="mainstay-bench-") as name, database(kind, Path(name)) as url:
        sizes = [share_of(size) for size in SIZES]
        return in_child("benchmarks.load.scale", environment(Path(name), url), sizes=sizes, due=share_of(DUE))
