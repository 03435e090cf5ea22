"""Photographs every page of a running demonstration: `make screens`, into build/screens.

Every page in its languages, 360 and 1280 pixels wide, light and dark; then one page of thumbnails, `index.html`, and
that page as one picture, `sheet.png`. The pictures are for looking at: axe passes pages that no person would.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, sync_playwright

from tools.browser import FLAGS, find_or_install
from tools.pages import VIEWS, WAIT_MS, Demo, PageFailed, View, open_view

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "build" / "screens"
WIDTHS = (360, 1280)
SCHEMES = ("light", "dark")
SHEET_WIDTH = 1600
SHEET_WAIT_MS = 600_000
"""Hundreds of pictures on one page: a loaded machine takes minutes to paint them."""

SHEET = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Every page</title><style>
body {{ margin: 16px; font: 13px system-ui, sans-serif; background: #777; color: #fff }}
ul {{ display: flex; flex-wrap: wrap; gap: 10px; margin: 0; padding: 0; list-style: none }}
img {{ display: block; inline-size: 146px; block-size: 190px; object-fit: cover; object-position: top }}
a {{ color: inherit; text-decoration: none }} small {{ display: block; inline-size: 146px; overflow: hidden }}
</style></head><body><ul>{items}</ul></body></html>"""
ITEM = '<li><a href="{file}"><img src="{file}" alt=""><small>{label}</small></a></li>'


@dataclass(frozen=True)
class Shot:
    """One picture."""

    view: View
    language: str
    width: int
    scheme: str

    @property
    def label(self) -> str:
        """What stands under the thumbnail."""
        return f"{self.view.name} {self.language} {self.width} {self.scheme}"

    @property
    def file(self) -> str:
        """The picture's file name."""
        return self.label.replace(" ", "-") + ".png"


def photograph(browser: Browser, demo: Demo, view: View, language: str) -> Iterator[Shot]:
    """Opens a page once and photographs it in both widths and both colour schemes."""
    with open_view(browser, demo, view, language) as page:
        for width in WIDTHS:
            for scheme in SCHEMES:
                shot = Shot(view, language, width, scheme)
                _take(page, shot)
                yield shot


def _take(page: Page, shot: Shot) -> None:
    page.set_viewport_size({"width": shot.width, "height": 800})
    page.emulate_media(color_scheme="dark" if shot.scheme == "dark" else "light")
    page.screenshot(path=TARGET / shot.file, full_page=True, timeout=WAIT_MS)


def take_all(browser: Browser, demo: Demo, views: Sequence[View]) -> tuple[list[Shot], list[str]]:
    """All pictures, and a sentence for every page that could not be reached."""
    shots: list[Shot] = []
    problems: list[str] = []
    for view in views:
        for language in view.languages:
            try:
                shots += photograph(browser, demo, view, language)
                print(f"  {view.name} ({language})", flush=True)
            except (Error, PageFailed) as problem:
                problems.append(f"{view.name} ({language}): {str(problem).splitlines()[0]}")
    return shots, problems


def write_sheet(browser: Browser, shots: Sequence[Shot]) -> Path:
    """The page of thumbnails, and a picture of it."""
    items = "\n".join(ITEM.format(file=escape(shot.file), label=escape(shot.label)) for shot in shots)
    index = TARGET / "index.html"
    index.write_text(SHEET.format(items=items), encoding="utf-8")
    page = browser.new_page(viewport={"width": SHEET_WIDTH, "height": 900})
    page.set_default_timeout(SHEET_WAIT_MS)
    page.goto(index.as_uri())
    page.screenshot(path=TARGET / "sheet.png", full_page=True)
    page.close()
    return index


def main(arguments: Sequence[str]) -> int:
    """Takes the pictures; exits with 1 when a page could not be reached."""
    parser = argparse.ArgumentParser(prog="python -m tools.screens", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="the demonstration's port (default: 8000)")
    parser.add_argument(
        "--state", type=Path, default=ROOT / "var" / "demo", help="its folder (default: var/demo)"
    )
    parser.add_argument("--only", default="", help="photograph only the pages with this in their name")
    options = parser.parse_args(arguments)
    TARGET.mkdir(parents=True, exist_ok=True)
    views = [view for view in VIEWS if options.only in view.name]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_or_install(), args=list(FLAGS))
        shots, problems = take_all(browser, Demo.on(options.port, options.state), views)
        index = write_sheet(browser, shots)
        browser.close()
    print("\n".join([f"{len(shots)} pictures: {index.relative_to(ROOT)}", *problems]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
