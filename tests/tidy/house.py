"""What the tidy tests look at: the tracked files, the rooms in their order, Python's reading of a file."""

import ast
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"
MAINSTAY = SOURCE / "mainstay"

ROOMS = (
    "core",
    "sealing",
    "audit",
    "jobs",
    "newsrooms",
    "guard",
    "message",
    "contributions",
    "processors",
    "ledger",
    "letters",
    "collection",
    "supporters",
    "vault",
    "moving",
    "reports",
    "alarms",
)
"""A room imports itself and rooms before it."""
EDGES = ("site", "desk", "api", "cli")
"""Edges import any room, and one another where one page embeds another's pieces."""


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that git knows or would add, and that is still there."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    paths = (ROOT / name for name in sorted(set(listed.split("\0"))) if name)
    return tuple(path for path in paths if path.is_file())


def files(*suffixes: str, under: Path = ROOT) -> list[Path]:
    """The tracked files with one of these endings, in a folder, without migrations."""
    return [
        path
        for path in tracked()
        if path.suffix in suffixes and path.is_relative_to(under) and "migrations" not in path.parts
    ]


def is_test(path: Path) -> bool:
    """Whether a file belongs to the tests."""
    return (
        path.name.startswith(("test_", "example_"))
        or path.name == "conftest.py"
        or (ROOT / "tests") in path.parents
    )


def name_of(path: Path) -> str:
    """The path as it is written in a message."""
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    """The file as Python reads it."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a file, nested ones too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


def lines_of(node: ast.stmt) -> int:
    """How many lines a statement takes."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def expect_none(found: Iterable[str]) -> None:
    """Fails with every sentence on a line of its own, when there is one."""
    sentences = sorted(found)
    assert not sentences, "\n" + "\n".join(sentences)
