"""A page's script and style come from files: the content policy refuses everything else."""

from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.tidy.house import SOURCE, files, name_of


class Inline(HTMLParser):
    """Collects what a strict content policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name for name, _ in attrs}
        if tag == "style" or (tag == "script" and "src" not in names and not is_data(attrs)):
            self.found.append(f"<{tag}>")
        self.found += [f"<{tag} {name}>" for name in names if name == "style" or name.startswith("on")]


def is_data(attrs: list[tuple[str, str | None]]) -> bool:
    """A script element that holds data is never run."""
    return dict(attrs).get("type") in ("application/json", "application/ld+json")


def inline_in(source: str) -> list[str]:
    """The inline scripts, styles and handlers of a page."""
    reader = Inline()
    reader.feed(source)
    return reader.found


@pytest.mark.parametrize("path", files(".html", under=SOURCE), ids=name_of)
def test_nothing_inline(path: Path):
    assert inline_in(path.read_text()) == []


@pytest.mark.parametrize(
    "source", ["<style>a{}</style>", "<p style='x'>", "<script>1</script>", "<a onclick='x'>", "<a oNload=x>"]
)
def test_inline_is_recognised(source):
    assert inline_in(source) != []


def test_data_is_allowed():
    assert inline_in('<script src="a.js"></script><script type="application/json">{}</script>') == []
