"""Keys that open an account, and keys that make a call happen once."""

import httpx
import pytest

from mainstay_sandbox.accounts import AccountKeys, add_account
from mainstay_sandbox.conftest import SHOP, Company
from mainstay_sandbox.test_payments import error_of

DAY_SECONDS = 24 * 60 * 60
BODY = {"amount_minor": 500, "currency": "USD", "reference": "r1"}


def test_the_same_key_and_parameters_repeat_the_first_answer(company: Company):
    first = company.post("/v1/intents", BODY, once="k")
    again = company.post("/v1/intents", dict(reversed(BODY.items())), once="k")
    assert (again.status_code, again.json()) == (201, first.json())
    assert len(company.get("/v1/intents?reference=r1").json()["data"]) == 1


def test_a_decline_is_repeated_under_its_key(company: Company):
    intent, token = company.intent(), company.token("4000000000000002")
    first = company.confirm(intent, once="k", token=token)
    assert company.confirm(intent, once="k", token=token).json() == first.json()
    assert first.status_code == 402


def test_the_same_key_for_something_else_is_refused(company: Company):
    company.post("/v1/intents", BODY, once="k")
    other_amount = company.post("/v1/intents", {**BODY, "amount_minor": 600}, once="k")
    assert error_of(other_amount) == (409, "idempotency_mismatch")
    other_call = company.confirm(company.intent(), once="k", token=company.token())
    assert error_of(other_call) == (409, "idempotency_mismatch")


def test_a_key_lives_24_hours(company: Company):
    first = company.post("/v1/intents", BODY, once="k").json()["id"]
    company.clock.now += DAY_SECONDS - 1
    assert company.post("/v1/intents", BODY, once="k").json()["id"] == first
    company.clock.now += 1
    assert company.post("/v1/intents", BODY, once="k").json()["id"] != first


def test_a_key_whose_life_is_over_can_be_used_for_something_else(company: Company):
    company.post("/v1/intents", BODY, once="k")
    company.clock.now += DAY_SECONDS
    other = company.post("/v1/intents", {**BODY, "amount_minor": 600}, once="k")
    assert (other.status_code, other.json()["amount_minor"]) == (201, 600)


def test_a_refused_call_leaves_its_key_free(company: Company):
    assert company.post("/v1/intents", {**BODY, "amount_minor": 0}, once="k").status_code == 422
    assert company.post("/v1/intents", BODY, once="k").status_code == 201


@pytest.mark.parametrize("path", ["/v1/intents", "/v1/intents/pi_1/confirm", "/v1/refunds"])
@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "x" * 256}])
def test_a_key_is_required(company: Company, path, headers):
    answer = company.call("POST", path, json=BODY, headers=headers)
    assert error_of(answer) == (400, "idempotency_key_required")


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer sk_nobody", "Basic sk_shop", "sk_shop"])
def test_a_key_that_is_not_known(company: Company, authorization):
    answer = httpx.get(f"{company.address}/v1/calls", headers={"Authorization": authorization})
    assert error_of(answer) == (401, "key_not_known")


def test_a_restricted_key_pays_but_neither_lists_nor_refunds(company: Company):
    charge = company.paid()["charge"]["id"]
    company.key = SHOP.restricted_key
    paid = company.paid(save_method=True)
    assert company.get(f"/v1/methods/{paid['method']['id']}").status_code == 200
    for path in (
        "/v1/intents?reference=r1",
        f"/v1/refunds?charge={charge}",
        "/v1/balance_lines",
        "/v1/balance",
        "/v1/calls",
        "/v1/events",
        "/v1/payouts",
    ):
        assert error_of(company.get(path)) == (403, "key_not_allowed"), path
    refund = company.post("/v1/refunds", {"charge": charge, "amount_minor": 1})
    assert error_of(refund) == (403, "key_not_allowed")


def test_a_publishable_key_only_makes_tokens(company: Company):
    intent = company.intent()
    token = company.token()
    company.key = SHOP.publishable_key
    assert error_of(company.post("/v1/intents", BODY)) == (403, "key_not_allowed")
    assert error_of(company.get(f"/v1/intents/{intent}")) == (403, "key_not_allowed")
    assert error_of(company.get(f"/v1/tokens/{token}")) == (403, "key_not_allowed")
    card = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2030, "cvc": "123"}
    assert company.call("POST", "/v1/tokens", key=SHOP.restricted_key, json=card).status_code == 403


def test_an_account_keeps_its_payments_when_its_keys_change(company: Company):
    intent = company.intent()
    add_account(company.store, AccountKeys(SHOP.name, "sk_new", "rk_new", "pk_new"))
    assert company.get(f"/v1/intents/{intent}").status_code == 401
    assert company.get(f"/v1/intents/{intent}", key="sk_new").json()["id"] == intent


@pytest.mark.parametrize("text", ["", "a:b:c", "a:b:c:d:e", "a::c:d", "a:same:same:d"])
def test_an_account_that_is_not_one(text):
    with pytest.raises(ValueError, match="NAME:SECRET_KEY"):
        AccountKeys.parse(text)
