"""Rules that every line of code keeps: length, docstrings, time, errors."""

import ast

import pytest

from tests.tidy.house import (
    MAINSTAY,
    ROOT,
    SOURCE,
    expect_none,
    files,
    functions,
    is_test,
    lines_of,
    name_of,
    tree,
)

LONGEST_FUNCTION = 60
LONGEST_FILE = 500
CLOCK = MAINSTAY / "core" / "clock.py"
OWN_CLOCK = (SOURCE / "mainstay_sandbox", SOURCE / "mainstay_demo", ROOT / "tools", ROOT / "benchmarks")
"""The payment company and the demonstration's helpers are not Mainstay: they have clocks of their own."""


def in_program() -> list:
    return [path for path in files(".py") if not is_test(path)]


def test_no_function_is_too_long():
    long = [
        f"{name_of(path)}:{node.lineno} {node.name} has {lines_of(node)} lines"
        for path in files(".py")
        for node in functions(path)
        if lines_of(node) > LONGEST_FUNCTION
    ]
    expect_none(long)


def test_no_file_is_too_long():
    counted = {path: len(path.read_text().splitlines()) for path in files(".py", ".js", ".css", ".html")}
    long = {path: lines for path, lines in counted.items() if lines > LONGEST_FILE}
    expect_none(f"{name_of(path)} has {lines} lines" for path, lines in long.items())


def test_every_module_says_what_it_is_for():
    named = [path for path in files(".py") if path.name != "__init__.py" or path.read_text().strip()]
    expect_none(name_of(path) for path in named if not ast.get_docstring(tree(path)))


def test_nobody_asks_what_time_it_is_but_the_clock():
    asked = [
        f"{name_of(path)}:{node.lineno} {ast.unparse(node)}"
        for path in in_program()
        if path != CLOCK and not any(path.is_relative_to(folder) for folder in OWN_CLOCK)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and asks_the_time(node)
    ]
    expect_none(asked)


def asks_the_time(call: ast.Call) -> bool:
    """`datetime.now()`, `timezone.now()`, `date.today()`, `time.time()`: but not `clock.now()`."""
    words = ast.unparse(call.func).split(".")
    owner, name = (words[-2] if len(words) > 1 else ""), words[-1]
    return (owner, name) in {
        ("datetime", "now"),
        ("datetime", "utcnow"),
        ("datetime", "today"),
        ("timezone", "now"),
        ("date", "today"),
        ("time", "time"),
        ("timezone", "localdate"),
        ("timezone", "localtime"),
    }


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("datetime.now(UTC)", True),
        ("dt.date.today()", True),
        ("clock.now()", False),
        ("newsroom.today(now)", False),
    ],
)
def test_asking_the_time_is_recognised(source, expected):
    assert asks_the_time(ast.parse(source, mode="eval").body) is expected


def test_no_error_is_swallowed_without_a_name():
    bare = [
        f"{name_of(path)}:{node.lineno}"
        for path in files(".py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ]
    expect_none(bare)


def test_no_signals_and_no_metaclasses():
    found = [
        f"{name_of(path)}: {word}"
        for path in in_program()
        for word in ("django.dispatch", "django.db.models.signals", "metaclass=")
        if word in path.read_text() and not is_test(path)
    ]
    expect_none(found)
