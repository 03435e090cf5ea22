"""The script as it is served, in a real browser: under a news site's strict policy, with Mainstay on another origin.

Mainstay is a small server here that gives the served bytes and writes down what it was asked; no database is needed.
"""

import json
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from wsgiref.simple_server import WSGIServer, make_server

import pytest
from altcha import Payload, Solution, create_challenge, verify_solution
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from mainstay.message.content import read
from mainstay.message.manifest import Shown, manifest_of
from mainstay.message.script import script_bytes
from mainstay.newsrooms.models import Newsroom
from mainstay_demo.campaign import CAMPAIGN
from mainstay_demo.newssite.__main__ import SilentHandler, ThreadedServer, start_server

pytestmark = pytest.mark.browser

SOLVER = Path(__file__).parents[1] / "site" / "static" / "site" / "puzzle_worker.js"
GOLDEN = json.loads((Path(__file__).parent / "script" / "golden.json").read_text(encoding="utf-8"))
MILLISECONDS = 20_000
DRAWN = "reader-ask section"
ATTRIBUTES = """new MutationObserver((seen, eye) => {
    const found = document.querySelector('reader-ask');
    if (found) { for (const [name, value] of Object.entries(GIVEN)) found.setAttribute(name, value); eye.disconnect(); }
}).observe(document, {childList: true, subtree: true})"""
SHIFTS = """window.moved = 0; new PerformanceObserver((list) => {
    for (const shift of list.getEntries()) window.moved += shift.value;
}).observe({type: 'layout-shift', buffered: true})"""
TODAY = """(() => { const moment = Date.parse('DAYT12:00:00Z'); window.Date = class extends Date {
    constructor(...given) { super(...(given.length ? given : [moment])); }
    static now() { return moment; }
}; })()"""
# The script may wait up to 3 s for an idle moment; when its turn and one more have passed, it has done what it will.
IDLE = "() => new Promise((done) => requestIdleCallback(() => setTimeout(done, 500), {timeout: 4000}))"


@dataclass
class Asked:
    """One request that Mainstay got."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: dict[str, list[str]]
    headers: dict[str, str]


@dataclass
class Mainstay:
    """The server's side: what it was asked, and how it answers to a reminder."""

    asked: list[Asked] = field(default_factory=list)
    remind: int = 201
    puzzle: str = ""
    url: str = ""

    def paths(self) -> list[str]:
        return [one.path for one in self.asked]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length).decode()
        headers = {name: value for name, value in environ.items() if name.startswith("HTTP_")}
        query = parse_qs(environ["QUERY_STRING"])
        self.asked.append(Asked(environ["REQUEST_METHOD"], path, query, parse_qs(body), headers))
        status, kind, content = self.answer(path)
        start_response(f"{status} Answer", [("Content-Type", kind), ("Access-Control-Allow-Origin", "*")])
        return [content]

    def answer(self, path: str) -> tuple[int, str, bytes]:
        if path == "/ask/v1.js":
            return 200, "text/javascript; charset=utf-8", script_bytes()
        if path == "/ask/puzzle.js":
            return 200, "text/javascript; charset=utf-8", SOLVER.read_bytes()
        if path.endswith("/remind"):
            if self.puzzle and "solution" not in self.asked[-1].body:
                return 428, "application/json", json.dumps({"puzzle": self.puzzle}).encode()
            return self.remind, "application/json", b'{"date":"2026-02-28"}'
        if path.endswith(".json"):
            return 200, "application/json", _manifest(path.split(".")[-2])
        return 200, "text/html; charset=utf-8", b'<!doctype html><link rel="icon" href="data:,"><p>Choose'


def _manifest(language: str) -> bytes:
    newsroom = Newsroom(slug="far-shore", name="The Far Shore", language="en", currency="USD")
    return manifest_of(newsroom, [Shown("spring", read(CAMPAIGN))], language, 412)


