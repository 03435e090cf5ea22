"""Network: Chromium goes to every page of the demonstration, and every request that it makes is looked at.

None may go to a host that was not declared; none to the payment company before the click that opens the card's fields;
none may carry a referrer to another origin. Under an article and its message no cookie may be set, and no page may tell
the browser to look up or connect to anything beforehand. The control is a page that does two of these.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .report import Report

NO_COOKIES = ("site-", "message")
EARLY = "link[rel~=preconnect], link[rel~=prefetch], link[rel~=dns-prefetch], link[rel~=prerender]"
CLICKED = "the card's fields are opened"
TELL_THE_CLICK = f"""addEventListener("click", event => {{
  if (event.target.closest?.("#card-open")) console.debug("{CLICKED}");
}}, true);"""
CONTROL_PAGE = '<img src="https://elsewhere.example/seen.png" referrerpolicy="unsafe-url">'


@dataclass
class Sight:
    """What was seen of one page."""

    requests: list[tuple[str, str, bool]] = field(default_factory=list)
    """Address, referrer, and whether the click had been made."""
    clicked: bool = False
    cookies: int = 0
    early: int = 0
    missed: str = ""
    """Why the page was not reached."""


class Watched:
    """A browser whose every context tells what it asks for. It stands in for Playwright's own in `tools.pages`."""

    def __init__(self, browser: Any) -> None:
        self._browser = browser
        self.sight = Sight()

    def new_context(self, **options: Any) -> Any:
        """A context that is watched."""
        context = self._browser.new_context(**options)
        context.add_init_script(TELL_THE_CLICK)
        context.on("console", self._told)
        context.on("request", self._asked)
        return context

    def _told(self, message: Any) -> None:
        self.sight.clicked |= message.text == CLICKED

    def _asked(self, request: Any) -> None:
        referrer = request.headers.get("referer", "")
        self.sight.requests.append((request.url, referrer, self.sight.clicked))


def run(part: float = 1.0) -> Report:
    """Every page, or one in so many."""
    from playwright.sync_api import sync_playwright

    from tools.browser import FLAGS, chromium_path
    from tools.demo import running_demo
    from tools.pages import VIEWS

    views = VIEWS[:: max(1, round(1 / max(part, 0.01)))]
    with (
        tempfile.TemporaryDirectory(prefix="mainstay-drill-") as name,
        running_demo(Path(name)) as demo,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
        watched = Watched(browser)
        sights = {view.name: _seen(watched, demo, view) for view in views}
        control = _control(watched)
        browser.close()
    company = _company_of(sights)
    ours = {urlsplit(demo.address).netloc, urlsplit(demo.site).netloc}
    differences = [what for name, sight in sights.items() for what in wrong_in(name, sight, ours, company)]
    if len(list(wrong_in("control", control, ours, company))) < 2:
        differences.append("the control was not noticed, so the drill is blind")
    return Report("network", _counts(sights, differences), differences)


def _seen(watched: Watched, demo: Any, view: Any) -> Sight:
    """What the page did. One that could not be reached is noted, and the others are looked at all the same."""
    from playwright.sync_api import Error

    from tools.pages import PageFailed, open_view

    watched.sight = Sight()
    try:
        with open_view(watched, demo, view, view.languages[0]) as page:  # type: ignore[arg-type]
            watched.sight.cookies = len(page.context.cookies()) if view.name.startswith(NO_COOKIES) else 0
            watched.sight.early = page.locator(EARLY).count()
    except (Error, PageFailed) as problem:
        watched.sight.missed = str(problem).partition("\n")[0]
    return watched.sight


def _control(watched: Watched) -> Sight:
    """A page that asks an undeclared host for a picture and tells it where the reader is."""
    watched.sight = Sight()
    with watched.new_context() as context:
        page = context.new_page()
        page.route("**/*", lambda route: route.fulfill(body=CONTROL_PAGE, content_type="text/html"))
        page.goto("https://control.example/article")
        page.wait_for_load_state("networkidle")
    return watched.sight


def _company_of(sights: dict[str, Sight]) -> str:
    """The payment company's host: whom a page asked after the click, beside ourselves, is found by its script."""
    for sight in sights.values():
        for address, _referrer, clicked in sight.requests:
            if clicked and urlsplit(address).path == "/v1/card.js":
                return urlsplit(address).netloc
    return ""


def wrong_in(name: str, sight: Sight, ours: set[str], company: str) -> Iterator[str]:
    """A sentence for each thing that a page must not do."""
    for address, referrer, clicked in sight.requests:
        parts = urlsplit(address)
        if parts.scheme in ("data", "blob", "about"):
            continue
        if parts.netloc not in {*ours, company}:
            yield f"{name}: asks {parts.netloc}, which nobody declared"
        if parts.netloc == company and not clicked:
            yield f"{name}: asks the payment company before the click"
        if referrer and urlsplit(referrer).netloc != parts.netloc:
            yield f"{name}: tells {parts.netloc} that the reader came from {referrer}"
    if sight.missed:
        yield f"{name}: the page was not reached, so it was not looked at: {sight.missed}"
    if sight.cookies:
        yield f"{name}: {sight.cookies} cookies under the article"
    if sight.early:
        yield f"{name}: {sight.early} connections are made beforehand"


def _counts(sights: dict[str, Sight], differences: list[str]) -> dict[str, int | float]:
    return {
        "pages": len(sights),
        "requests": sum(len(sight.requests) for sight in sights.values()),
        "pages on which the card's fields were opened": sum(sight.clicked for sight in sights.values()),
        "to undeclared hosts": sum("nobody declared" in what for what in differences),
        "to the payment company before the click": sum("before the click" in what for what in differences),
        "referrers that left": sum("came from" in what for what in differences),
        "cookies on article and message": sum(sight.cookies for sight in sights.values()),
    }
