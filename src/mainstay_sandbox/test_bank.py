"""The page that stands in for the bank: approving there is the confirmation."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from mainstay_sandbox.conftest import CLIENT, Company
from mainstay_sandbox.test_payments import error_of

CARD = "4000002760003184"
RETURN = "https://shop.example/back?checkout=1"


def challenge(company: Company, intent: str, **more) -> str:
    answer = company.confirm(intent, token=company.token(CARD), **more)
    assert answer.json()["status"] == "requires_action"
    return answer.json()["action_url"]


def test_approving_makes_the_payment_and_leads_back(company: Company):
    intent = company.intent(save_method=True)
    address = challenge(company, intent, return_url=RETURN)
    assert company.get("/v1/balance_lines").json()["data"] == []
    page = CLIENT.get(address)
    assert "5.00 USD" in page.text
    assert "The Far Shore" in page.text
    answer = CLIENT.post(address, data={"result": "approve"})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{RETURN}&intent={intent}&result=approved"
    reading = company.read(intent)
    assert (reading["status"], reading["action_url"]) == ("succeeded", None)
    assert reading["charge"]["country"] == "DE"
    assert reading["method"]["status"] == "active"


def test_refusing_leaves_the_payment_to_another_card(company: Company):
    intent = company.intent()
    answer = CLIENT.post(challenge(company, intent, return_url=RETURN), data={"result": "refuse"})
    assert answer.headers["location"].endswith(f"intent={intent}&result=refused")
    reading = company.read(intent)
    assert reading["status"] == "requires_confirmation"
    assert reading["last_error"]["decline_code"] == "authentication_failed"
    assert company.confirm(intent, token=company.token()).json()["status"] == "succeeded"


def test_the_first_answer_counts(company: Company):
    intent = company.intent()
    address = challenge(company, intent, return_url=RETURN)
    CLIENT.post(address, data={"result": "approve"})
    later = CLIENT.post(address, data={"result": "refuse"})
    assert later.headers["location"].endswith("result=approved")
    assert company.read(intent)["status"] == "succeeded"


def test_many_clicks_make_one_payment(company: Company):
    address = challenge(company, company.intent(), return_url=RETURN)
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: CLIENT.post(address, data={"result": "approve"}), range(10)))
    assert {answer.status_code for answer in answers} == {303}
    assert len(company.get("/v1/balance_lines").json()["data"]) == 1


def test_without_a_way_back_the_page_says_what_happened(company: Company):
    intent = company.intent()
    page = CLIENT.post(challenge(company, intent), data={"result": "approve"})
    assert page.status_code == 200
    assert "You approved this payment." in page.text
    assert company.read(intent)["status"] == "succeeded"


@pytest.mark.parametrize("other", ["cancelled", "another card", "another page"])
def test_a_page_that_nobody_waits_for_moves_no_money(company: Company, other):
    intent = company.intent()
    address = challenge(company, intent, return_url=RETURN)
    if other == "cancelled":
        company.post(f"/v1/intents/{intent}/cancel")
    elif other == "another card":
        company.confirm(intent, token=company.token())
    else:
        challenge(company, intent)
    before = company.read(intent)
    page = CLIENT.post(address, data={"result": "approve"})
    assert "no longer waiting" in page.text
    assert company.read(intent) == before


def test_a_renewal_cannot_ask_the_reader(company: Company):
    saving = company.post("/v1/savings", {"token": company.token(CARD)}).json()
    CLIENT.post(saving["action_url"], data={"result": "approve"})
    method = company.get(f"/v1/savings/{saving['id']}").json()["method"]["id"]
    intent = company.intent()
    refused = company.confirm(intent, method=method, off_session=True)
    assert error_of(refused) == (402, "authentication_required")
    assert refused.json()["error"]["decline_code"] == "authentication_required"
    asked = company.confirm(intent, method=method, return_url=RETURN).json()
    assert asked["status"] == "requires_action"
    CLIENT.post(asked["action_url"], data={"result": "approve"})
    assert company.read(intent)["method"]["id"] == method


@pytest.mark.parametrize("address", ["javascript:alert(1)", "/back", "https://a b/", 7])
def test_ways_back_that_are_none(company: Company, address):
    answer = company.confirm(company.intent(), token=company.token(CARD), return_url=address)
    assert error_of(answer) == (422, "parameter_not_accepted")


@pytest.mark.parametrize("body", [{}, {"result": "maybe"}, {"result": ["approve", "refuse"]}])
def test_an_answer_that_is_none(company: Company, body):
    intent = company.intent()
    answer = CLIENT.post(challenge(company, intent), data=body)
    assert error_of(answer) == (422, "parameter_not_accepted")
    assert company.read(intent)["status"] == "requires_action"


@pytest.mark.parametrize(
    ("lang", "accept", "expected"),
    [
        ("ru", "", "Подтвердите платёж"),
        ("ar", "en", 'dir="rtl"'),
        (None, "ru-RU,en", "5,00 USD"),
        (None, "", "Approve"),
    ],
)
def test_the_page_speaks_the_reader_s_language(company: Company, lang, accept, expected):
    more = {"lang": lang} if lang else {}
    address = challenge(company, company.intent(), **more)
    assert expected in CLIENT.get(address, headers={"Accept-Language": accept}).text


def test_the_page_has_a_strict_policy_and_lets_the_form_lead_back(company: Company):
    page = CLIENT.get(challenge(company, company.intent(), return_url=RETURN))
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none';")
    assert policy.endswith("form-action 'self' https://shop.example")
    assert "unsafe" not in policy