def _serving(server: WSGIServer) -> Iterator[str]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def mainstay() -> Iterator[Mainstay]:
    found = Mainstay()
    serving = _serving(make_server("127.0.0.1", 0, found, ThreadedServer, SilentHandler))
    found.url = next(serving)
    yield found
    next(serving, None)


@pytest.fixture
def site(mainstay: Mainstay) -> Iterator[str]:
    yield from _serving(start_server(0, mainstay.url))


@pytest.fixture
def said(page: Page) -> list[str]:
    """What the browser complained of."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text))
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


@pytest.fixture(autouse=True)
def _patience(page: Page) -> None:
    page.set_default_timeout(MILLISECONDS)
    page.add_init_script(TODAY.replace("DAY", "2026-01-31"))


def _open(page: Page, site: str, path: str = "/ferry", **given: str) -> None:
    page.add_init_script(ATTRIBUTES.replace("GIVEN", json.dumps(given)))
    page.goto(site + path)
    page.locator(DRAWN).wait_for(state="attached")


def _stored(page: Page) -> dict[str, str]:
    return dict(page.evaluate("({...localStorage, ...sessionStorage})"))


def _focus_is_on(page: Page, selector: str) -> None:
    expect(page.locator(f"reader-ask {selector}")).to_be_focused(timeout=MILLISECONDS)


def _plain_form_stays(page: Page, site: str) -> None:
    page.goto(site + "/ferry", wait_until="networkidle")
    page.evaluate(IDLE)
    assert page.locator(DRAWN).count() == 0
    assert page.locator(".ask-form").is_visible()


def _ask_for_reminder(page: Page, mail: str) -> None:
    page.get_by_role("button", name="Remind me later").click()
    page.get_by_label("Mail address").fill(mail)
    page.get_by_role("button", name="Remind me next month").click()


def test_two_requests_no_cookie_nothing_stored_no_complaint(page, site, mainstay, said):
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    _open(page, site)
    page.locator(DRAWN).scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    page.evaluate(IDLE)
    assert mainstay.paths() == ["/ask/v1.js", "/ask/far-shore.en.json"]
    assert not [one for one in mainstay.asked if {"HTTP_COOKIE", "HTTP_REFERER"} & one.headers.keys()]
    assert {urlsplit(url).netloc for url in urls} == {urlsplit(site).netloc, urlsplit(mainstay.url).netloc}
    assert (page.context.cookies(), _stored(page), said) == ([], {}, [])


def _slow(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    session.send("Network.enable")
    conditions = {"latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 90_000}
    session.send("Network.emulateNetworkConditions", {"offline": False, **conditions})
    page.add_init_script(SHIFTS)


@pytest.mark.parametrize("path", ["/ferry", "/bread"])
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_moves_on_a_slow_phone_down_to_the_end(page, site, path, width):
    page.set_viewport_size({"width": width, "height": 800})
    _slow(page)
    _open(page, site, path)
    end = page.evaluate("document.documentElement.scrollHeight")
    for top in range(0, end + 400, 400):
        page.evaluate(
            "(top) => new Promise((done) => { scrollTo(0, top); requestAnimationFrame(done); })", top
        )
    page.evaluate(IDLE)
    assert page.evaluate("scrollY + innerHeight") == page.evaluate("document.documentElement.scrollHeight")
    assert page.evaluate("window.moved") == 0


def test_a_form_in_view_is_left_alone_until_it_is_below_again(page, site):
    page.add_init_script(SHIFTS)
    held: list[Any] = []
    page.route("**/far-shore.en.json", lambda route: held.append(route))
    with page.expect_request("**/far-shore.en.json"):
        page.goto(site + "/ferry")
    page.locator(".ask-form").scroll_into_view_if_needed()
    while not held:
        page.wait_for_timeout(20)
    with page.expect_response("**/far-shore.en.json"):
        held[0].continue_()
    page.evaluate(IDLE)
    assert page.locator(DRAWN).count() == 0
    page.evaluate("scrollTo(0, 0)")
    page.locator(DRAWN).wait_for(state="attached")
    assert page.evaluate("window.moved") == 0


def test_continue_carries_the_choices_and_nothing_else(page, site, mainstay):
    _open(page, site)
    page.get_by_role("radio", name="Annual").check()
    page.get_by_role("radio", name="$120", exact=True).check()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/support/far-shore/?*")
    asked = next(one for one in mainstay.asked if one.path == "/support/far-shore/")
    (label,) = asked.query.pop("src")
    assert asked.query == {
        "frequency": ["annual"],
        "amount": ["120"],
        "currency": ["USD"],
        "language": ["en"],
    }
    assert label in ("412.spring.a.world", "412.spring.b.world")
    assert not {"HTTP_COOKIE", "HTTP_REFERER"} & asked.headers.keys()
    page.goto(site + "/about")
    assert _stored(page) == {"reader-ask": "2026-03-02"}, "the same trace as closing leaves"


def test_another_amount_goes_as_it_was_typed(page, site):
    _open(page, site)
    page.get_by_role("textbox", name="Another amount").fill("7,50")
    expect(page.get_by_role("radio", name="Another amount")).to_be_checked()
    page.keyboard.press("Enter")
    page.wait_for_url("**/support/far-shore/?*")
    assert parse_qs(urlsplit(page.url).query)["amount"] == ["7,50"]


@pytest.mark.parametrize("way", ["Close this message", "I already support you"])
def test_closed_and_given_leave_the_same_trace_and_thirty_days_of_quiet(page, site, mainstay, way):
    _open(page, site)
    page.get_by_role("button", name=way).click()
    expect(page.locator("reader-ask h2")).to_have_count(0)
    _focus_is_on(page, ".away")
    assert _stored(page) == {"reader-ask": "2026-03-02"}
    page.goto(site + "/about")
    mainstay.asked.clear()
    page.goto(site + "/ferry", wait_until="networkidle")
    page.evaluate(IDLE)
    expect(page.locator(".ask-form")).to_be_hidden()
    assert mainstay.paths() in ([], ["/ask/v1.js"]), "a quiet message asks for no manifest"
    assert page.locator(DRAWN).count() == 0
    page.goto(site + "/about")
    page.add_init_script(TODAY.replace("DAY", "2026-03-02"))
    _open(page, site)


def test_storage_none_writes_nothing(page, site, mainstay):
    _open(page, site, storage="none")
    page.get_by_role("button", name="Close this message").click()
    _focus_is_on(page, ".away")
    assert _stored(page) == {}
    page.goto(site + "/about")
    _open(page, site, storage="none")
    _ask_for_reminder(page, "a.reader@example.org")
    page.get_by_text("Thank you! Your reminder is set.").wait_for()
    assert _stored(page) == {}


def test_a_reminder_is_a_real_post_and_says_the_day(page, site, mainstay, said):
    _open(page, site)
    page.get_by_role("radio", name="$10", exact=True).check()
    _ask_for_reminder(page, "a.reader@example.org")
    page.get_by_text("We’ll write once, on February 28").wait_for()
    asked = mainstay.asked[-1]
    assert (asked.method, asked.path) == ("POST", "/ask/far-shore/remind")
    choice = {"frequency": ["monthly"], "amount_minor": ["1000"], "currency": ["USD"], "lang": ["en"]}
    assert asked.body == {"mail": ["a.reader@example.org"], **choice}
    assert not {"HTTP_COOKIE", "HTTP_REFERER"} & asked.headers.keys()
    assert (_stored(page), page.context.cookies(), said) == ({"reader-ask": "2026-02-28"}, [], [])


def _tab_to(page: Page, name: str) -> None:
    """Presses Tab until the focus is on the message's control of that text, label or value."""
    at = """() => { const at = document.querySelector('reader-ask').shadowRoot?.activeElement;
        return at ? at.id || at.getAttribute('aria-label') || at.value : ''; }"""
    for _ in range(60):
        if page.evaluate(at) == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to “{name}”")


