"""Saving a card without a payment, where the bank wants its holder first."""

import pytest

from mainstay_sandbox.conftest import CLIENT, Company
from mainstay_sandbox.test_payments import error_of

ASKS = "4000002760003184"
RETURN = "https://shop.example/my/bank/"


def asked(company: Company, **more) -> dict:
    answer = company.post("/v1/savings", {"token": company.token(ASKS), **more})
    assert answer.status_code == 202
    return answer.json()


def status_of(company: Company, saving: dict) -> str:
    return company.get(f"/v1/savings/{saving['id']}").json()["status"]


@pytest.mark.parametrize(
    ("answer", "result", "status"),
    [("approve", "approved", "succeeded"), ("refuse", "refused", "declined")],
)
def test_the_reader_decides_at_the_bank(company: Company, answer: str, result: str, status: str):
    saving = asked(company, return_url=RETURN)
    assert (saving["status"], saving["method"]) == ("requires_action", None)
    page = CLIENT.get(saving["action_url"])
    assert "the card is only saved" in page.text
    back = CLIENT.post(saving["action_url"], data={"result": answer})
    assert back.headers["location"] == f"{RETURN}?saving={saving['id']}&result={result}"
    now = company.get(f"/v1/savings/{saving['id']}").json()
    assert (now["status"], now["method"] is not None) == (status, answer == "approve")
    assert now["action_url"] is None
    later = {"approve": "refuse", "refuse": "approve"}[answer]
    CLIENT.post(saving["action_url"], data={"result": later})
    assert status_of(company, saving) == status


def test_given_up_it_saves_nothing_and_what_was_saved_stays(company: Company):
    saving, other = asked(company), asked(company)
    assert company.post(f"/v1/savings/{saving['id']}/cancel", {}).json()["status"] == "cancelled"
    CLIENT.post(saving["action_url"], data={"result": "approve"})
    assert status_of(company, saving) == "cancelled"
    CLIENT.post(other["action_url"], data={"result": "approve"})
    assert company.post(f"/v1/savings/{other['id']}/cancel", {}).json()["status"] == "succeeded"


def test_nobody_else_sees_it(company: Company):
    assert error_of(company.get("/v1/savings/sav_nobody")) == (404, "not_found")
    assert CLIENT.get(f"{company.address}/bank/sav_nobody").status_code == 404
    refused = company.post("/v1/savings", {"token": company.token(ASKS), "return_url": "javascript:x"})
    assert error_of(refused) == (422, "parameter_not_accepted")
