"""What an engineer can set, type or receive is written down, and so is every package we depend on."""

import ast
import re
from pathlib import Path

from tests.tidy.house import MAINSTAY, ROOT, SOURCE, expect_none, files, is_test, tree

REFERENCE = ROOT / "docs" / "reference"
ENVIRONMENT = re.compile(r"^(MAINSTAY_[A-Z_]+|DATABASE_URL)$")


def words_of(page: str) -> str:
    """A page of the reference, or nothing while it is not there: then everything is missing from it."""
    path = REFERENCE / page
    return path.read_text() if path.exists() else ""


def missing(page: str, names: set[str]) -> list[str]:
    """What to say about the names that a page of the reference doesn't have in code type."""
    written = words_of(page)
    in_code = {word for code in re.findall(r"`([^`\n]+)`", written) for word in re.findall(r"[\w.-]+", code)}
    return sorted(f"{page} says nothing about `{name}`" for name in names - in_code)


def settings_read() -> set[str]:
    """Every environment variable that the program or its settings read."""
    return {
        node.value
        for path in files(".py", under=SOURCE)
        if not is_test(path)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and ENVIRONMENT.match(node.value)
    }


def commands() -> set[str]:
    """The words after `mainstay`: one module each."""
    return {path.stem for path in files(".py", under=MAINSTAY / "cli" / "commands") if not is_test(path)} - {
        "__init__"
    }


def letters() -> set[str]:
    """The kinds of letters: one folder each."""
    return {path.parent.name for path in (MAINSTAY / "letters").glob("*/letter.py")}


def dependencies() -> set[str]:
    """The packages that are named in our own lists, without what they bring along."""
    lines = [line for path in (ROOT / "requirements").glob("*.in") for line in path.read_text().splitlines()]
    names = (re.match(r"[A-Za-z0-9_.-]+", line.strip()) for line in lines if not line.startswith(("-", "#")))
    return {name.group() for name in names if name}


def test_every_setting_is_documented():
    assert len(settings_read()) > 10
    expect_none(missing("settings.md", settings_read()))


def test_every_command_is_documented():
    assert {"init", "serve", "worker"} <= commands()
    expect_none(missing("commands.md", commands()))


def test_every_letter_is_documented():
    assert {"receipt", "reminder"} <= letters()
    expect_none(missing("letters.md", letters()))


def test_every_dependency_is_explained():
    expect_none(missing("dependencies.md", dependencies()))


def test_a_missing_word_is_noticed(monkeypatch, tmp_path: Path):
    (tmp_path / "settings.md").write_text("`A_SETTING=yes` is there; ANOTHER only in prose.\n")
    monkeypatch.setattr("tests.tidy.test_documented.REFERENCE", tmp_path)
    assert missing("settings.md", {"A_SETTING", "ANOTHER", "THIRD"}) == [
        "settings.md says nothing about `ANOTHER`",
        "settings.md says nothing about `THIRD`",
    ]