def test_in_attack_mode_the_device_solves_a_puzzle_of_ours(page, site, mainstay, said):
    challenge = create_challenge("PBKDF2/SHA-256", 1, key_prefix="00", data={"wait": 0}, hmac_secret="ours")
    mainstay.puzzle = json.dumps(challenge.to_dict())
    _open(page, site)
    _ask_for_reminder(page, "a.reader@example.org")
    expect(page.get_by_text("Thank you! Your reminder is set.")).to_be_visible(timeout=MILLISECONDS)
    first, solver, second = mainstay.asked[2:]
    assert (first.path, solver.path, second.path) == (
        "/ask/far-shore/remind",
        "/ask/puzzle.js",
        "/ask/far-shore/remind",
    )
    assert "HTTP_COOKIE" not in solver.headers
    assert second.body["mail"] == ["a.reader@example.org"]
    solved = Solution.from_dict(json.loads(second.body["solution"][0]))
    assert verify_solution(Payload(challenge, solved), "ours").verified
    assert [line for line in said if "428" not in line] == []


def test_the_whole_way_to_a_reminder_by_keyboard(page, site):
    _open(page, site)
    _tab_to(page, "monthly")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("radio", name="Once")).to_be_checked()
    _tab_to(page, "Remind me later")
    page.keyboard.press("Enter")
    _focus_is_on(page, "#mail")
    page.keyboard.type("a.reader")
    page.keyboard.press("Enter")
    page.get_by_text("That doesn’t look like a mail address").wait_for()
    _focus_is_on(page, "#mail")
    page.keyboard.press("End")
    page.keyboard.type("@example.org")
    page.keyboard.press("Enter")
    page.get_by_text("We’ll write once, on February 28").wait_for()
    _focus_is_on(page, ".act > p[role=status]")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    _focus_is_on(page, ".away")


