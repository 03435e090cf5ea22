"""Words that must not stand in the project's files: unfinished work, one machine's paths, a company's name."""

import re
from pathlib import Path

import pytest

from tests.tidy.house import MAINSTAY, SOURCE, expect_none, files, is_test, name_of, tracked


def any_of(*parts: tuple[str, str], flags: int = 0) -> re.Pattern[str]:
    """A pattern for any of these words, each written in two halves so that this file doesn't contain it."""
    return re.compile("|".join(first + second for first, second in parts), flags)


PROCESSORS = re.compile(r"\b(stripe|paypal|btcpay|mainstay_sandbox)\b", re.IGNORECASE)
SANDBOX_AS_A_NAME = re.compile(r"""["']sandbox["']|processors\.sandbox|processors/sandbox""")
UNFINISHED = any_of((r"\bTO", r"DO\b"), (r"\bFIX", r"ME\b"), ("[Cc]oming ", r"soon\b"))
MACHINE = any_of(("/home/", "[a-z]+/"), ("/wo", "rk/"), ("/ro", "ot/"), ("/opt/", "(wheels|pypi)"))
REGISTRY = any_of((r"py", r"pi\.org"), ("pythonho", "sted"), (r"registry\.", "npm"), ("extra-", "index-url"))
PROSE = (
    ".py",
    ".html",
    ".css",
    ".js",
    ".txt",
    ".md",
    ".toml",
    ".sh",
    ".in",
    ".svg",
    ".po",
    ".yml",
    ".json",
    "",
)


def lines_in(path: Path) -> list[tuple[int, str]]:
    """The lines of a file with their numbers."""
    return list(enumerate(path.read_text(encoding="utf-8").splitlines(), 1))


def is_at_home(path: Path) -> bool:
    """Processors' folders, what wires or documents them, and the payment company itself."""
    homes = (
        MAINSTAY / "processors",
        MAINSTAY / "settings",
        SOURCE / "mainstay_sandbox",
        SOURCE / "mainstay_demo",
    )
    return is_test(path) or any(path.is_relative_to(home) for home in homes)


def test_no_processor_is_named_outside_its_folder():
    named = [
        f"{name_of(path)}:{number} {line.strip()}"
        for path in files(".py", ".html", ".js", ".css", ".txt", under=MAINSTAY)
        if not is_at_home(path)
        for number, line in lines_in(path)
        if PROCESSORS.search(line) or SANDBOX_AS_A_NAME.search(line)
    ]
    expect_none(named)


def test_nothing_is_left_unfinished_and_no_machine_is_named():
    found = [
        f"{name_of(path)}:{number} {line.strip()[:80]}"
        for path in tracked()
        if path.suffix in PROSE
        for number, line in lines_in(path)
        if UNFINISHED.search(line) or MACHINE.search(line) or REGISTRY.search(line)
    ]
    expect_none(found)


@pytest.mark.parametrize(
    "line", ["# TO" + "DO: later", "see /wo" + "rk/main", "from py" + "pi.org", "coming " + "soon"]
)
def test_a_forbidden_word_is_noticed(line):
    assert UNFINISHED.search(line) or MACHINE.search(line) or REGISTRY.search(line)
