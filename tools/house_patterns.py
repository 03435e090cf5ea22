"""Patterns that this house does not want, by semgrep: `python -m tools.house_patterns`, in `make check`.

The rules are our own (`house_patterns.yml`), so that nothing is fetched. semgrep is not among what `make setup`
installs (docs/decisions/0011): where it isn't on the path, this says so and lets the check pass.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

RULES = Path(__file__).with_suffix(".yml")
LOOKED_AT = ("src",)
NOT_HERE = "semgrep is not installed here: our own patterns were not looked for (docs/decisions/0011)."
QUIET = ("--metrics=off", "--disable-version-check", "--quiet", "--error")


def main(places: Sequence[str] = LOOKED_AT) -> int:
    """Prints each place that has such a pattern; 1 when there is one, or when semgrep itself failed."""
    program = shutil.which("semgrep")
    if program is None:
        print(NOT_HERE)
        return 0
    command = [program, "scan", *QUIET, "--config", str(RULES), "--exclude", "test_*.py", *places]
    told = {**os.environ, "SEMGREP_SEND_METRICS": "off"}
    return 1 if subprocess.run(command, check=False, env=told).returncode else 0


if __name__ == "__main__":
    sys.exit(main())
