"""Ordered faults: what the shop sees, what happened all the same, and whom they strike."""

import time

import httpx
import pytest

from mainstay_sandbox import faults
from mainstay_sandbox.conftest import OTHER_SHOP, SHOP, Company
from mainstay_sandbox.controls import SwitchRefused
from mainstay_sandbox.routes import ROUTES
from mainstay_sandbox.test_payments import error_of

HAPPENED = "succeeded"
NOTHING = "requires_confirmation"


def lines(company: Company) -> int:
    return len(company.get("/v1/balance_lines").json()["data"])


@pytest.mark.parametrize(
    ("fault", "status", "code", "state"),
    [
        ("error_500_before", 500, "internal_error", NOTHING),
        ("error_500_after", 500, "internal_error", HAPPENED),
        ("rate_limited_429", 429, "too_many_calls", NOTHING),
        ("unavailable_503", 503, "company_fault", NOTHING),
        ("unauthorised_401", 401, "key_not_known", NOTHING),
        ("decline_insufficient_funds", 402, "card_declined", NOTHING),
        ("decline_lost_card", 402, "card_declined", NOTHING),
    ],
)
def test_an_answer_that_is_wrong(company: Company, fault, status, code, state):
    intent, token = company.intent(), company.token()
    company.controls.fault("confirm", fault)
    assert error_of(company.confirm(intent, token=token)) == (status, code)
    assert company.read(intent)["status"] == state
    assert lines(company) == (1 if state == HAPPENED else 0)


@pytest.mark.parametrize(
    ("fault", "state"),
    [("timeout_before", NOTHING), ("timeout_after", HAPPENED), ("cut_mid_answer", HAPPENED)],
)
def test_an_answer_that_never_comes(company: Company, fault, state):
    intent, token = company.intent(), company.token()
    company.controls.fault("confirm", fault, hold_seconds=0)
    with pytest.raises(httpx.RemoteProtocolError):
        company.confirm(intent, token=token)
    assert company.read(intent)["status"] == state
    assert [row["status"] for row in company.get("/v1/calls").json()["data"]][-2] == 0


@pytest.mark.parametrize("fault", ["timeout_before", "timeout_after"])
def test_an_answer_is_held_past_the_shops_deadline(company: Company, fault):
    intent, token = company.intent(), company.token()
    company.controls.fault("confirm", fault, hold_seconds=0.6)
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(
            f"{company.address}/v1/intents/{intent}/confirm",
            json={"token": token},
            headers={"Authorization": f"Bearer {SHOP.secret_key}", "Idempotency-Key": "k"},
            timeout=0.2,
        )
    expected = HAPPENED if fault == "timeout_after" else NOTHING
    assert company.read(intent)["status"] == expected


def test_an_answer_that_is_not_the_apis(company: Company):
    intent, token = company.intent(), company.token()
    company.controls.fault("confirm", "malformed_200")
    answer = company.confirm(intent, token=token)
    assert (answer.status_code, answer.text[:15]) == (200, "<!doctype html>")
    assert company.read(intent)["status"] == HAPPENED


def test_a_refusal_can_be_lost_too(company: Company):
    company.controls.fault("look_up", "cut_mid_answer")
    with pytest.raises(httpx.RemoteProtocolError):
        company.get("/v1/intents/pi_none")


def test_an_answer_that_drips(company: Company):
    intent, token = company.intent(), company.token()
    company.controls.fault("confirm", "slow_drip", hold_seconds=0.5)
    started = time.monotonic()
    assert company.confirm(intent, token=token).json()["status"] == HAPPENED
    assert time.monotonic() - started >= 0.5


def test_the_same_key_after_a_lost_answer_moves_no_more_money(company: Company):
    intent, token = company.intent(), company.token()
    company.controls.fault("confirm", "error_500_after")
    company.confirm(intent, once="k", token=token)
    assert company.confirm(intent, once="k", token=token).json()["status"] == HAPPENED
    assert lines(company) == 1


