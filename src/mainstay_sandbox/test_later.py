"""What the company does of itself when its clock gets there: debits, fees, refunds, payouts."""

import pytest

from mainstay_sandbox.conftest import START, Company
from mainstay_sandbox.controls import SwitchRefused
from mainstay_sandbox.test_payments import error_of

DAY_SECONDS = 24 * 60 * 60


def moved(company: Company) -> list[tuple[str, int, int, str]]:
    rows = company.get("/v1/balance_lines").json()["data"]
    return [(row["kind"], row["amount_minor"], row["fee_minor"], row["currency"]) for row in rows]


def types(company: Company) -> list[str]:
    return [event["type"] for event in company.get("/v1/events").json()["data"]]


def refund(company: Company, amount_minor: int = 200) -> tuple[str, str]:
    charge = company.paid()["charge"]["id"]
    answer = company.post("/v1/refunds", {"charge": charge, "amount_minor": amount_minor}).json()
    return answer["id"], answer["status"]


def test_a_debit_is_pending_for_days_then_paid(company: Company):
    intent = company.intent(save_method=True)
    token = company.token("9000002760000015")
    assert company.get(f"/v1/tokens/{token}").json()["kind"] == "debit"
    company.confirm(intent, token=token)
    assert error_of(company.confirm(intent, token=company.token())) == (409, "intent_processing")
    assert error_of(company.post(f"/v1/intents/{intent}/cancel")) == (409, "intent_processing")
    company.clock.now += 3 * DAY_SECONDS - 1
    assert (company.read(intent)["status"], moved(company)) == ("pending", [])
    company.clock.now += 1
    paid = company.read(intent)
    assert (paid["status"], paid["method"]["country"]) == ("succeeded", "DE")
    assert company.confirm(company.intent(), method=paid["method"]["id"]).json()["status"] == "pending"


def test_a_debit_that_fails_can_be_paid_by_card(company: Company):
    intent = company.intent()
    company.confirm(intent, token=company.token("9000002760000023"))
    company.clock.now += 3 * DAY_SECONDS
    failed = company.read(intent)
    assert (failed["status"], failed["last_error"]["decline_code"]) == (
        "requires_confirmation",
        "insufficient_funds",
    )
    assert company.confirm(intent, token=company.token()).json()["status"] == "succeeded"


@pytest.mark.parametrize("result", ["succeeded", "failed"])
def test_a_debit_is_ended_by_hand_and_once(company: Company, result):
    intent = company.intent()
    company.confirm(intent, token=company.token("9000002760000015"))
    company.controls.end_debit(intent, result)
    company.clock.now += 30 * DAY_SECONDS
    assert len(moved(company)) == (1 if result == "succeeded" else 0)
    with pytest.raises(SwitchRefused, match="not a pending debit"):
        company.controls.end_debit(intent, result)


def test_a_fee_that_is_learned_later(company: Company):
    company.controls.change_settings(fee_after_seconds=DAY_SECONDS)
    intent = company.paid()["id"]
    assert company.read(intent)["charge"]["fee_minor"] is None
    company.clock.now += DAY_SECONDS
    assert company.read(intent)["charge"]["fee_minor"] == 45
    assert moved(company) == [("charge", 500, 0, "USD"), ("fee", -45, 0, "USD")]


def test_a_charge_that_settles_in_another_currency(company: Company):
    company.controls.change_settings(settlement_currency="EUR", rates={"USD": "0.92", "JPY": "0.0061"})
    dollars = company.paid(amount_minor=1001)["charge"]
    assert (dollars["amount_minor"], dollars["currency"]) == (1001, "USD")
    # 10.01 USD at 0.92 is 9.2092 EUR; 2.9 % of 9.21 is 0.267
    assert (dollars["settled_minor"], dollars["settled_currency"], dollars["fee_minor"]) == (921, "EUR", 57)
    yen = company.paid(amount_minor=500, currency="JPY")["charge"]
    assert (yen["settled_minor"], yen["settled_currency"]) == (305, "EUR")
    pounds = company.paid(currency="GBP")["charge"]
    assert (pounds["settled_minor"], pounds["settled_currency"]) == (500, "GBP")
    company.post("/v1/refunds", {"charge": dollars["id"], "amount_minor": 500})
    company.controls.dispute(dollars["id"], amount_minor=501)
    assert moved(company)[-2:] == [("refund", -460, 0, "EUR"), ("dispute", -461, 1500, "EUR")]


