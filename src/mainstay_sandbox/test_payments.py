"""Intents: one success each, however they are confirmed, and what a real company refuses."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from mainstay_sandbox.conftest import OTHER_SHOP, SHOP, Company


def error_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_preparing_moves_no_money(company: Company):
    intent = company.read(company.intent(metadata={"contribution": "c1"}))
    assert intent["status"] == "requires_confirmation"
    assert intent["metadata"] == {"contribution": "c1"}
    assert intent["charge"] is None
    assert company.get("/v1/balance_lines").json()["data"] == []


def test_a_payment_succeeds_once(company: Company):
    paid = company.paid(save_method=True)
    assert paid["status"] == "succeeded"
    charge, method = paid["charge"], paid["method"]
    assert charge["id"].startswith("ch_")
    assert (charge["amount_minor"], charge["fee_minor"], charge["currency"]) == (500, 45, "USD")
    assert (charge["refunded_minor"], charge["brand"], charge["country"]) == (0, "visa", "US")
    assert method["id"].startswith("pm_")
    assert method["customer"].startswith("cus_")
    assert (method["exp_month"], method["exp_year"]) == (12, 2030)
    again = company.confirm(paid["id"], token=company.token())
    assert error_of(again) == (409, "intent_already_succeeded")
    assert error_of(company.post(f"/v1/intents/{paid['id']}/cancel")) == (409, "intent_already_succeeded")


def test_twenty_threads_confirm_at_once_and_one_succeeds(company: Company):
    intent = company.intent()
    tokens = [company.token() for _ in range(20)]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda token: company.confirm(intent, token=token).status_code, tokens))
    assert sorted(answers) == [200] + [409] * 19
    kinds = [line["kind"] for line in company.get("/v1/balance_lines").json()["data"]]
    assert kinds == ["charge"]


def test_twenty_threads_with_one_key_get_one_answer(company: Company):
    intent, token = company.intent(), company.token()
    with ThreadPoolExecutor(20) as pool:
        answers = list(
            pool.map(lambda _: company.confirm(intent, once="same", token=token).json(), range(20))
        )
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["status"] == "succeeded"


def test_a_token_pays_once_and_lives_an_hour(company: Company):
    token = company.token()
    company.confirm(company.intent(), token=token)
    assert company.get(f"/v1/tokens/{token}").json()["used"] is True
    assert error_of(company.confirm(company.intent(), token=token)) == (409, "token_used")
    old = company.token()
    company.clock.now += 3600
    assert error_of(company.confirm(company.intent(), token=old)) == (422, "token_expired")


def test_a_decline_can_be_followed_by_another_card(company: Company):
    intent = company.intent()
    refused = company.confirm(intent, token=company.token("4000000000009995"))
    assert refused.status_code == 402
    assert refused.json()["error"]["decline_code"] == "insufficient_funds"
    assert company.read(intent)["last_error"]["decline_code"] == "insufficient_funds"
    paid = company.confirm(intent, token=company.token()).json()
    assert (paid["status"], paid["last_error"]) == ("succeeded", None)


def test_a_fault_leaves_token_key_and_intent_as_they_were(company: Company):
    intent, token = company.intent(), company.token("4000000000005001")
    assert error_of(company.confirm(intent, once="k", token=token)) == (503, "company_fault")
    assert company.get(f"/v1/tokens/{token}").json()["used"] is False
    assert company.read(intent)["status"] == "requires_confirmation"
    assert company.confirm(intent, once="k", token=company.token()).json()["status"] == "succeeded"


def test_an_unknown_outcome_is_a_cut_connection_and_money_that_moved(company: Company):
    intent = company.intent(save_method=True)
    with pytest.raises(httpx.RemoteProtocolError):
        company.confirm(intent, token=company.token("4000000000008880"))
    assert [line["kind"] for line in company.get("/v1/balance_lines").json()["data"]] == ["charge"]
    company.clock.now += 7
    reading = company.read(intent)
    assert (reading["status"], reading["charge"]) == ("processing", None)
    assert error_of(company.confirm(intent, token=company.token())) == (409, "intent_processing")
    assert error_of(company.post(f"/v1/intents/{intent}/cancel")) == (409, "intent_processing")
    company.clock.now += 1
    reading = company.read(intent)
    assert reading["status"] == "succeeded"
    assert reading["charge"]["amount_minor"] == 500
    assert reading["method"]["id"].startswith("pm_")


def test_the_key_of_a_cut_call_answers_without_moving_money_again(company: Company):
    intent, token = company.intent(), company.token("4000000000008880")
    with pytest.raises(httpx.RemoteProtocolError):
        company.confirm(intent, once="k", token=token)
    assert company.confirm(intent, once="k", token=token).json()["status"] == "processing"
    assert len(company.get("/v1/balance_lines").json()["data"]) == 1


def test_a_detached_card_is_declined(company: Company):
    method = company.paid(save_method=True)["method"]["id"]
    for _ in range(2):
        assert company.call("DELETE", f"/v1/methods/{method}").json()["status"] == "detached"
    refused = company.confirm(company.intent(), method=method, off_session=True)
    assert refused.status_code == 402
    assert refused.json()["error"]["decline_code"] == "method_detached"


def test_a_card_is_saved_without_a_charge_and_for_the_same_customer(company: Company):
    first = company.post("/v1/savings", {"token": company.token()}).json()["method"]
    assert (first["status"], first["country"], first["exp_year"]) == ("active", "US", 2030)
    again = {"token": company.token(), "customer": first["customer"]}
    second = company.post("/v1/savings", again).json()["method"]
    assert (second["customer"] == first["customer"], second["id"] != first["id"]) == (True, True)
    assert company.get(f"/v1/methods/{second['id']}").json() == second
    stranger = company.post("/v1/savings", {"token": company.token(), "customer": "cus_nobody"})
    assert error_of(stranger) == (404, "not_found")
    assert company.get("/v1/balance_lines").json()["data"] == []


def test_saving_a_card_that_the_bank_refuses(company: Company):
    token = company.token("4000000000009987")
    refused = company.post("/v1/savings", {"token": token})
    assert (refused.status_code, refused.json()["error"]["decline_code"]) == (402, "lost_card")
    assert company.get(f"/v1/tokens/{token}").json()["used"] is True


def test_cancelling(company: Company):
    intent = company.intent()
    for _ in range(2):
        assert company.post(f"/v1/intents/{intent}/cancel").json()["status"] == "cancelled"
    assert error_of(company.confirm(intent, token=company.token())) == (409, "intent_cancelled")
    paid = company.paid()["id"]
    assert error_of(company.post(f"/v1/intents/{paid}/cancel")) == (409, "intent_already_succeeded")
    assert company.read(paid)["status"] == "succeeded"


def test_a_charge_leads_to_its_payment(company: Company):
    paid = company.paid(reference="c1:1")
    shown = company.get(f"/v1/charges/{paid['charge']['id']}", key=SHOP.restricted_key).json()
    assert (shown["amount_minor"], shown["intent"]) == (500, paid)
    assert error_of(company.get("/v1/charges/ch_none")) == (404, "not_found")


def test_intents_are_found_by_reference(company: Company):
    first, second = company.intent(reference="c1:1"), company.intent(reference="c1:1")
    company.intent(reference="c1:2")
    found = company.get("/v1/intents?reference=c1:1").json()
    assert [intent["id"] for intent in found["data"]] == [second, first]
    assert found["has_more"] is False
    assert company.get("/v1/intents?reference=c1:1&limit=1").json()["has_more"] is True
    assert error_of(company.get("/v1/intents")) == (422, "parameter_not_accepted")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount_minor": 0}, "amount_not_accepted"),
        ({"amount_minor": -500}, "amount_not_accepted"),
        ({"amount_minor": 5.0}, "amount_not_accepted"),
        ({"amount_minor": True}, "amount_not_accepted"),
        ({"amount_minor": "500"}, "amount_not_accepted"),
        ({"amount_minor": 100_000_000}, "amount_not_accepted"),
        ({"amount_minor": 49}, "amount_under_minimum"),
        ({"amount_minor": 149, "currency": "KWD"}, "amount_under_minimum"),
        ({"currency": "RUB"}, "currency_not_accepted"),
        ({"currency": "usd"}, "currency_not_accepted"),
        ({"reference": ""}, "parameter_not_accepted"),
        ({"save_method": 1}, "parameter_not_accepted"),
        ({"metadata": {"a": 1}}, "metadata_not_accepted"),
        ({"metadata": ["a"]}, "metadata_not_accepted"),
        ({"metadata": {"a": "x" * 501}}, "metadata_not_accepted"),
        ({"refrence": "r"}, "parameter_not_known"),
    ],
)
def test_what_cannot_be_prepared(company: Company, change, code):
    body = {"amount_minor": 500, "currency": "USD", "reference": "r1", **change}
    assert error_of(company.post("/v1/intents", body)) == (422, code)


@pytest.mark.parametrize("body", [{}, {"token": "tok_1", "method": "pm_1"}, {"token": 7}])
def test_one_source_of_money_is_named(company: Company, body):
    assert error_of(company.confirm(company.intent(), **body)) == (422, "parameter_not_accepted")


def test_objects_of_another_account_do_not_exist(company: Company):
    paid, token = company.paid(save_method=True), company.token()
    company.key = OTHER_SHOP.secret_key
    for path in (
        f"/v1/intents/{paid['id']}",
        f"/v1/methods/{paid['method']['id']}",
        f"/v1/tokens/{token}",
        f"/v1/charges/{paid['charge']['id']}",
        f"/v1/refunds?charge={paid['charge']['id']}",
    ):
        assert company.get(path).status_code == 404
    own = company.intent()
    assert company.confirm(own, token=token).status_code == 404
    assert company.confirm(own, method=paid["method"]["id"]).status_code == 404
    refund = company.post("/v1/refunds", {"charge": paid["charge"]["id"], "amount_minor": 1})
    assert refund.status_code == 404
    assert company.get("/v1/balance_lines").json()["data"] == []
    assert SHOP.name not in str(company.sentences())
