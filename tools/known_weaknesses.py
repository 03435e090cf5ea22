"""Known weaknesses of the libraries that we ship, by pip-audit: `python -m tools.known_weaknesses`, in `make check`.

It asks an index of packages. Where that doesn't answer, or knows none of ours, this says so and lets the check pass:
the code did not change because a network is missing.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

REQUIREMENTS = "requirements/run.txt"
LONGEST_SECONDS = 120
NOT_REACHED = "The database of known weaknesses can't be reached from here: nothing was looked up."


def main() -> int:
    """Prints what is known; 1 when a weakness is."""
    told = _asked()
    if not told:
        print(NOT_REACHED)
        return 0
    known = list(weaknesses(told))
    looked_up = sum("skip_reason" not in one for one in told)
    print("\n".join([*known, f"{looked_up} of {len(told)} libraries were looked up."]))
    if not looked_up:
        print(NOT_REACHED)
    return 1 if known else 0


def weaknesses(told: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A line for each weakness that pip-audit told of."""
    for library in told:
        for weakness in library.get("vulns", []):
            mended = ", ".join(weakness["fix_versions"]) or "nowhere yet"
            yield f"{library['name']} {library['version']}: {weakness['id']}, mended in {mended}"


def _asked() -> list[dict[str, Any]]:
    """What pip-audit says of each library; nothing when it could not ask at all."""
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "-f", "json"]
    try:
        done = subprocess.run(
            [*command, "--progress-spinner", "off", "-r", REQUIREMENTS],
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST_SECONDS,
        )
        told: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return []
    return told


if __name__ == "__main__":
    sys.exit(main())
