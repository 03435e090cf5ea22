"""`python -m benchmarks [names] [--json build/bench.json] [--part 0.1]`: runs, prints and stores."""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from .machine import machine
from .measuring import PART

USUAL = ("message", "web", "checkouts", "renewals", "webhooks", "memory")
ON_REQUEST = ("scale", "start")
"""`scale` fills tables with a million rows, `start` clones and installs: minutes each."""


def main() -> int:
    """Runs the named benchmarks, or the usual ones. Returns 1 when one could not be run."""
    options = _parser().parse_args()
    os.environ[PART] = str(options.part)
    results = {name: _run(name) for name in options.names or USUAL}
    store(results, options.json)
    for line in table(results):
        print(line)
    print(f"\nStored in {options.json}.")
    return 1 if any("failed" in result for result in results.values()) else 0


def _run(name: str) -> dict[str, Any]:
    print(f"{name} ...", file=sys.stderr, flush=True)
    before, begun = machine(), time.perf_counter()
    try:
        figures = import_module(f"benchmarks.{name}").run()
    except Exception as error:  # noqa: BLE001 (one benchmark that fails must not lose the figures of the others)
        return {"machine": before, "part": os.environ[PART], "failed": f"{type(error).__name__}: {error}"}
    took = round(time.perf_counter() - begun, 1)
    return {"machine": before, "part": os.environ[PART], "took_seconds": took, "figures": figures}


def store(results: Mapping[str, Any], path: Path) -> None:
    """Writes the results, beside those of other benchmarks that the file already has."""
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**kept, **results}, indent=2) + "\n", encoding="utf-8")


def table(results: Mapping[str, Any]) -> Iterator[str]:
    """One line for each figure."""
    for name, result in results.items():
        yield ""
        yield name
        for figure, value in flat(result.get("figures", {"failed": result.get("failed", "")})):
            yield f"  {figure:<72} {value:>14}" if not isinstance(value, str) else f"  {figure:<72} {value}"


def flat(figures: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Figures within figures, each with its whole name."""
    for name, value in figures.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value if isinstance(value, (int, float)) else str(value)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measures what Mainstay costs.")
    parser.add_argument("names", nargs="*", choices=[*USUAL, *ON_REQUEST, []], help="which (the usual ones)")
    parser.add_argument(
        "--json", type=Path, default=Path("build/bench.json"), help="where to store the figures"
    )
    parser.add_argument("--part", type=float, default=1.0, help="part of the full load, to try it out (1.0)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
