"""Every practice card does what the table says, with the reader present and at a renewal."""

from pathlib import Path

import httpx
import pytest

from mainstay_sandbox import words
from mainstay_sandbox.cards import BY_NUMBER, CARDS, DEBITS, DECLINES, PracticeCard, passes_luhn
from mainstay_sandbox.conftest import CLIENT, SHOP, Company


def outcome_of(company: Company, intent: str, **body) -> str:
    """What a confirmation came to, in the words of the table."""
    try:
        answer = company.confirm(intent, **body)
    except httpx.RemoteProtocolError:
        return "unknown"
    if answer.status_code == 503:
        return "fault"
    if answer.status_code == 402:
        assert company.read(intent)["status"] == "requires_confirmation"
        return answer.json()["error"]["decline_code"]
    status = answer.json()["status"]
    return {"succeeded": "approve", "requires_action": "authenticate", "pending": "pending"}[status]


def shown(outcome: str) -> str:
    """What the answer to a confirmation tells of an outcome: what comes days later is not in it."""
    return {
        "authenticate_once": "authenticate",
        "dispute": "approve",
        "pending_then_fail": "pending",
        "pending_then_return": "pending",
    }.get(outcome, outcome)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_card_with_the_reader_present(company: Company, card: PracticeCard):
    token = company.token(card.number)
    asked = company.get(f"/v1/tokens/{token}", key=SHOP.restricted_key).json()
    assert asked["country"] == card.country
    assert "last4" not in asked
    assert outcome_of(company, company.intent(), token=token) == shown(card.present)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_card_at_a_renewal(company: Company, card: PracticeCard):
    saved = company.post("/v1/savings", {"token": company.token(card.number)})
    if saved.status_code == 202:
        CLIENT.post(saved.json()["action_url"], data={"result": "approve"})
        saved = company.get(f"/v1/savings/{saved.json()['id']}")
    elif saved.status_code != 201:
        expected = 503 if card.present == "fault" else 402
        assert saved.status_code == expected
        return
    # Whoever let the bank agree when the card was saved is not asked again, if it asks once.
    asks = {"authenticate": "authentication_required", "authenticate_once": "approve"}
    expected = asks.get(card.absent) or shown(card.absent)
    method = saved.json()["method"]["id"]
    assert outcome_of(company, company.intent(), method=method, off_session=True) == expected


def test_numbers_are_told_apart_and_pass_the_check():
    assert len(BY_NUMBER) == len({card.name for card in CARDS}) == len(CARDS)
    assert all(passes_luhn(card.number) for card in CARDS)
    assert not passes_luhn("4242424242424241")
    outcomes = {card.present for card in CARDS} | {card.absent for card in CARDS}
    assert outcomes - set(DECLINES) - DEBITS == {
        "approve",
        "authenticate",
        "authenticate_once",
        "unknown",
        "fault",
        "dispute",
    }


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_card_and_every_word_has_its_language(language: str):
    assert set(words.CARDS[language]) == {card.name for card in CARDS}
    assert set(words.GROUPS[language]) == {card.group for card in CARDS}
    assert set(words.FIELDS[language]) == set(words.FIELDS["en"])
    assert set(words.BANK[language]) == set(words.BANK["en"])


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"number": "4242424242424241"}, "number", "number_not_right"),
        ({"number": "42424242424"}, "number", "number_not_right"),
        ({"number": "４２４２４２４２４２４２４２４２"}, "number", "number_not_right"),
        ({"number": 4242424242424242}, "number", "number_not_right"),
        ({"exp_month": 13}, "expiry", "expiry_not_right"),
        ({"exp_month": None}, "expiry", "expiry_not_right"),
        ({"exp_year": 2026, "exp_month": 12}, "expiry", "expiry_past"),
        ({"cvc": "12"}, "cvc", "cvc_not_right"),
        ({"cvc": "1234"}, "cvc", "cvc_not_right"),
        ({"number": "378282246310005"}, "cvc", "cvc_not_right"),
    ],
)
def test_a_card_that_cannot_be_right_is_refused_by_field(company: Company, change, field, code):
    body = {"number": "4242 4242 4242 4242", "exp_month": 12, "exp_year": 2030, "cvc": "123", **change}
    answer = company.call("POST", "/v1/tokens", key=SHOP.publishable_key, json=body)
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == code
    assert [problem["field"] for problem in answer.json()["error"]["fields"]] == [field]


def test_all_wrong_fields_are_named_at_once(company: Company):
    answer = company.call("POST", "/v1/tokens", key=SHOP.publishable_key, json={})
    assert [problem["field"] for problem in answer.json()["error"]["fields"]] == ["number", "expiry", "cvc"]


def test_a_number_outside_the_table_is_approved_and_its_country_not_known(company: Company):
    token = company.token("6011111111111117")
    assert company.get(f"/v1/tokens/{token}").json() == {
        "id": token,
        "kind": "card",
        "country": None,
        "brand": "card",
        "used": False,
        "last4": "1117",
    }
    assert outcome_of(company, company.intent(), token=token) == "approve"


def test_the_first_authentication_is_enough_for_the_card_that_says_so(company: Company):
    intent = company.intent(save_method=True)
    answer = company.confirm(intent, token=company.token("4000002500003155"))
    CLIENT.post(answer.json()["action_url"], data={"result": "approve"})
    method = company.read(intent)["method"]["id"]
    assert outcome_of(company, company.intent(), method=method, off_session=True) == "approve"
    assert outcome_of(company, company.intent(), method=method) == "approve"


def test_a_saved_card_expires_by_the_clock(company: Company):
    method = company.paid(save_method=True)["method"]["id"]
    company.clock.now += 5 * 366 * 86400
    assert outcome_of(company, company.intent(), method=method, off_session=True) == "expired_card"


def test_no_card_number_reaches_the_file_or_the_list_of_calls(company: Company):
    company.paid("4000002760000016", save_method=True)
    company.post("/v1/savings", {"token": company.token("4000002760000016")})
    rows = company.store.connection().iterdump()
    assert not [row for row in rows if "4000002760000016" in row]


def test_the_readme_names_every_card():
    readme = (Path(__file__).parent / "README.md").read_text(encoding="utf-8")
    assert [card.number for card in CARDS if f"| {card.number} |" not in readme] == []