def test_the_whole_way_to_the_checkout_by_keyboard(page, site):
    _open(page, site)
    _tab_to(page, "monthly")
    page.keyboard.press("ArrowDown")
    _tab_to(page, "6000")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/support/far-shore/?*")
    query = parse_qs(urlsplit(page.url).query)
    assert (query["frequency"], query["amount"]) == (["annual"], ["30"])


@pytest.mark.parametrize(
    ("status", "words"),
    [(400, "look like a mail address"), (429, "right now"), (503, "right now"), (0, "reach the newsroom")],
)
def test_an_error_keeps_what_was_typed_and_the_next_try_works(page, site, mainstay, status, words):
    _open(page, site)
    mainstay.remind = status
    if not status:
        page.route("**/remind", lambda route: route.abort())
    _ask_for_reminder(page, "a.reader@example.org")
    page.get_by_text(words).wait_for()
    expect(page.get_by_label("Mail address")).to_have_value("a.reader@example.org")
    assert _stored(page) == {}
    mainstay.remind = 201
    page.unroute_all()
    page.get_by_role("button", name="Remind me next month").click()
    page.get_by_text("Thank you! Your reminder is set.").wait_for()


def test_the_panels_cross_goes_back_with_choices_kept(page, site):
    _open(page, site)
    page.get_by_role("radio", name="Once").check()
    page.get_by_role("button", name="Remind me later").click()
    page.get_by_role("button", name="Back to the choices").click()
    expect(page.get_by_role("radio", name="Once")).to_be_checked()
    expect(page.get_by_role("button", name="Remind me later")).to_be_focused()
    assert _stored(page) == {}


def test_the_calendar_file_is_made_here_and_names_nobody(page, site, mainstay):
    _open(page, site)
    page.get_by_role("button", name="Remind me later").click()
    page.get_by_label("The entry will say").select_option("A month has passed")
    before = mainstay.paths()
    with page.expect_download() as download:
        page.get_by_role("button", name="Get the calendar file").click()
    text = Path(download.value.path()).read_bytes().decode()
    assert "DTSTART;VALUE=DATE:20260228\r\nSUMMARY:A month has passed\r\n" in text
    assert "shore" not in text.lower()
    assert download.value.suggested_filename == "date.ics"
    page.get_by_text("Save the file and it’s set. We kept nothing.").wait_for()
    assert mainstay.paths() == before
    assert _stored(page) == {"reader-ask": "2026-02-28"}


