"""What of the contract can be asked of adapters that no company answers: transfer and direct debit.

No call leaves the machine, so no fault can be provoked. What must hold: they never say more than a statement did.
"""

import socket
from datetime import UTC, datetime

import pytest

from mainstay.contributions.port import (
    AccountConfig,
    BadSignature,
    Order,
    Outcome,
    Processor,
    ReturnUrls,
    Source,
)
from mainstay.core.money import Money
from mainstay.processors.registry import adapters

IBAN, CREDITOR = "DE89 3704 0044 0532 0130 00", "DE98ZZZ09999999999"
NOW = datetime(2026, 1, 31, tzinfo=UTC)
KNOWN = {"bank": Outcome.ACTION_REQUIRED, "debit": Outcome.PENDING}
"""What they say of whatever stands open: the reader has to send it; the bank has it under way."""


@pytest.fixture(params=sorted(KNOWN))
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def processor(name: str, monkeypatch: pytest.MonkeyPatch) -> Processor:
    """One account; any call to the network fails the test."""

    def none(*_arguments: object) -> None:
        raise AssertionError("A call left the machine.")

    monkeypatch.setattr(socket.socket, "connect", none)
    told = {"name": "Far Shore Press", "iban": IBAN, "creditor_id": CREDITOR}
    made: Processor = adapters()[name].make(AccountConfig(told, {}))
    return made


def order(minor: int = 500, reference: str = "c1:1") -> Order:
    return Order(Money(minor, "EUR"), reference, {"contribution": "c1", "number": "1"}, save_method=True)


def test_the_same_order_is_the_same_object_under_any_key(processor: Processor):
    first = processor.prepare(order(), "p1")
    assert (first.outcome, first.amount) == (Outcome.EXECUTABLE, Money(500, "EUR"))
    assert processor.prepare(order(), "p2").remote_id == first.remote_id


@pytest.mark.parametrize("other", [order(501), order(reference="c1:2"), order(reference="c2:1")])
def test_another_amount_or_installment_is_another_object(processor: Processor, other: Order):
    assert processor.prepare(other, "p1").remote_id != processor.prepare(order(), "p1").remote_id


@pytest.mark.parametrize("minor", [1, 99, 100, 12_345, 99_999_999_999])
def test_amounts_stay_as_they_are(processor: Processor, minor: int):
    assert processor.look_up(processor.prepare(order(minor), "p1").remote_id).amount == Money(minor, "EUR")


@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD", "ISK", "HUF"])
def test_another_currency_is_not_asked_for(processor: Processor, currency: str):
    asked = Order(Money(500, currency), "c1:1", {}, save_method=False)
    begun = processor.start_checkout(asked, "p1", ReturnUrls("http://127.0.0.1/", "http://127.0.0.1/"))
    for fact in (processor.prepare(asked, "p1"), begun):
        assert (fact.outcome, fact.remote_id) == (Outcome.REJECTED, "")


def test_nothing_is_paid_before_a_statement_says_so(processor: Processor, name: str):
    remote_id = processor.prepare(order(), "p1").remote_id
    for key in ("e1", "e1", "e2"):
        assert processor.execute(remote_id, Source(token="DE"), key, "", True).outcome == KNOWN[name]
    assert processor.look_up(remote_id).outcome == KNOWN[name]
    assert processor.look_up_charge(remote_id).outcome == Outcome.UNKNOWN
    assert (processor.poll(""), list(processor.balance_lines(""))) == (([], ""), [])


@pytest.mark.parametrize("nonsense", ["", "x", "RF00AAAA.500.EUR", "RF18539007547034.x.EUR", "a.b.c.d"])
def test_what_is_not_ours_is_not_found(processor: Processor, nonsense: str):
    assert processor.look_up(nonsense).outcome == Outcome.NOT_FOUND


def test_money_goes_back_by_a_persons_hand_alone(processor: Processor):
    assert processor.refund("any", Money(500, "EUR"), "r1").outcome == Outcome.REJECTED
    assert processor.find_refunds("any") == []


def test_nobody_sends_news(processor: Processor):
    with pytest.raises(BadSignature):
        processor.verify_webhook({}, b"{}", NOW)


def test_the_country_is_known_before_a_debit_and_never_before_a_transfer(processor: Processor, name: str):
    view = processor.read_token("RU")
    assert processor.capabilities.country_before_money is (name == "debit")
    assert (view and view.country) == ("RU" if name == "debit" else None)


def test_a_page_of_another_company_is_not_gone_to(processor: Processor, name: str):
    begun = processor.start_checkout(order(), "p1", ReturnUrls("http://127.0.0.1/", "http://127.0.0.1/"))
    assert begun.outcome == (Outcome.REJECTED if name == "debit" else Outcome.ACTION_REQUIRED)
    assert begun.action_url == ""