def test_times_and_their_order(company: Company):
    company.controls.fault("prepare", "error_500_before", times=2)
    company.controls.fault("*", "rate_limited_429")
    body = {"amount_minor": 500, "currency": "USD", "reference": "r1"}
    statuses = [company.post("/v1/intents", body).status_code for _ in range(4)]
    assert statuses == [500, 500, 429, 201]
    assert company.controls.faults() == []


@pytest.mark.parametrize("by", ["reference", "intent"])
def test_a_fault_for_one_payment_only(company: Company, by):
    other, struck = company.intent(reference="c1:1"), company.intent(reference="c1:2")
    company.controls.fault("confirm", "error_500_before", match="c1:2" if by == "reference" else struck)
    assert company.confirm(other, token=company.token()).status_code == 200
    assert company.confirm(struck, token=company.token()).status_code == 500


def test_a_refund_is_known_by_its_payments_reference(company: Company):
    charge = company.paid(reference="c1:7")["charge"]["id"]
    company.controls.fault("refund", "error_500_after", match="c1:7")
    assert company.post("/v1/refunds", {"charge": charge, "amount_minor": 100}).status_code == 500
    assert company.get(f"/v1/refunds?charge={charge}").json()["data"][0]["amount_minor"] == 100


def test_another_shop_is_not_struck(company: Company):
    company.controls.fault("*", "error_500_before")
    assert company.get("/v1/balance", key=OTHER_SHOP.secret_key).status_code == 200
    assert company.get("/v1/balance").status_code == 500


def test_faults_are_listed_and_called_off(company: Company):
    company.controls.fault("confirm", "timeout_after", times=3, match="r9", hold_seconds=1.5)
    assert company.controls.faults() == [
        {"call": "confirm", "fault": "timeout_after", "times": 3, "match": "r9", "hold_seconds": 1.5}
    ]
    company.controls.call_off_faults()
    assert company.controls.faults() == []


@pytest.mark.parametrize(
    "body",
    [
        {"call": "nothing", "fault": "timeout_after"},
        {"call": "confirm", "fault": "nothing"},
        {"call": "confirm", "fault": "twice"},
        {"call": "webhook", "fault": "timeout_after"},
        {"call": "prepare", "fault": "decline_lost_card"},
        {"call": "confirm", "fault": "decline_nothing"},
        {"call": "confirm", "fault": "decline_"},
        {"call": "confirm", "fault": "timeout_after", "times": 0},
        {"call": "confirm", "fault": "timeout_after", "times": 1.5},
        {"call": "confirm", "fault": "timeout_after", "hold_seconds": 31},
        {"call": "confirm", "fault": "timeout_after", "match": 7},
        {"call": "confirm"},
    ],
)
def test_a_fault_that_cannot_be(company: Company, body):
    assert error_of(company.post("/v1/test/faults", body)) == (422, "parameter_not_accepted")


def test_faults_are_not_ordered_without_end(company: Company, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(faults, "MOST_ORDERED", 2)
    for _ in range(2):
        company.controls.fault("confirm", "timeout_after", times=9)
    with pytest.raises(SwitchRefused, match="ordered already"):
        company.controls.fault("confirm", "timeout_after")


def test_a_switch_that_is_refused_says_why(company: Company):
    with pytest.raises(SwitchRefused, match="no fault “nothing” of “confirm”"):
        company.controls.fault("confirm", "nothing")


def test_every_call_that_can_go_wrong_has_a_name():
    assert sorted(faults.CALLS) == sorted(route.name for route in ROUTES if route.name)


@pytest.mark.parametrize("key", [SHOP.restricted_key, SHOP.publishable_key])
def test_switches_need_the_secret_key(company: Company, key):
    for route in ROUTES:
        if "/test/" in route.path:
            path = route.path.replace("{id}", "x")
            assert error_of(company.call(route.method, path, key=key)) == (403, "key_not_allowed"), path
    assert company.call("POST", "/v1/test/deliveries", key=key).status_code == 403
