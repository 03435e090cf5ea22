"""What the message costs a reader: bytes, script time and longest task on a slow phone, and how much the page moves.

A real Chromium reads an article of the demonstration's news site, with the processor slowed 4 times and 150 ms to
every server, and scrolls to its end.
"""

import http.client
import json
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from tools.browser import FLAGS, chromium_path
from tools.ports import free_port

from .measuring import LoadFailed, in_child, share_of
from .places import NEWSROOM, environment
from .processes import HOST, server

SCRIPT = "/ask/v1.js"
LANGUAGES = ("en", "ru", "ar")
ENCODINGS = {"raw": "identity", "gzip": "gzip", "brotli": "br"}
PHONE = {"width": 360, "height": 740}
SLOWER = 4
DELAY_MS = 150
TIMED_RUNS = 5
STILL_RUNS = 20
SETTLE_MS = 1500
GLANCE_MS, MOST_GLANCES = 100, 300
WATCH = """window.moved = 0; new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) window.moved += shift.value;
}).observe({ type: 'layout-shift', buffered: true });"""
TO_THE_END = """async () => {
  for (let at = 0; at < document.documentElement.scrollHeight; at += 400) {
    window.scrollTo(0, at);
    await new Promise((done) => setTimeout(done, 60));
  }
}"""


def run() -> dict[str, Any]:
    """Bytes of script and manifests, milliseconds at 4 times slower, and layout shifts of 20 runs."""
    with _site() as (mainstay_port, article), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
        figures = {"bytes": _bytes(mainstay_port), **_timed(browser, article), **_still(browser, article)}
        browser.close()
    return figures


@contextmanager
def _site() -> Iterator[tuple[int, str]]:
    """Mainstay with a published message, and the news site; gives Mainstay's port and an article's address."""
    port, site_port = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="mainstay-bench-") as name:
        told = environment(Path(name), f"sqlite:///{name}/bench.sqlite3", port)
        in_child("benchmarks.load.site", told, company=f"http://{HOST}:9/")
        address = ["--mainstay", f"http://{HOST}:{port}"]
        with (
            server("mainstay.cli.main", port, told, "serve"),
            server("mainstay_demo.newssite", site_port, {}, *address),
        ):
            yield port, f"http://{HOST}:{site_port}/ferry"


def _bytes(port: int) -> dict[str, dict[str, int]]:
    """The size of each file in each encoding, as it is sent."""
    paths = {"script": SCRIPT, **{f"manifest_{one}": f"/ask/{NEWSROOM}.{one}.json" for one in LANGUAGES}}
    return {
        name: {encoding: _size(port, path, sent) for encoding, sent in ENCODINGS.items()}
        for name, path in paths.items()
    }


def _size(port: int, path: str, encoding: str) -> int:
    link = http.client.HTTPConnection(HOST, port, timeout=30)
    link.request("GET", path, headers={"Accept-Encoding": encoding})
    size = len(link.getresponse().read())
    link.close()
    return size


def _timed(browser: Browser, article: str) -> dict[str, float]:
    """Medians of a few runs. The article's site has no script of its own."""
    runs = [_trace(browser, article) for _turn in range(TIMED_RUNS)]
    script, longest = zip(*runs, strict=True)
    return {
        "script_ms_at_4x_median": round(statistics.median(script), 1),
        "longest_task_ms_at_4x_median": round(statistics.median(longest), 1),
        "longest_task_ms_at_4x_worst": round(max(longest), 1),
    }


def _trace(browser: Browser, article: str) -> tuple[float, float]:
    """Milliseconds in the script, and of the longest task that ran it."""
    with browser.new_context(viewport=PHONE) as context:  # type: ignore[arg-type]
        page = context.new_page()
        _slow_down(page)
        browser.start_tracing(page=page, categories=["toplevel", "devtools.timeline"])
        _read(page, article)
        events = json.loads(browser.stop_tracing())["traceEvents"]
    return _times([event for event in events if event.get("ph") == "X"])


def _times(events: list[dict[str, Any]]) -> tuple[float, float]:
    """The sum of what ran the script, and the longest task around any of it."""
    ours = [event for event in events if SCRIPT in json.dumps(event.get("args", {}).get("data", {}))]
    run_here = [event for event in ours if event["name"] in ("EvaluateScript", "FunctionCall")]
    outer = [event for event in run_here if not any(_around(other, event) for other in run_here)]
    tasks = [event for event in events if event["name"].endswith("RunTask")]
    around = [task["dur"] for task in tasks if any(_around(task, event) for event in outer)]
    return sum(event["dur"] for event in outer) / 1000, max(around, default=0) / 1000


def _around(one: dict[str, Any], other: dict[str, Any]) -> bool:
    same = (one["pid"], one["tid"]) == (other["pid"], other["tid"]) and one is not other
    return same and one["ts"] <= other["ts"] and one["ts"] + one["dur"] >= other["ts"] + other["dur"]


def _still(browser: Browser, article: str) -> dict[str, Any]:
    """Layout shift of each run, read to the end."""
    runs = [_moved(browser, article) for _turn in range(share_of(STILL_RUNS))]
    return {
        "runs": len(runs),
        "runs_without_layout_shift": sum(moved == 0 for moved, _asked in runs),
        "largest_layout_shift": max(moved for moved, _asked in runs),
        "requests_to_mainstay_at_most": max(asked for _moved, asked in runs),
    }


def _moved(browser: Browser, article: str) -> tuple[float, int]:
    with browser.new_context(viewport=PHONE) as context:  # type: ignore[arg-type]
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.add_init_script(WATCH)
        _slow_down(page)
        _read(page, article)
        moved = float(page.evaluate("window.moved"))
        return moved, sum("/ask/" in url for url in asked)


def _slow_down(page: Page) -> CDPSession:
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    session.send("Network.enable")
    unlimited = {"offline": False, "latency": DELAY_MS, "downloadThroughput": -1, "uploadThroughput": -1}
    session.send("Network.emulateNetworkConditions", unlimited)
    return session


def _read(page: Page, article: str) -> None:
    page.goto(article)
    _wait_for_the_message(page)
    page.evaluate(TO_THE_END)
    page.wait_for_timeout(SETTLE_MS)


def _wait_for_the_message(page: Page) -> None:
    """The page's policy allows no `eval`, which waiting in the page would need. Raises `LoadFailed`."""
    for _glance in range(MOST_GLANCES):
        if page.evaluate("!!document.querySelector('reader-ask').shadowRoot"):
            return
        page.wait_for_timeout(GLANCE_MS)
    raise LoadFailed("The message did not appear under the article.")
