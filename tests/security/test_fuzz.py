"""Every form and field that a page shows, and the two addresses for programs, filled with whatever comes to mind.

Nothing may answer with a fault of ours, show a trace, or give back a word of ours that is not escaped.
"""

import json
from contextlib import contextmanager
from copy import deepcopy
from html.parser import HTMLParser

import pytest
from django.db import transaction
from django.http import HttpResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mainstay.guard.buckets import forget_all

from .addresses import every_address
from .conftest import come_back

MARK = "<zq-7\"'&"
NASTY = (
    *(
        "",
        " ",
        "0",
        "-1",
        "1e309",
        "NaN",
        "9" * 400,
        "0x10",
        "١٢٣",
        "5,00,",
        "2026-02-30",
        "9999-12-31",
        "0000-00-00",
    ),
    *(
        "\0",
        "\r\nX-Header: 1",
        "\u202e",
        "\ud7ff",
        "é" * 300,
        "../../etc/passwd",
        "%s%n{0}{{7*7}}",
        "' OR 1=1 --",
    ),
    *(
        MARK,
        f"{MARK}@example.org",
        f"https://example.org/{MARK}",
        "javascript:alert(1)",
        "//elsewhere.example",
    ),
    *("true", "None", "[]", "{}", "RU", "USD", "on", "00000000-0000-4000-8000-000000000000"),
)
WORDS = st.one_of(st.sampled_from(NASTY), st.text(max_size=60), st.integers().map(str))
NAMES = (
    "name",
    "next",
    "language",
    "src",
    "frequency",
    "amount",
    "currency",
    "mail",
    "token",
    "said",
    "page",
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.sampled_from(NASTY),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=8,
)
PER_FORM = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Forms(HTMLParser):
    """The forms of a page: where each goes, how, and the values that its fields have."""

    def __init__(self, path):
        super().__init__()
        self.found, self._path, self._open = [], path, None

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag == "form":
            self._open = {}
            where = (told.get("action") or self._path).partition("?")[0]
            self.found.append((where, (told.get("method") or "get").lower(), self._open))
        elif self._open is not None and tag in ("input", "select", "textarea", "button") and told.get("name"):
            self._open.setdefault(told["name"], told.get("value") or "")

    def handle_endtag(self, tag):
        if tag == "form":
            self._open = None


def forms_of(client, paths):
    """Every form on these pages, each once."""
    found = {}
    for path in paths:
        come_back(client)
        answer = client.get(path)
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            page = Forms(path)
            page.feed(answer.content.decode())
            found |= {(where, how, tuple(sorted(fields))): fields for where, how, fields in page.found}
    return [(where, how, fields) for (where, how, _names), fields in sorted(found.items())]


@contextmanager
def undone(client):
    """What a request writes is taken back after it, and so are cookies and counts."""
    kept = deepcopy(client.cookies)
    forget_all()
    with transaction.atomic():
        come_back(client)
        yield
        transaction.set_rollback(True)
    client.cookies = kept


def judge(path, answer):
    """No fault of ours, no trace, nothing back as it was sent."""
    assert answer.status_code < 500 or answer.status_code == 503, f"{path} answered {answer.status_code}"
    text = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert b"Traceback" not in text, path
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        assert MARK.encode() not in text, f"{path} gives back what was sent"
    for name, value in answer.headers.items():
        assert "\n" not in value, f"{path}: {name}"


@pytest.mark.parametrize(
    "answer", [HttpResponse(status=500), HttpResponse(MARK), HttpResponse("Traceback (most")]
)
def test_the_judge_can_find_something(answer):
    with pytest.raises(AssertionError):
        judge("/somewhere/", answer)


def fill(data, fields):
    """Each field as the page had it, or as somebody thought of; and one that the page did not have."""
    filled = {name: data.draw(st.sampled_from([value, value, None])) for name, value in fields.items()}
    typed = {name: data.draw(WORDS) if value is None else value for name, value in filled.items()}
    return (
        {**typed, data.draw(st.sampled_from(NAMES)): data.draw(WORDS)} if data.draw(st.booleans()) else typed
    )


@pytest.mark.parametrize("who", ["reader", "admin"])
def test_no_form_can_be_filled_so_that_it_breaks(who, house, request):
    client = request.getfixturevalue(who)
    begin = "/desk/" if who == "admin" else ("/support/", "/my/", "/addresses/")
    forms = forms_of(client, [path for path in every_address(house.words) if path.startswith(begin)])
    assert len(forms) > 15

    @PER_FORM
    @given(st.data())
    def each(data):
        for path, method, fields in forms:
            with undone(client):
                judge(path, getattr(client, method)(path, fill(data, fields)))

    each()


def test_no_address_can_be_asked_so_that_it_breaks(house, reader):
    paths = every_address(house.words)

    @PER_FORM
    @given(st.data())
    def each(data):
        for path in paths:
            query = {data.draw(st.sampled_from(NAMES)): data.draw(WORDS) for _ in range(3)}
            with undone(reader):
                judge(path, reader.get(path, query))

    each()


@settings(PER_FORM, max_examples=200)
@given(body=JSON.map(json.dumps) | st.binary(max_size=300) | st.text(max_size=100))
def test_no_body_breaks_the_addresses_for_programs(house, reader, body):
    for path in ("/ask/far-shore/remind", f"/hooks/near/{house.words['account_id']}/"):
        with undone(reader):
            judge(path, reader.generic("POST", path, body, content_type="application/json"))


@settings(PER_FORM, max_examples=60)
@given(
    language=WORDS,
    cookie=st.text(
        st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=';,"\\'), max_size=200
    ),
)
def test_no_cookie_or_header_breaks_a_page(house, reader, language, cookie):
    told = {
        "accept-language": language.replace("\r", "").replace("\n", ""),
        "cookie": f"checkout={cookie}; my={cookie}",
    }
    for path in ("/support/far-shore/", "/support/far-shore/card/", "/my/far-shore/page/"):
        with undone(reader):
            judge(path, reader.get(path, headers=told))
