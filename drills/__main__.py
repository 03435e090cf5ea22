"""`python -m drills [names] [--part 0.1] [--seed N] [--json build/drill.json]`: runs, prints and stores."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

from . import sharing
from .report import Report

DRILLS = (
    "years",
    "crash",
    "card_testing",
    "crash_stripe",
    "crash_paypal",
    "seizure",
    "leaky",
    "controls",
    "many_workers",
    "policy",
    "designation",
    "leave",
    "network",
    "races",
    "audit",
    "mirrors",
    "device",
    "insider",
    "time_feed",
    "logs",
    "letters",
    "guessing",
)
"""The longest first, so that no core is left with nothing to do at the end."""
SHOWN = 20


def main() -> int:
    """Runs the named drills, or all. Returns 1 when there was a difference."""
    options = _parser().parse_args()
    if options.seed is not None:
        return _replay(options.names, options.seed)
    names = options.names or DRILLS
    reports = [_alone(names[0], options.part)] if len(names) == 1 else _beside(names, options.part)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(reports, indent=2) + "\n", encoding="utf-8")
    print(f"\nStored in {options.json}.")
    return 1 if any(report["differences"] for report in reports) else 0


def _alone(name: str, part: float) -> dict[str, Any]:
    """One drill in this process: what is stored of it."""
    print(f"{name} ...", file=sys.stderr, flush=True)
    begun = time.monotonic()
    report: Report = import_module(f"drills.{name}").run(part)
    for line in lines(report):
        print(line, flush=True)
    spent = sum(os.times()[:4])
    seconds = round(time.monotonic() - begun, 1)
    return {**asdict(report), "seconds": seconds, "core_seconds": round(spent, 1), "part": part}


def _beside(names: Sequence[str], part: float) -> list[dict[str, Any]]:
    """Several drills, each in a process of its own, as many at once as there are cores."""
    with (
        tempfile.TemporaryDirectory(prefix="mainstay-drills-") as folder,
        ThreadPoolExecutor(sharing.CORES) as pool,
    ):
        return list(pool.map(lambda name: _in_a_process(name, part, Path(folder)), names))


def _in_a_process(name: str, part: float, folder: Path) -> dict[str, Any]:
    """What a drill in a process of its own stored. One that broke off is a difference, and the others go on."""
    stored = folder / f"{name}.json"
    command = [sys.executable, "-m", "drills", name, "--part", str(part), "--json", str(stored)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    print(done.stdout.rpartition("\n\nStored")[0] or done.stdout, flush=True)
    if not stored.exists():
        broken = Report(name, {}, [f"The drill broke off ({done.returncode}); why stands above."])
        return {**asdict(broken), "part": part}
    (report,) = json.loads(stored.read_text(encoding="utf-8"))
    return dict(report)


def _replay(names: list[str], seed: int) -> int:
    """One case again, told step by step."""
    report: Report = import_module(f"drills.{names[0] if names else 'crash'}").replay(seed)
    for line in lines(report):
        print(line)
    return 0 if report.well else 1


def lines(report: Report) -> Iterator[str]:
    """The counts, one on a line, then the first differences."""
    yield ""
    yield report.name
    for name, count in report.counts.items():
        yield f"  {name:<60} {count:>12}"
    yield f"  {'differences':<60} {len(report.differences):>12}"
    for difference in report.differences[:SHOWN]:
        yield f"    {difference}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m drills", description="Proves that no money is lost or doubled."
    )
    parser.add_argument("names", nargs="*", choices=[*DRILLS, []], help="which (all)")
    parser.add_argument("--part", type=float, default=1.0, help="part of the full drill, to try it out (1.0)")
    parser.add_argument("--seed", type=int, help="replay one case of the drill that is named")
    parser.add_argument(
        "--json", type=Path, default=Path("build/drill.json"), help="where to store the report"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
