"""Sharing a list of cases among a few processes, one for each core."""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from . import processes

CORES = os.cpu_count() or 1
SHOW_EVERY_SECONDS = 10


def shared(title: str, work: Callable[[int, int], Iterable[Any]], parts: int = CORES) -> list[Any]:
    """What `work(part, parts)` gives in each of `parts` processes, together. Raises `ChildFailed` when one fails.

    What it gives must be fit for JSON. How many cases are done is shown on the terminal now and then.
    """
    with tempfile.TemporaryDirectory(prefix="mainstay-drill-") as folder:
        files = [Path(folder) / str(part) for part in range(parts)]
        for file in files:
            file.touch()
        pids = [
            processes.start(lambda part=part: _write(files[part], work(part, parts)), longest_seconds=0)  # type: ignore[misc]
            for part in range(parts)
        ]
        failed = [pid for pid in pids if not _well(title, pid, files)]
        if failed:
            raise processes.ChildFailed(f"{len(failed)} of {parts} processes of the drill failed.")
        return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def _write(file: Path, results: Iterable[Any]) -> None:
    with file.open("w", encoding="utf-8") as lines:
        for result in results:
            lines.write(json.dumps(result) + "\n")
            lines.flush()


def _well(title: str, pid: int, files: list[Path]) -> bool:
    """Waits for one process, and tells how far all have come."""
    shown = time.monotonic()
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return status == 0
        time.sleep(0.05)
        if time.monotonic() - shown > SHOW_EVERY_SECONDS:
            shown = time.monotonic()
            done = sum(file.read_text(encoding="utf-8").count("\n") for file in files)
            print(f"  {title}: {done} done", file=sys.stderr, flush=True)
