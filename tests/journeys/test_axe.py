"""axe finds nothing on any page of the program: every language, light and dark.

None is wider than a phone, nor than 320 pixels: what a screen of 1280 shows at 400% (WCAG 2.2, 1.4.10).
"""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe

from tools.demo import running_demo
from tools.pages import VIEWS, Demo, open_view

pytestmark = [pytest.mark.browser, pytest.mark.journey]
PHONE = {"width": 360, "height": 740}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
RULES: dict[str, dict[str, object]] = {"light": {}, "dark": {"runOnly": COLOURS}}
"""All in the light; in the dark the page is the same but for its colours."""
ZOOMED = {"width": 320, "height": 256}
CASES = [(view, language) for view in VIEWS for language in view.languages]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(tmp_path_factory.mktemp("demo") / "state") as running:
        yield running


@pytest.mark.parametrize(("view", "language"), CASES, ids=[f"{view.name}-{lang}" for view, lang in CASES])
def test_axe_finds_nothing(chromium, demo, view, language):
    with open_view(chromium, demo, view, language) as page:
        page.set_viewport_size(PHONE)
        for scheme, rules in RULES.items():
            page.emulate_media(color_scheme=scheme)
            # axe is handed in over the debugging protocol, so the page's own policy stands
            results = Axe().run(page, options=rules)
            assert results.violations_count == 0, f"{scheme}: {results.generate_report()}"
        for size in (PHONE, ZOOMED):
            page.set_viewport_size(size)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
