"""Disputes at the reader's bank, and bank debits that come back."""

import pytest

from mainstay_sandbox.conftest import Company
from mainstay_sandbox.controls import SwitchRefused
from mainstay_sandbox.test_payments import error_of

DAY_SECONDS = 24 * 60 * 60


def moved(company: Company) -> list[tuple[str, int, int]]:
    rows = company.get("/v1/balance_lines").json()["data"]
    return [(row["kind"], row["amount_minor"], row["fee_minor"]) for row in rows]


def held(company: Company) -> int:
    return company.get("/v1/balance").json()["data"][0]["amount_minor"]


def test_an_inquiry_takes_nothing(company: Company):
    charge = company.paid()["charge"]["id"]
    dispute = company.controls.dispute(charge, stage="inquiry")
    company.controls.move_dispute(dispute, "won")
    shown = company.get(f"/v1/disputes/{dispute}").json()
    assert (shown["stage"], shown["fee_minor"]) == ("won", 0)
    assert moved(company) == [("charge", 500, 45)]


@pytest.mark.parametrize(("fee_returned", "fee", "left"), [(False, 0, -1045), (True, -1500, 455)])
def test_a_dispute_that_is_won(company: Company, fee_returned, fee, left):
    charge = company.paid()["charge"]["id"]
    dispute = company.controls.dispute(charge)
    assert held(company) == 455 - 500 - 1500
    company.controls.move_dispute(dispute, "won", fee_returned=fee_returned)
    assert moved(company)[1:] == [("dispute", -500, 1500), ("dispute_returned", 500, fee)]
    assert company.get(f"/v1/disputes/{dispute}").json()["fee_returned"] is fee_returned
    assert held(company) == left


def test_a_dispute_that_is_lost_in_part(company: Company):
    paid = company.paid()
    dispute = company.controls.dispute(paid["charge"]["id"], stage="inquiry", amount_minor=200)
    company.controls.move_dispute(dispute, "opened")
    company.controls.move_dispute(dispute, "lost")
    assert moved(company)[1:] == [("dispute", -200, 1500)]
    assert company.read(paid["id"])["charge"]["disputed_minor"] == 200
    with pytest.raises(SwitchRefused, match="can't become won"):
        company.controls.move_dispute(dispute, "won")


def test_what_is_disputed_cannot_be_refunded(company: Company):
    charge = company.paid()["charge"]["id"]
    dispute = company.controls.dispute(charge, amount_minor=400)
    refund = {"charge": charge, "amount_minor": 101}
    assert error_of(company.post("/v1/refunds", refund)) == (409, "refund_exceeds_charge")
    company.controls.move_dispute(dispute, "won")
    assert company.post("/v1/refunds", refund).status_code == 201


def test_a_bank_may_take_what_was_refunded_but_no_more_than_the_charge(company: Company):
    charge = company.paid()["charge"]["id"]
    company.post("/v1/refunds", {"charge": charge, "amount_minor": 500})
    company.controls.dispute(charge, amount_minor=300)
    again = {"charge": charge, "amount_minor": 201}
    assert error_of(company.post("/v1/test/disputes", again)) == (409, "dispute_exceeds_charge")
    company.controls.dispute(charge, amount_minor=200)
    assert held(company) == 455 - 500 - 300 - 200 - 3000


def test_the_card_that_is_disputed_at_once(company: Company):
    company.paid("4000000000000259")
    assert [kind for kind, _, _ in moved(company)] == ["charge", "dispute"]
    types = [event["type"] for event in company.get("/v1/events").json()["data"]]
    assert types == ["intent.succeeded", "dispute.opened"]


def test_a_debit_comes_back_weeks_later(company: Company):
    intent = company.intent(save_method=True, currency="EUR")
    assert company.confirm(intent, token=company.token("9000002760000031")).json()["status"] == "pending"
    company.clock.now += 3 * DAY_SECONDS
    assert company.read(intent)["status"] == "succeeded"
    company.clock.now += 14 * DAY_SECONDS
    assert moved(company) == [("charge", 500, 45), ("dispute", -500, 350)]
    event = company.get("/v1/events").json()["data"][-1]
    assert event["type"] == "dispute.lost"
    assert company.get(f"/v1/disputes/{event['object']['id']}").json()["reason"] == "return"


def test_a_return_after_a_dispute_takes_nothing_twice(company: Company):
    intent = company.intent(currency="EUR")
    company.confirm(intent, token=company.token("9000002760000031"))
    company.clock.now += 3 * DAY_SECONDS
    company.controls.dispute(company.read(intent)["charge"]["id"], reason="return")
    company.clock.now += 14 * DAY_SECONDS
    assert [kind for kind, _, _ in moved(company)] == ["charge", "dispute"]


@pytest.mark.parametrize(
    "change", [{"stage": "won"}, {"reason": "anger"}, {"amount_minor": 0}, {"charge": None}]
)
def test_a_dispute_that_cannot_be(company: Company, change):
    body = {"charge": company.paid()["charge"]["id"], **change}
    assert company.post("/v1/test/disputes", body).status_code == 422
