"""Money given back, the fee, and the balance that follows."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from mainstay_sandbox.conftest import Company
from mainstay_sandbox.money import fee_minor, written
from mainstay_sandbox.test_payments import error_of


def refund(company: Company, charge: str, amount_minor: int, **more):
    return company.post("/v1/refunds", {"charge": charge, "amount_minor": amount_minor, **more})


def test_parts_up_to_the_whole_and_never_more(company: Company):
    paid = company.paid()
    charge = paid["charge"]["id"]
    first = refund(company, charge, 200, reason="asked for").json()
    assert first["id"].startswith("re_")
    assert (first["status"], first["amount_minor"], first["reason"]) == ("succeeded", 200, "asked for")
    assert error_of(refund(company, charge, 301)) == (409, "refund_exceeds_charge")
    second = refund(company, charge, 300).json()
    assert error_of(refund(company, charge, 1)) == (409, "refund_exceeds_charge")
    assert company.read(paid["id"])["charge"]["refunded_minor"] == 500
    assert company.get(f"/v1/refunds/{first['id']}").json() == first
    assert company.get(f"/v1/refunds?charge={charge}").json()["data"] == [first, second]


@pytest.mark.parametrize("amount_minor", [0, -1, 1.5, None])
def test_an_amount_that_is_none(company: Company, amount_minor):
    assert refund(company, company.paid()["charge"]["id"], amount_minor).status_code == 422


def test_many_at_once_never_give_back_more_than_was_paid(company: Company):
    charge = company.paid()["charge"]["id"]
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: refund(company, charge, 100).status_code, range(20)))
    assert sorted(answers) == [201] * 5 + [409] * 15
    lines = company.get("/v1/balance_lines").json()["data"]
    assert sum(line["amount_minor"] - line["fee_minor"] for line in lines) == -45


@pytest.mark.parametrize(
    ("amount_minor", "currency", "fee"),
    [
        (500, "USD", 45),  # 14.5 rounds up to 15
        (499, "EUR", 44),  # 14.471
        (1, "GBP", 30),
        (1000, "JPY", 59),
        (1500, "KWD", 134),  # 43.5 rounds up to 44
        (99_999_999, "USD", 2_900_030),
    ],
)
def test_the_fee(amount_minor, currency, fee):
    assert fee_minor(amount_minor, currency) == fee


def test_the_balance_is_the_sum_of_its_lines(company: Company):
    dollars = company.paid()["charge"]
    company.paid(amount_minor=1000, currency="JPY")
    given_back = refund(company, dollars["id"], 120).json()
    lines = company.get("/v1/balance_lines").json()["data"]
    assert [(line["kind"], line["amount_minor"], line["fee_minor"], line["currency"]) for line in lines] == [
        ("charge", 500, 45, "USD"),
        ("charge", 1000, 59, "JPY"),
        ("refund", -120, 0, "USD"),
    ]
    assert [line["source"] for line in lines if line["currency"] == "USD"] == [
        dollars["id"],
        given_back["id"],
    ]
    assert company.get("/v1/balance").json()["data"] == [
        {"currency": "JPY", "amount_minor": 941},
        {"currency": "USD", "amount_minor": 335},
    ]


def test_lines_are_read_on_from_a_number(company: Company):
    company.paid()
    company.paid()
    first = company.get("/v1/balance_lines?limit=1").json()
    assert (len(first["data"]), first["has_more"]) == (1, True)
    rest = company.get(f"/v1/balance_lines?after={first['data'][-1]['number']}").json()
    assert (len(rest["data"]), rest["has_more"]) == (1, False)
    assert company.get("/v1/balance_lines?after=-1").status_code == 422


def test_amounts_for_people():
    assert [written(500, "USD"), written(500, "JPY"), written(1500, "KWD"), written(5, "EUR", ",")] == [
        "5.00 USD",
        "500 JPY",
        "1.500 KWD",
        "0,05 EUR",
    ]
