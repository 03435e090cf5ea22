"""The wire: addresses, bodies, headers, and the list of calls."""

import socket
from pathlib import Path

import httpx
import pytest

from mainstay_sandbox import calls
from mainstay_sandbox.addresses import origin_of, with_answer
from mainstay_sandbox.conftest import SHOP, Company
from mainstay_sandbox.routes import ROUTES
from mainstay_sandbox.test_payments import error_of


def test_it_says_that_it_lives(company: Company):
    answer = httpx.get(f"{company.address}/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/intents/", "/v1/nothing", "/static/../app.py", "/bank/x"])
def test_an_address_that_is_not_there(company: Company, path):
    assert error_of(company.get(path)) == (404, "not_found")


def test_a_method_that_an_address_does_not_take(company: Company):
    assert error_of(company.call("PUT", "/v1/intents")) == (405, "method_not_allowed")
    assert error_of(company.call("DELETE", "/bank/x")) == (405, "method_not_allowed")


@pytest.mark.parametrize("body", [b"{", b"[]", b"7", b"\xff", b"[" * 60_000])
def test_a_body_that_is_no_object(company: Company, body):
    headers = {"Idempotency-Key": "k"}
    answer = company.call("POST", "/v1/intents", content=body, headers=headers)
    assert error_of(answer) == (400, "json_not_read")


def test_a_body_that_is_too_long(company: Company):
    fits, too_long = b" " * 65_536, b" " * 65_537
    assert error_of(company.call("POST", "/v1/intents", content=fits)) == (400, "json_not_read")
    assert error_of(company.call("POST", "/v1/intents", content=too_long)) == (413, "body_too_long")


def test_a_body_without_a_length(company: Company):
    answer = company.call("POST", "/v1/intents", content=iter([b"{}"]))
    assert error_of(answer) == (411, "length_required")


def test_browsers_of_any_shop_may_make_tokens(company: Company):
    preflight = httpx.options(f"{company.address}/v1/tokens")
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "authorization" in preflight.headers["access-control-allow-headers"].lower()
    refused = company.call("POST", "/v1/tokens", key=SHOP.publishable_key, json={})
    assert refused.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in company.get("/v1/calls").headers


def test_the_cut_connection_on_the_wire(company: Company):
    """The answer begins, promises more than it sends, and ends: no client can take it for an outcome."""
    intent, token = company.intent(), company.token("4000000000008880")
    body = f'{{"token": "{token}"}}'
    host, port = company.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as wire:
        wire.sendall(
            f"POST /v1/intents/{intent}/confirm HTTP/1.1\r\nHost: x\r\n"
            f"Authorization: Bearer {SHOP.secret_key}\r\n"
            f"Idempotency-Key: k\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        received = b"".join(iter(lambda: wire.recv(65536), b""))
    head, _, rest = received.partition(b"\r\n\r\n")
    assert b"Content-Length" in head
    assert rest == b"{"


def test_the_calls_of_a_payment_in_plain_sentences(company: Company):
    company.paid()
    token = company.token("4000006430000009")
    company.get(f"/v1/tokens/{token}")
    assert company.sentences() == [
        "A payment of 5.00 USD was prepared; no money moved",
        "A card number was exchanged for a token",
        "The bank paid 5.00 USD",
        "A card number was exchanged for a token",
        "The shop asked which country issued the card; no bank was asked",
    ]
    last = company.get("/v1/calls").json()["data"][-1]
    assert (last["method"], last["path"], last["status"]) == ("GET", f"/v1/tokens/{token}", 200)


def test_calls_that_were_refused_or_cut_are_listed(company: Company):
    company.post("/v1/intents", {"amount_minor": 0, "currency": "USD", "reference": "r"})
    company.confirm(company.intent(), token=company.token("4000000000000002"))
    with pytest.raises(httpx.RemoteProtocolError):
        company.confirm(company.intent(), token=company.token("4000000000008880"))
    rows = company.get("/v1/calls").json()["data"]
    listed = [(row["status"], row["what"]) for row in rows]
    assert listed[0] == (422, "Refused: amount_minor must be a whole number from 1 to 99999999.")
    assert (402, "The bank declined 5.00 USD; no money moved (do_not_honor)") in listed
    assert listed[-1] == (0, "The bank paid 5.00 USD; the connection was cut before the shop had its answer")


def test_the_last_500_calls_are_kept(company: Company):
    connection = company.store.connection()
    account_id = connection.execute("SELECT id FROM accounts WHERE name = ?", (SHOP.name,)).fetchone()["id"]
    for number in range(503):
        calls.record(connection, account_id, "GET", f"/v1/{number}", 200, "One")
    rows = company.get("/v1/calls?limit=9999").json()["data"]
    assert (len(rows), rows[0]["path"], rows[-1]["path"]) == (500, "/v1/3", "/v1/502")
    newer = company.get(f"/v1/calls?after={rows[-2]['number']}").json()["data"]
    assert newer == rows[-1:]


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://shop.example/a?b=c;d,e#f", "https://shop.example"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("javascript:alert(1)", None),
        ("//shop.example/", None),
        ("https://shop.example;script-src *", None),
        ("https://user@shop.example/", None),
        ("https://shop.example/\r\nSet-Cookie: a=b", None),
        ("https://shop.example/é", None),
        ("", None),
    ],
)
def test_addresses_of_shops(address, origin):
    assert origin_of(address) == origin


def test_an_answer_is_added_to_an_address():
    assert with_answer("https://a.example/b?c=d#e", intent="pi_1") == "https://a.example/b?c=d&intent=pi_1#e"
    assert with_answer("https://a.example", intent="pi_1") == "https://a.example?intent=pi_1"


def test_the_readme_names_every_call():
    readme = (Path(__file__).parent / "README.md").read_text(encoding="utf-8")
    assert [route.path for route in ROUTES if route.path not in readme] == []
