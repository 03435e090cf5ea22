"""The site answers as it says it does: every page, its policy, its links and its markup."""

from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from mainstay_demo.newssite.address import MainstayAddressError, NewsroomNameError, origin_of
from mainstay_demo.newssite.app import make_application
from mainstay_demo.newssite.bar import BAR_STYLESHEET, BAR_TEMPLATE, render_bar
from mainstay_demo.newssite.filling import MissingValueError, fill
from mainstay_demo.newssite.stories import STORIES

MAINSTAY = "http://127.0.0.1:8123"
PATHS = ("/", "/about", *(story.path for story in STORIES))
POLICY = (
    "default-src 'none'; script-src http://127.0.0.1:8123; connect-src http://127.0.0.1:8123;"
    " form-action http://127.0.0.1:8123; img-src 'self'; style-src 'self'; base-uri 'none';"
    " frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
VOID = {"meta", "link", "img", "input", "br"}


class Page(HTMLParser):
    """Reads a page as its reader's browser might, and keeps what the tests ask about."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> names an attribute twice"
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.extend(data.split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


class Answer:
    def __init__(self, status: str, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status = int(status.split()[0])
        self.headers = dict(headers)
        self.names = [name.lower() for name, _ in headers]
        self.body = body

    @property
    def page(self) -> Page:
        return Page(self.body.decode())


def ask(path: str, method: str = "GET", **extra: str) -> Answer:
    """Ask the site as a server would, with the standard library's checker between."""
    environ: dict[str, Any] = {
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "REQUEST_METHOD": method,
        **extra,
    }
    setup_testing_defaults(environ)
    started: list[Any] = []
    application = validator(make_application(MAINSTAY, "far-shore"))
    chunks: Iterable[bytes] = application(environ, lambda *answer: started.extend(answer))
    try:
        body = b"".join(chunks)
    finally:
        chunks.close()
    return Answer(started[0], started[1], body)


@pytest.mark.parametrize("path", PATHS)
def test_every_page_answers_with_its_policy_and_no_cookie(path):
    answer = ask(path)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "set-cookie" not in answer.names


@pytest.mark.parametrize("path", [*PATHS, "/nowhere"])
def test_markup_is_well_formed_and_obeys_the_policy(path):
    html = ask(path).body.decode()
    page = Page(html)
    assert page.open == []
    assert "{" not in html
    assert page.all("style") == []
    inline = [
        name for _, attributes in page.elements for name in attributes if name == "style" or name[:2] == "on"
    ]
    assert inline == []
    assert len(page.all("h1")) == 1
    assert len({a["id"] for _, a in page.elements if "id" in a}) == sum("id" in a for _, a in page.elements)
    assert all(image["alt"] is not None for image in page.all("img"))


@pytest.mark.parametrize("path", [*PATHS, "/nowhere"])
def test_every_link_of_the_site_leads_somewhere(path):
    page = ask(path).page
    named = [a["href"] for tag in ("a", "link") for a in page.all(tag)] + [i["src"] for i in page.all("img")]
    own = {address for address in named if address and address.startswith("/")}
    assert {"/", "/about", "/static/site.css"} <= own
    assert [address for address in sorted(own) if ask(address).status != 200] == []
    assert all(a.startswith(("/", "#", f"{MAINSTAY}/")) for a in named if a)


def test_front_page_leads_to_every_story():
    page = ask("/").page
    links = {link["href"] for link in page.all("a")}
    assert {story.path for story in STORIES} <= links
    for story in STORIES:
        assert story.standfirst in " ".join(page.words)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_each_story_has_one_script_and_one_message(story):
    page = ask(story.path).page
    assert page.all("script") == [{"async": None, "src": f"{MAINSTAY}/ask/v1.js"}]
    (element,) = page.all("reader-ask")
    assert element["newsroom"] == "far-shore"
    assert element["lang"] == story.language == page.all("html")[0]["lang"]
    assert element["section"] == story.section
    assert ("reserved" in element) is story.brief


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_the_plain_form_carries_the_readers_choice(story):
    page = ask(story.path).page
    (form,) = page.all("form")
    assert form["action"] == f"{MAINSTAY}/support/far-shore/"
    assert form["method"] == "get"
    radios = [i for i in page.all("input") if i.get("type") == "radio"]
    assert [(r["name"], r["value"], "checked" in r) for r in radios] == [
        ("frequency", "once", False),
        ("frequency", "monthly", True),
        ("frequency", "annual", False),
    ]
    rest = {i["name"]: i["value"] for i in page.all("input") if i.get("type") != "radio"}
    assert rest == {"amount": "5", "currency": "USD", "src": "nojs"}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_the_message_stands_between_the_text_and_more_stories(story):
    html = ask(story.path).body.decode()
    assert html.index("</article>") < html.index("<reader-ask") < html.index('<section class="more"')


def test_the_stories_have_the_lengths_they_are_there_for():
    words = {story.name: len(fill(f"stories/{story.name}.html", {}).split()) for story in STORIES}
    assert 1300 <= words["ferry"] <= 1650
    assert 200 <= words["bread"] <= 280
    assert 600 <= words["lessons"] <= 800
    assert 100 <= words["notebook"] <= 200


def test_the_russian_page_is_russian_around_the_text_too():
    page = ask("/lessons").page
    assert page.all("html")[0]["lang"] == "ru"
    assert "Продолжить" in page.words
    assert not {"Continue", "Monthly", "Front", "Skip"} & set(page.words)


def test_an_unknown_address_gets_a_kind_page():
    answer = ask("/nowhere")
    assert answer.status == 404
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert ask("/static/../app.py").status == 404


@pytest.mark.parametrize(
    ("path", "content_type"),
    [("/static/site.css", "text/css; charset=utf-8"), ("/static/ferry.svg", "image/svg+xml")],
)
def test_files_have_their_type_and_are_not_sent_twice(path, content_type):
    first = ask(path)
    assert first.status == 200
    assert first.headers["Content-Type"] == content_type
    assert first.headers["Cache-Control"] == "public, max-age=300"
    again = ask(path, HTTP_IF_NONE_MATCH=f'W/{first.headers["ETag"]}, "other"')
    assert (again.status, again.body) == (304, b"")
    assert ask(path, HTTP_IF_NONE_MATCH='"other"').status == 200


def test_only_reading_is_possible():
    assert ask("/", method="HEAD").body == b""
    refused = ask("/", method="POST")
    assert refused.status == 405
    assert refused.headers["Allow"] == "GET, HEAD"


def test_the_bar_is_the_same_for_both_origins():
    bar = render_bar(MAINSTAY, "http://127.0.0.1:8124")
    links = [link["href"] for link in Page(bar).all("a")]
    assert links == [
        f"{MAINSTAY}/",
        "http://127.0.0.1:8124/",
        f"{MAINSTAY}/demo/mailbox/",
        f"{MAINSTAY}/desk/",
        f"{MAINSTAY}/demo/clock/",
        f"{MAINSTAY}/demo/faults/",
    ]
    assert BAR_TEMPLATE.is_file()
    assert BAR_STYLESHEET.is_file()


@pytest.mark.parametrize(
    "address", ["127.0.0.1:8000", "http://a b", "http://x; script-src *", "ftp://x", "http://x/y", ""]
)
def test_an_address_that_would_spoil_the_policy_is_refused(address):
    with pytest.raises(MainstayAddressError, match=r"http://127\.0\.0\.1:8000"):
        make_application(address, "far-shore")


def test_an_address_may_end_in_a_slash():
    assert origin_of("https://Give.Example.org/") == "https://give.example.org"


def test_a_newsroom_that_would_spoil_the_path_is_refused():
    with pytest.raises(NewsroomNameError):
        make_application(MAINSTAY, '"><script>')


def test_the_arabic_page_is_arabic_and_reads_from_the_right():
    page = ask("/notebook").page
    assert (page.all("html")[0]["lang"], page.all("html")[0]["dir"]) == ("ar", "rtl")
    assert "متابعة" in page.words
    assert not {"Continue", "Monthly", "Front", "Skip"} & set(page.words)


def test_a_forgotten_value_is_named():
    with pytest.raises(MissingValueError, match="mainstay"):
        fill("templates/bar.html", {"site": ""})


def test_what_is_in_another_language_than_its_page_says_so():
    assert [item.get("lang") for item in ask("/").page.all("article")] == [None, None, "ru", "ar"]
    assert [item.get("dir") for item in ask("/").page.all("article")] == [None, None, "ltr", "rtl"]
    languages = [item.get("lang") for item in ask("/lessons").page.all("li")]
    assert languages == ["en", "en", "ar"]
