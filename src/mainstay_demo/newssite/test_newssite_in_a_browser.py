"""The site in a real browser: nothing for axe to find, nobody else asked, nothing wider than the screen."""

import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from mainstay_demo.newssite.__main__ import start_server
from mainstay_demo.newssite.stories import BREAD, STORIES

PATHS = ("/", "/about", *(story.path for story in STORIES), "/nowhere")
MAINSTAY = "http://127.0.0.1:9"  # the discard port: nothing answers, so the plain forms stay

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = start_server(0, MAINSTAY)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser(chromium: Browser) -> Browser:
    return chromium


@pytest.fixture(params=["light", "dark"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    with browser.new_context(color_scheme=request.param, viewport={"width": 360, "height": 740}) as context:
        yield context.new_page()


@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_nothing(page, site, path):
    page.goto(site + path)
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        # axe-core is handed in over the debugging protocol, so the page's policy stands while it looks
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", PATHS)
def test_nobody_else_is_asked_and_nothing_is_stored(browser, site, path):
    asked, said = [], []
    with browser.new_context() as context:
        page = context.new_page()
        page.on("request", lambda request: asked.append(urlsplit(request.url).netloc))
        page.on("console", lambda message: said.append(message.text))
        page.goto(site + path, wait_until="networkidle")
        assert set(asked) <= {urlsplit(site).netloc, urlsplit(MAINSTAY).netloc}
        assert [words for words in said if "Content Security Policy" in words] == []
        assert context.cookies() == []
        assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_the_short_storys_message_is_in_view_at_once_with_room_reserved(browser, site):
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        page.goto(site + BREAD.path)
        box = page.locator("reader-ask").bounding_box()
        assert box["y"] < 800
        assert box["height"] >= 576
        assert page.locator(".more").bounding_box()["y"] > 800


def test_every_target_can_be_hit_with_a_thumb(browser, site):
    with browser.new_context(viewport={"width": 360, "height": 740}) as context:
        page = context.new_page()
        for path in PATHS:
            page.goto(site + path)
            small = page.evaluate(
                """targets => [...document.querySelectorAll(targets)]
                    .filter(e => Math.min(e.offsetHeight, e.offsetWidth) < 44)
                    .map(e => e.textContent)""",
                "nav a, h2 a, .more a, .colophon a, button, label:has(input)",
            )
            assert small == []


def test_another_device_has_no_note_of_this_one(page: Page, site: str) -> None:
    page.goto(f"{site}/about")
    page.evaluate("localStorage.setItem('reader-ask', '2099-01-01')")
    page.goto(f"{site}/another-device")
    assert page.url == f"{site}/ferry"
    assert page.evaluate("localStorage.length") == 0