@pytest.mark.parametrize(
    ("fate", "at_once", "in_the_end", "kinds"),
    [
        ("succeed", "succeeded", "succeeded", ["charge", "refund"]),
        ("pending_then_succeed", "pending", "succeeded", ["charge", "refund"]),
        ("pending_then_fail", "pending", "failed", ["charge"]),
        ("succeed_then_fail", "succeeded", "failed", ["charge", "refund", "refund_failed"]),
    ],
)
def test_the_fates_of_a_refund(company: Company, fate, at_once, in_the_end, kinds):
    company.controls.change_settings(refunds=fate)
    refund_id, status = refund(company)
    assert status == at_once
    company.clock.now += 2 * DAY_SECONDS
    assert company.get(f"/v1/refunds/{refund_id}").json()["status"] == in_the_end
    assert [kind for kind, *_ in moved(company)] == kinds


def test_a_pending_refund_holds_its_part_of_the_charge_until_it_failed(company: Company):
    company.controls.change_settings(refunds="pending_then_fail")
    charge = company.paid()["charge"]["id"]
    whole = {"charge": charge, "amount_minor": 500}
    first = company.post("/v1/refunds", whole).json()["id"]
    assert error_of(company.post("/v1/refunds", whole)) == (409, "refund_exceeds_charge")
    company.controls.end_refund(first, "failed")
    assert company.post("/v1/refunds", whole).status_code == 201


def test_a_payout_on_demand_arrives_two_days_later(company: Company):
    company.paid()
    payout = company.controls.pay_out("USD")
    assert company.get(f"/v1/payouts/{payout}").json() == {
        "id": payout,
        "stage": "sent",
        "amount_minor": 455,
        "currency": "USD",
    }
    assert company.get("/v1/balance").json()["data"][0]["amount_minor"] == 0
    company.clock.now += 2 * DAY_SECONDS
    assert company.get(f"/v1/payouts/{payout}").json()["stage"] == "arrived"
    with pytest.raises(SwitchRefused, match="does not hold that much"):
        company.controls.pay_out("USD")


def test_a_payout_that_comes_back_even_after_it_arrived(company: Company):
    company.paid()
    company.controls.change_settings(payouts_fail=True)
    company.controls.pay_out("USD", 300)
    company.clock.now += 2 * DAY_SECONDS
    assert moved(company)[1:] == [("payout", -300, 0, "USD"), ("payout_failed", 300, 0, "USD")]
    company.controls.change_settings(payouts_fail=False)
    arrived = company.controls.pay_out("USD")
    company.controls.end_payout(arrived, "arrived")
    company.controls.end_payout(arrived, "failed")
    assert company.get("/v1/balance").json()["data"][0]["amount_minor"] == 455


def test_daily_payouts_at_midnight_however_far_the_clock_leaps(company: Company):
    company.controls.change_settings(payouts="daily")
    company.controls.change_settings(payouts="manual")
    company.controls.change_settings(payouts="daily")
    company.paid()
    company.paid(currency="EUR")
    company.clock.now += 3 * DAY_SECONDS
    company.paid()
    company.clock.now += 3 * DAY_SECONDS
    assert [(kind, amount) for kind, amount, *_ in moved(company)] == [
        ("charge", 500),
        ("charge", 500),
        ("payout", -455),
        ("payout", -455),
        ("charge", 500),
        ("payout", -455),
    ]
    days = [row["day"] for row in company.get("/v1/balance_lines").json()["data"]]
    assert days == ["2027-01-15", "2027-01-15", "2027-01-16", "2027-01-16", "2027-01-18", "2027-01-19"]
    stages = {payout["stage"] for payout in company.get("/v1/payouts").json()["data"]}
    assert stages == {"arrived"}
    company.controls.change_settings(payouts="manual")
    company.paid()
    company.clock.now += 3 * DAY_SECONDS
    assert moved(company)[-1][0] == "charge"


