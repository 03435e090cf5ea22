"""`mainstay verify`: is everything in the books as it must be? Reads only. Exit code 1 at the first difference."""

import argparse
import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mainstay.collection.verify.invariant import Finding

HELP = "Check the books, the promises and the processors' own books against each other; changes nothing."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """With or without asking the processors; for people or for a program."""
    parser.add_argument(
        "--offline", action="store_true", help="don't ask the processors (leaves out I7 and I8)"
    )
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")


def run(arguments: argparse.Namespace) -> int:
    """Prints each invariant as it is tried; the first difference in a sentence on the error stream."""
    from mainstay.collection.verify.run import verify

    findings = []
    for finding in verify(offline=arguments.offline):
        findings.append(finding)
        if not arguments.json:
            _print(finding)
    if arguments.json:
        print(json.dumps([_plain(finding) for finding in findings], indent=2))
    first = next((finding for finding in findings if not finding.holds), None)
    if first is not None:
        print(f"{first.invariant.name}: {first.faults[0]}", file=sys.stderr)
    return 0 if first is None else 1


def _print(finding: "Finding") -> None:
    word = "holds" if finding.holds else "DOES NOT HOLD"
    print(f"{finding.invariant.name:>4}  {word}  {finding.invariant.says}", flush=True)
    for fault in finding.faults:
        print(f"        {fault}")


def _plain(finding: "Finding") -> dict[str, object]:
    return {
        "invariant": finding.invariant.name,
        "says": finding.invariant.says,
        "holds": finding.holds,
        "first_faults": list(finding.faults),
    }
