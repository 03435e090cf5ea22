"""`python -m drills [names] [--part 0.1] [--seed N] [--json build/drill.json]`: runs, prints and stores."""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from .report import Report

DRILLS = (
    "crash",
    "crash_stripe",
    "crash_paypal",
    "years",
    "races",
    "many_workers",
    "controls",
    "audit",
    "mirrors",
    "leave",
    "policy",
    "designation",
    "device",
    "insider",
    "seizure",
    "leaky",
    "time_feed",
    "network",
    "logs",
    "letters",
    "card_testing",
    "guessing",
)
SHOWN = 20


def main() -> int:
    """Runs the named drills, or all. Returns 1 when there was a difference."""
    options = _parser().parse_args()
    if options.seed is not None:
        return _replay(options.names, options.seed)
    reports = []
    for name in options.names or DRILLS:
        print(f"{name} ...", file=sys.stderr, flush=True)
        begun = time.monotonic()
        report: Report = import_module(f"drills.{name}").run(options.part)
        reports.append(
            {**asdict(report), "seconds": round(time.monotonic() - begun, 1), "part": options.part}
        )
        for line in lines(report):
            print(line, flush=True)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(reports, indent=2) + "\n", encoding="utf-8")
    print(f"\nStored in {options.json}.")
    return 1 if any(report["differences"] for report in reports) else 0


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
