"""The headers that keep others out, on every address of the program, whatever it answers."""

import pytest
from django.test import Client

from .addresses import every_address
from .conftest import come_back

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=()",
}
FOR_OTHER_SITES = ("/ask/", "/addresses/far-shore/list.json")
"""What the newsroom's own site and mirrors fetch: the script, the manifest, the signed list."""
FRAMED_BY_THE_DESK = ("/desk/message/preview/",)
CARD_PAGES = ("/card/", "/warned/")


def every_answer(clients, words):
    """The answers of every address to everybody."""
    for path in every_address(words):
        for client in clients:
            for method in ("get", "post"):
                come_back(client)
                answer = getattr(client, method)(path)
                assert answer.status_code < 500, f"{method} {path} answered {answer.status_code}"
                yield path, answer


def problems_of(path, answer):
    """What is missing, or too wide."""
    found = (*_policy(path, answer), *_headers(path, answer), *_cookies(answer))
    yield from (f"{path}: {problem}" for problem in found)


def _policy(path, answer):
    parts = answer.headers.get("Content-Security-Policy", "").split(";")
    policy = dict(part.strip().partition(" ")[::2] for part in parts)
    if path in FRAMED_BY_THE_DESK and policy.get("frame-ancestors") == "'self'":
        policy["frame-ancestors"] = "'none'"
    for name, value in POLICY.items():
        more = name == "script-src" and path.endswith(CARD_PAGES)
        if not (policy.get(name, "").startswith(value) if more else policy.get(name) == value):
            yield f"{name} is {policy.get(name)!r}"
    if "unsafe" in str(policy):
        yield "the policy has an unsafe word"


def _headers(path, answer):
    wanted = dict(HEADERS)
    if not path.startswith(FOR_OTHER_SITES):
        wanted |= {"Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store"}
    for name, value in wanted.items():
        if value not in answer.headers.get(name, ""):
            yield f"{name} is {answer.headers.get(name)!r}"


def _cookies(answer):
    for cookie in answer.cookies.values():
        taken_away = cookie["max-age"] == 0
        if not taken_away and not (cookie["httponly"] and cookie["samesite"] in ("Lax", "Strict")):
            yield f"the cookie {cookie.key} is open to scripts or to other sites"


def test_every_address_sends_them(house, reader, admin):
    stranger = Client(raise_request_exception=False)
    found = {
        problem
        for pair in every_answer((stranger, reader, admin), house.words)
        for problem in problems_of(*pair)
    }
    assert not found, "\n".join(sorted(found))


@pytest.mark.parametrize(
    ("path", "more", "status"),
    [
        ("/nowhere/", {}, 404),
        ("/support/far-shore/", {"data": {"note": "x" * 9_000}}, 413),
        (
            "/support/far-shore/",
            {"data": {"frequency": "once", "amount": "5", "currency": "USD", "mark": "\x00"}},
            400,
        ),
        ("/my/far-shore/?way=%00", {}, 400),
        ("/support/far-shore/", {"headers": {"host": "elsewhere.example"}}, 400),
    ],
)
def test_so_do_answers_that_no_page_gives(house, settings, path, more, status):
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client(raise_request_exception=False)
    answer = client.post(path, **more) if "data" in more else client.get(path, **more)
    assert answer.status_code == status
    assert not list(problems_of(path, answer))


def test_all_addresses_are_found(house):
    found = every_address(house.words)
    assert len(found) > 80
    assert "/ask/v1.js" in found
    assert "/ask/far-shore.en.json" in found
    assert "/support/far-shore/pay/" in found
    assert f"/desk/payments/{house.words['payment_id']}/refund/" in found
