"""Who may import whom: rooms only rooms before them, nobody an edge, the payment company nobody."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tidy.house import EDGES, MAINSTAY, ROOMS, SOURCE, expect_none, files, is_test, name_of, tree

UNHOUSED = ("settings",)
"""Starts the program, so it may name anything."""


def imported(path: Path) -> Iterator[str]:
    """The full names of the modules that a file imports."""
    package = path.relative_to(SOURCE).with_suffix("").parts
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: len(package) - node.level]) if node.level else []
            module = [*base, *(node.module or "").split(".")]
            yield from (".".join([*filter(None, module), alias.name]) for alias in node.names)


def room_of(name: str) -> str | None:
    """The room that a module of Mainstay is in."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "mainstay" else None


def is_allowed(room: str, other: str) -> bool:
    """Whether code in `room` may import from `other`."""
    if room in EDGES:
        return other in (*ROOMS, *EDGES)
    return room == other or (other in ROOMS and ROOMS.index(other) < ROOMS.index(room))


def wrong_imports(path: Path) -> list[str]:
    """The imports of a file that break the order."""
    room = path.relative_to(MAINSTAY).parts[0]
    found = {name: room_of(name) for name in imported(path)}
    return [name for name, other in found.items() if other and not is_allowed(room, other)]


def in_rooms() -> list[Path]:
    """The program's own files, without tests and without what starts it."""
    inside = (path for path in files(".py", under=MAINSTAY) if len(path.relative_to(MAINSTAY).parts) > 1)
    return [
        path for path in inside if not is_test(path) and path.relative_to(MAINSTAY).parts[0] not in UNHOUSED
    ]


def test_every_folder_is_a_room_or_an_edge():
    folders = {path.relative_to(MAINSTAY).parts[0] for path in in_rooms()}
    assert folders <= {*ROOMS, *EDGES}


def test_rooms_import_only_rooms_before_them():
    expect_none(f"{name_of(path)} imports {name}" for path in in_rooms() for name in wrong_imports(path))


def test_a_wrong_import_is_noticed():
    assert not is_allowed("core", "ledger")
    assert not is_allowed("ledger", "desk")
    assert is_allowed("ledger", "core")
    assert is_allowed("desk", "reports")


@pytest.mark.parametrize(
    ("package", "strangers"),
    [
        ("mainstay_sandbox", ("mainstay", "mainstay_demo")),
        ("mainstay", ("mainstay_sandbox", "mainstay_demo")),
    ],
)
def test_packages_do_not_know_each_other(package, strangers):
    expect_none(
        f"{name_of(path)} imports {name}"
        for path in files(".py", under=SOURCE / package)
        if not is_test(path)
        for name in imported(path)
        if name.split(".")[0] in strangers
    )