@pytest.mark.parametrize(
    "removed",
    [
        "delete CSSStyleSheet.prototype.replaceSync",
        "delete Document.prototype.adoptedStyleSheets",
        "delete window.IntersectionObserver",
        "Object.defineProperty(window, 'customElements', {value: undefined})",
    ],
)
def test_older_browsers_keep_the_plain_form(page, site, said, removed):
    page.add_init_script(removed)
    _plain_form_stays(page, site)
    assert said == []


def test_without_idle_callbacks_there_is_another_way(page, site, said):
    page.add_init_script("delete window.requestIdleCallback; delete Window.prototype.requestIdleCallback")
    _open(page, site)
    assert said == []


@pytest.mark.parametrize("body", ["", "{}", '{"c":[{}]}', "<html>"])
def test_a_broken_manifest_leaves_the_plain_form(page, site, said, body):
    page.route(
        "**/far-shore.en.json",
        lambda route: route.fulfill(body=body, headers={"Access-Control-Allow-Origin": "*"}),
    )
    _plain_form_stays(page, site)
    assert said == []


def test_reserved_room_that_stays_empty_goes_when_it_is_below_the_fold(page, site):
    page.set_viewport_size({"width": 1280, "height": 4000})
    page.add_init_script(SHIFTS)
    page.add_init_script(ATTRIBUTES.replace("GIVEN", '{"off": ""}'))
    page.goto(site + "/bread", wait_until="networkidle")
    expect(page.locator(".ask-form")).to_be_hidden()
    host = page.locator("reader-ask")
    assert host.bounding_box()["height"] > 500, "in view nothing moves"
    page.set_viewport_size({"width": 1280, "height": 300})
    expect(host).to_be_hidden()
    assert page.evaluate("window.moved") == 0


def test_a_reserved_room_closes_with_the_message_in_it(page, site):
    _open(page, site, "/bread")
    page.get_by_role("button", name="Close").click()
    assert page.locator("reader-ask").bounding_box()["height"] == 0


def test_off_on_the_page_shows_nothing_and_asks_for_nothing(page, site, mainstay):
    page.add_init_script(ATTRIBUTES.replace("GIVEN", '{"off": ""}'))
    page.goto(site + "/ferry", wait_until="networkidle")
    expect(page.locator(".ask-form")).to_be_hidden()
    page.evaluate(IDLE)
    assert mainstay.paths() == ["/ask/v1.js"]
    assert page.locator(DRAWN).count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_axe_finds_nothing_and_targets_are_large(page, site, scheme, language):
    page.emulate_media(color_scheme=scheme)
    _open(page, site, lang=language)
    assert page.locator(DRAWN).get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    # axe sees two landmarks of one name only with the wording whose title is that name
    assert page.locator("section:has(> reader-ask), [aria-label]:has(> reader-ask)").count() == 0
    _look(page)
    page.locator("reader-ask .link").first.click()
    page.locator("reader-ask #mail").wait_for()
    _look(page)


def _look(page: Page) -> None:
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    small = page.evaluate("""() => [...document.querySelector('reader-ask').shadowRoot
        .querySelectorAll('button, select, input:not([type=radio]), fieldset label')]
        .filter((one) => one.getBoundingClientRect().height < 44).map((one) => one.textContent)""")
    assert small == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_script_agrees_with_all_golden_vectors(page, site):
    _open(page, site)
    drawn = page.evaluate(
        """(cases) => cases.map(([reader, salt, weights]) => customElements.get('reader-ask').pick(reader, salt,
            Object.entries(weights).filter(([, w]) => w).map(([id, w]) => ({id, w}))).id)""",
        GOLDEN,
    )
    assert drawn == [case[3] for case in GOLDEN]


def test_print_shows_nothing(page, site):
    _open(page, site)
    page.emulate_media(media="print")
    expect(page.locator(DRAWN)).to_be_hidden()
