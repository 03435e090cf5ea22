"""Everything that must hold before a change is shared: `make test`, and `make check` for its first part.

Each step runs even when an earlier one failed, so that one run tells everything.
The exit code is 1 when any failed.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from tools.browser import NoBrowser, find_or_install
from tools.postgres import postgres

PYTEST = ("-m", "pytest", "-q", "--durations=5", "--timeout=300")
PARALLEL = ("-n", str((os.cpu_count() or 1) + 1), "--dist", "loadfile", "--no-loadscope-reorder")
"""One more than there are cores: some tests wait, for a browser or for the lease of a killed process."""
HOUSE_RULES = "tests/tidy"
GUARDS = "tests/security"
LIKE_RUFFS_OWN = "B608,B310,B308,B703"
"""Ruff has the same rules, and each place that they name carries its reason there."""
TESTS = "*/test_*.py,*/conftest.py"
LONGEST_FIRST = ("tests/drills", "tests/journeys", "tests/contract", "src", "tests/benchmarks")
"""In this order no process is left alone with a long file at the end."""
ON_BOTH = ("src/mainstay", "tests")
ON_ONE = ("src/mainstay/processors", "tests/contract", "tests/drills")
"""Adapters ask companies and not the database, and the drills bring both databases themselves."""

CHECKS = {
    "headers and forms": (*PYTEST, GUARDS),
    "types": ("-m", "mypy"),
    "house rules": (*PYTEST, HOUSE_RULES),
    "patterns": ("-m", "bandit", "-q", "-r", "src", "tools", "-ll", "-x", TESTS, "-s", LIKE_RUFFS_OWN),
    "our own patterns": ("-m", "tools.house_patterns"),
    "known weaknesses": ("-m", "tools.known_weaknesses"),
    "layout": ("-m", "ruff", "format", "--check", "."),
    "style": ("-m", "ruff", "check", "."),
}
"""The longest first: each keeps one core busy."""


@dataclass
class Run:
    """What was run so far, and how it went."""

    outcomes: list[tuple[str, bool, float]] = field(default_factory=list)

    def step(self, name: str, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
        """Runs this Python with these arguments and remembers whether it went well."""
        print(f"\n=== {name}", flush=True)
        started = time.monotonic()
        command = [sys.executable, *arguments]
        code = subprocess.run(command, env=environment, check=False).returncode
        self.outcomes.append((name, code == 0, time.monotonic() - started))

    def side_by_side(self, steps: Mapping[str, tuple[str, ...]]) -> None:
        """Runs as many steps at once as there are cores. What each said is printed when it has ended."""
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for told in pool.map(self._kept, steps.items()):
                print(told, flush=True)

    def _kept(self, step: tuple[str, tuple[str, ...]]) -> str:
        name, arguments = step
        started = time.monotonic()
        done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
        self.outcomes.append((name, done.returncode == 0, time.monotonic() - started))
        return f"\n=== {name}\n{done.stdout}{done.stderr}".rstrip()

    def failed(self, name: str, why: str) -> None:
        """Remembers a step that could not even begin."""
        print(f"\n=== {name}\n{why}", flush=True)
        self.outcomes.append((name, False, 0.0))

    def closing_lines(self) -> str:
        """One line for each step."""
        lines = (
            f"  {'passed' if well else 'FAILED'}  {name} ({took:.0f} s)" for name, well, took in self.outcomes
        )
        return "\n".join(lines)

    @property
    def exit_code(self) -> int:
        """0 when every step went well."""
        return 0 if all(well for _, well, _ in self.outcomes) else 1


def check(run: Run) -> None:
    """Style, types, the house rules; patterns and libraries known to be weak; headers, and forms filled at random."""
    run.side_by_side(CHECKS)


def everything(run: Run) -> None:
    """The checks, then all tests on SQLite, then those of the database that need no browser on PostgreSQL."""
    check(run)
    _on_sqlite(run)
    _on_postgres(run)


def _on_sqlite(run: Run) -> None:
    name = "tests on SQLite, with a browser"
    try:
        find_or_install()
    except NoBrowser as problem:
        run.failed(name, str(problem))
        return
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    run.step(name, *PYTEST, *PARALLEL, *LONGEST_FIRST, environment=environment)


def _on_postgres(run: Run) -> None:
    elsewhere = [f"--ignore={place}" for place in (HOUSE_RULES, *ON_ONE)]
    chosen = ("--only-database", "-m", "not browser and not journey", *elsewhere)
    with postgres(hasty=True) as url:
        environment = {**os.environ, "DATABASE_URL": url}
        run.step("tests on PostgreSQL", *PYTEST, *PARALLEL, *chosen, *ON_BOTH, environment=environment)


def main(arguments: list[str]) -> int:
    """Runs `check` or, without an argument, everything."""
    parts: dict[str, Callable[[Run], None]] = {"check": check, "": everything}
    # The tests start Python by the hundred: what one of them has compiled serves the next.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    run = Run()
    parts[arguments[0] if arguments else ""](run)
    print(f"\n{run.closing_lines()}", flush=True)
    return run.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