def test_the_company_corrects_the_balance(company: Company):
    company.controls.adjust("EUR", 700)
    company.controls.adjust("EUR", -900)
    assert moved(company) == [("adjustment", 700, 0, "EUR"), ("adjustment", -900, 0, "EUR")]
    for wrong in (0, "7", 1.5, 100_000_000):
        body = {"currency": "EUR", "amount_minor": wrong}
        assert error_of(company.post("/v1/test/adjustments", body)) == (422, "amount_not_accepted")


def test_a_payment_that_is_not_found_at_once(company: Company):
    company.controls.change_settings(find_after_seconds=3600)
    intent = company.intent(reference="c1:9")
    assert company.get("/v1/intents?reference=c1:9").json()["data"] == []
    assert company.read(intent)["reference"] == "c1:9"
    company.clock.now += 3600
    assert len(company.get("/v1/intents?reference=c1:9").json()["data"]) == 1


@pytest.mark.parametrize("change", ["replaced", "expired", "detached"])
def test_the_bank_tells_of_a_saved_card(company: Company, change):
    method = company.paid(save_method=True)["method"]
    company.controls.change_method(method["id"], change, "FR" if change == "replaced" else None)
    shown = company.get(f"/v1/methods/{method['id']}").json()
    assert types(company)[-1] == f"method.{change}"
    renewal = company.confirm(company.intent(), method=method["id"], off_session=True)
    if change == "replaced":
        assert (shown["exp_year"], shown["country"], renewal.status_code) == (2033, "FR", 200)
    else:
        code = {"expired": "expired_card", "detached": "method_detached"}[change]
        assert renewal.json()["error"]["decline_code"] == code


def test_the_clock_stands_leaps_and_runs(company: Company):
    controls = company.controls
    assert company.get("/v1/test/clock").json()["now"] == START
    assert controls.forward(60) == START + 60
    company.clock.now += 5
    assert company.get("/v1/test/clock").json()["now"] == START + 65
    controls.stop_clock(1_900_000_000)
    company.clock.now += 5
    assert controls.forward(-7200) == 1_900_000_000 - 7200
    controls.real_clock()
    assert company.get("/v1/test/clock").json()["now"] == START + 10
    assert error_of(company.post("/v1/test/clock", {"now": 1.5})) == (422, "parameter_not_accepted")
    assert error_of(company.post("/v1/test/clock", {})) == (422, "parameter_not_accepted")


def test_a_reset_forgets_one_account_and_keeps_its_keys(company: Company):
    kept = company.paid()["id"]
    company.key = "sk_other"
    company.call("POST", "/v1/test/settings", json={"payouts": "daily"})
    company.confirm(company.intent(save_method=True), token=_token_of_other(company, "4000002760003184"))
    paid = company.confirm(company.intent(save_method=True), token=_token_of_other(company)).json()
    company.post("/v1/refunds", {"charge": paid["charge"]["id"], "amount_minor": 100})
    assert company.call("POST", "/v1/test/reset").status_code == 200
    assert company.get(f"/v1/intents/{paid['id']}").status_code == 404
    assert company.get("/v1/balance_lines").json()["data"] == []
    assert company.get("/v1/test/settings").json()["payouts"] == "manual"
    assert len(company.get("/v1/calls").json()["data"]) == 2
    company.key = company.secret
    assert company.read(kept)["status"] == "succeeded"


def _token_of_other(company: Company, number: str = "4242424242424242") -> str:
    body = {"number": number, "exp_month": 12, "exp_year": 2030, "cvc": "123"}
    return company.call("POST", "/v1/tokens", key="pk_other", json=body).json()["id"]


@pytest.mark.parametrize(
    "change",
    [
        {"settlement_currency": "RUB"},
        {"rates": {"USD": 0.92}},
        {"rates": {"USD": "-1"}},
        {"rates": {"USD": "NaN"}},
        {"rates": {"RUB": "1"}},
        {"refunds": "perhaps"},
        {"fee_after_seconds": -1},
        {"payouts_fail": 1},
        {"webhook_url": "ftp://127.0.0.1/"},
        {"webhook_secrets": ["a", "b", "c", "d"]},
        {"webhook_secrets": "a"},
    ],
)
def test_a_setting_that_cannot_be(company: Company, change):
    assert error_of(company.post("/v1/test/settings", change)) == (422, "parameter_not_accepted")
