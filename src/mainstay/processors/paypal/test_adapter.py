"""What is PayPal's own, beside what the suite asks of every adapter."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from mainstay.contributions.port import (
    AccountConfig,
    BadSignature,
    DisputeStage,
    EventRef,
    LineKind,
    MethodFact,
    ObjectKind,
    Order,
    Outcome,
    PayoutStage,
    Processor,
    RemoteFact,
    ReturnUrls,
    SavesByApproval,
    Source,
    TokenView,
)
from mainstay.core.errors import WrongSettings
from mainstay.core.money import Money
from tests.contract.bench import Payer
from tests.contract.benches.paypal import PayPalBench, adapter, bench, signed
from tests.contract.shapes.openapi import ABSENT, folder
from tests.contract.shapes.paypal import problems

from .adapter import make
from .example_account import START, Break, Says

URLS = ReturnUrls("http://127.0.0.1/back", "http://127.0.0.1/not")
WORDS = {"contribution": "c1", "number": "1", "frequency": "monthly", "code": "f" * 64}
USD_5 = Money(500, "USD")


@pytest.fixture
def at(tmp_path: Path) -> Iterator[PayPalBench]:
    with bench(tmp_path) as made:
        yield made


def order(reference: str = "c1:1", *, save: bool = True) -> Order:
    return Order(USD_5, reference, WORDS, save_method=save)


def paid(at: PayPalBench, reference: str = "c1:1") -> RemoteFact:
    remote_id, source = at.ready(order(reference), f"k:{reference}", Payer.APPROVED)
    return at.processor.execute(remote_id, source, f"e:{reference}", "", True)


@pytest.mark.parametrize("country", ["US", "RU", None])
def test_the_country_is_read_once_approved_and_before_any_capture(at: PayPalBench, country):
    at.account.country = country
    remote_id = at.processor.start_checkout(order(), "k", URLS).remote_id
    assert at.processor.read_approval(remote_id) is None
    at.account.approve(remote_id)
    assert at.processor.read_approval(remote_id) == TokenView(country, "paypal")
    assert [call for call in at.heard() if call.endswith("/capture")] == []
    at.processor.cancel(remote_id, "c")
    assert at.processor.read_approval(remote_id) is None
    assert at.processor.read_approval("ORDER99") is None


def test_nothing_of_the_payer_but_the_country_comes_through(at: PayPalBench):
    fact = paid(at)
    assert "payer@example.org" in json.dumps(at.account.orders[fact.remote_id])
    assert "example.org" not in repr(fact)
    assert (fact.metadata, fact.fee) == (WORDS, Money(45, "USD"))


def test_a_wallet_is_saved_only_for_what_renews(at: PayPalBench):
    remote_id, source = at.ready(order(save=False), "k", Payer.APPROVED)
    assert at.processor.execute(remote_id, source, "e", "", True).method is None
    assert at.account.vault == {}


def test_refused_without_a_capture_and_approved_from_another_source(at: PayPalBench):
    remote_id, source = at.ready(order(), "k", Payer.APPROVED)
    at.account.says = Says.REFUSED
    fact = at.processor.execute(remote_id, source, "e1", "", True)
    assert (fact.outcome, fact.decline_code) == (Outcome.DECLINED_SOFT, "instrument_declined")
    again = at.processor.start_checkout(order(), "k", URLS)
    assert (again.remote_id, again.outcome, bool(again.action_url)) == (remote_id, Outcome.EXECUTABLE, True)
    at.account.says = Says.APPROVED
    assert at.processor.execute(remote_id, source, "e2", "", True).outcome == Outcome.SUCCEEDED


def renewing_at_once(at: PayPalBench) -> Processor:
    return adapter(at.account.address, at.account, renewals="one_call")


@pytest.mark.parametrize("broken", [None, Break.CUT, Break.SILENT_AFTER, Break.ERROR_AFTER])
def test_a_renewal_in_one_call_happens_once_and_is_found_by_our_reference(at: PayPalBench, broken):
    method, processor = paid(at).method, renewing_at_once(at)
    prepared = processor.prepare(order("c1:2"), "p2")
    assert (prepared.outcome, len(at.account.orders)) == (Outcome.EXECUTABLE, 1)
    assert len(prepared.remote_id) <= 120
    if broken:
        at.account.breaks.append((lambda heard: heard.method == "POST", broken))
    fact = processor.execute(prepared.remote_id, Source(method=method), "e2", "", False)
    assert fact.outcome == (Outcome.UNKNOWN if broken else Outcome.SUCCEEDED)
    found = processor.look_up(prepared.remote_id)
    assert (found.outcome, found.reference, found.amount) == (Outcome.SUCCEEDED, "c1:2", USD_5)
    again = processor.execute(prepared.remote_id, Source(method=method), "e3", "", False)
    assert again.outcome == Outcome.UNKNOWN
    assert [one.reference for one in at.taken()] == ["c1:1", "c1:2"]


def test_nothing_in_the_books_is_no_answer_before_they_have_gone_on(at: PayPalBench):
    processor = renewing_at_once(at)
    remote_id = processor.prepare(order("c1:2"), "p2").remote_id
    assert processor.look_up(remote_id).outcome == Outcome.UNKNOWN
    at.pass_days(3)
    assert processor.look_up(remote_id).outcome == Outcome.NOT_FOUND


def test_a_name_for_the_longest_promise_fits(at: PayPalBench):
    asked = Order(Money(99_999_999, "USD"), f"{'a' * 36}:999", WORDS, save_method=False)
    assert len(renewing_at_once(at).prepare(asked, "p").remote_id) <= 120


def test_a_token_that_ended_early_is_fetched_anew_once(at: PayPalBench):
    fact = paid(at)
    at.account.breaks.append((lambda heard: len(at.account.heard) == 4, Break.UNAUTHORIZED))
    assert at.processor.look_up(fact.remote_id).outcome == Outcome.SUCCEEDED


def test_a_dispute_from_question_to_end(at: PayPalBench):
    charge = paid(at).charge_id
    dispute_id = at.account.dispute(charge, "INQUIRY")
    assert at.processor.look_up_dispute(dispute_id).stage == DisputeStage.INQUIRY
    at.account.dispute(charge, "CHARGEBACK", "UNDER_REVIEW")
    fact = at.processor.look_up_dispute(dispute_id)
    assert (fact.stage, fact.charge_id, fact.amount) == (DisputeStage.OPENED, charge, USD_5)
    for outcome, stage in (
        ("RESOLVED_SELLER_FAVOUR", DisputeStage.WON),
        ("RESOLVED_BUYER_FAVOUR", DisputeStage.LOST),
    ):
        at.account.dispute(charge, "CHARGEBACK", "RESOLVED", outcome)
        assert at.processor.look_up_dispute(dispute_id).stage == stage
    assert at.processor.look_up_dispute("PP-D-9").outcome == Outcome.NOT_FOUND


def test_news_by_the_books_and_the_disputes(at: PayPalBench):
    fact = paid(at)
    at.processor.refund(fact.charge_id, Money(100, "USD"), "r1")
    at.account.dispute(fact.charge_id, "INQUIRY")
    hints, cursor = at.processor.poll("")
    kinds = [hint.kind for hint in hints]
    assert kinds == [ObjectKind.CHARGE, ObjectKind.REFUND, ObjectKind.DISPUTE]
    assert hints[0].object_id == fact.charge_id
    at.pass_days(1)
    later = paid(at, "c2:1")
    hints, further = at.processor.poll(cursor)
    assert [hint.object_id for hint in hints if hint.kind == ObjectKind.CHARGE][-1] == later.charge_id
    assert further > cursor


def test_the_books_in_order_over_many_months(at: PayPalBench):
    first = paid(at)
    at.processor.refund(first.charge_id, Money(100, "USD"), "r1")
    at.pass_days(100)
    paid(at, "c2:1")
    payout_id = at.account.withdraw("3.00")
    lines = list(at.processor.balance_lines(""))
    kinds = [LineKind.CHARGE, LineKind.REFUND, LineKind.CHARGE, LineKind.PAYOUT]
    assert [line.kind for line in lines] == kinds
    moved = sum(line.amount_minor - line.fee_minor for line in lines)
    assert at.processor.balance() == {"USD": moved} == {"USD": 500 - 45 - 100 + 500 - 45 - 300}
    assert lines[0].source == first.charge_id
    assert list(at.processor.balance_lines(lines[1].cursor)) == lines[2:]
    payout = at.processor.look_up_payout(payout_id)
    assert (payout.stage, payout.amount) == (PayoutStage.ARRIVED, Money(300, "USD"))


def event(kind: str, resource: dict[str, str]) -> bytes:
    return json.dumps({"id": "WH-1", "event_type": kind, "resource": resource}).encode()


@pytest.mark.parametrize(
    ("kind", "resource", "hints"),
    [
        ("PAYMENT.CAPTURE.COMPLETED", {"id": "C1"}, [EventRef("WH-1", ObjectKind.CHARGE, "C1")]),
        ("PAYMENT.CAPTURE.REFUNDED", {"id": "R1"}, [EventRef("WH-1", ObjectKind.REFUND, "R1")]),
        ("CUSTOMER.DISPUTE.CREATED", {"dispute_id": "D"}, [EventRef("WH-1", ObjectKind.DISPUTE, "D")]),
        ("VAULT.PAYMENT-TOKEN.DELETED", {"id": "V1"}, [EventRef("WH-1", ObjectKind.METHOD, "V1")]),
        ("CATALOG.PRODUCT.CREATED", {"id": "P1"}, []),
    ],
)
def test_what_a_webhook_hints_at(at: PayPalBench, kind, resource, hints):
    assert at.processor.verify_webhook(*signed(at.account, event(kind, resource), START)) == hints


@pytest.mark.parametrize("seconds", [301, -301])
def test_five_minutes_and_no_more(at: PayPalBench, seconds):
    headers, body, now = signed(at.account, event("CATALOG.PRODUCT.CREATED", {}), START)
    with pytest.raises(BadSignature, match="five minutes"):
        at.processor.verify_webhook(headers, body, now + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/certs/one.pem",
        "https://api.paypal.com@evil.example/one.pem",
        "https://api.paypal.com.evil.example/one.pem",
        "http://api.paypal.com/one.pem",
        "",
    ],
)
def test_a_certificate_from_elsewhere_is_not_fetched(at: PayPalBench, address, monkeypatch):
    def fetched(*_args: object, **_options: object) -> None:
        raise AssertionError("It was fetched.")

    headers, body, now = signed(at.account, event("CATALOG.PRODUCT.CREATED", {}), START)
    monkeypatch.setattr(httpx.Client, "get", fetched)
    live = make(AccountConfig({"webhook_ids": ["WH-CONTRACT"]}, {"client_id": "a", "client_secret": "b"}))
    with pytest.raises(BadSignature):
        live.verify_webhook(headers | {"paypal-cert-url": address}, body, now)


@pytest.mark.parametrize(
    "change",
    [
        {"paypal-auth-algo": "NONE"},
        {"paypal-transmission-id": "T-2"},
        {"paypal-transmission-sig": "é"},
        {"paypal-transmission-sig": ""},
        {"paypal-transmission-time": "yesterday"},
        {"paypal-transmission-time": "2027-01-15T08:00:00"},
    ],
)
def test_what_is_not_signed_by_paypal(at: PayPalBench, change):
    headers, body, now = signed(at.account, event("CATALOG.PRODUCT.CREATED", {}), START)
    with pytest.raises(BadSignature):
        at.processor.verify_webhook(headers | change, body, now)


def test_an_account_that_lacks_something():
    with pytest.raises(WrongSettings, match="client_secret"):
        make(AccountConfig({}, {"client_id": "a"}))
    with pytest.raises(WrongSettings, match="one_call"):
        make(AccountConfig({"renewals": "weekly"}, {"client_id": "a", "client_secret": "b"}))


def test_no_token_is_ever_typed_on_our_page(at: PayPalBench):
    assert at.processor.save_method("x", "k", "") == MethodFact(Outcome.REJECTED, None, "not_approved")
    assert at.processor.read_token("x") is None


WRONG = [
    {},
    {"intent": "CAPTURE"},
    {"intent": "BUY", "purchase_units": [{"amount": {"currency_code": "USD", "value": "5.00"}}]},
    {"intent": "CAPTURE", "purchase_units": []},
    {"intent": "CAPTURE", "purchase_units": [{}]},
    {"intent": "CAPTURE", "purchase_units": [{"amount": {"currency_code": "USD"}}]},
    {"intent": "CAPTURE", "purchase_units": [{"amount": {"currency_code": "USD", "value": 5}}]},
    {"intent": "CAPTURE", "purchase_units": [{"amount": {"currency_code": "EURO", "value": "5.00"}}]},
    {"intent": "CAPTURE", "purchase_units": [{"amount": {"currency_code": "USD", "value": "5,00"}}]},
]


@pytest.mark.parametrize("body", WRONG)
def test_a_wrong_order_would_be_noticed(at: PayPalBench, body):
    if folder() is None:
        pytest.skip(ABSENT)
    at.processor.prepare(order(), "k")
    (right,) = at.account.heard
    assert problems(right) == []
    assert problems(type(right)(right.method, right.path, [], body, "k"))


@pytest.mark.parametrize(
    "change", [{"path": "/v2/checkout/order"}, {"query": [("colour", "red")]}, {"key": "k" * 109}]
)
def test_a_wrong_address_question_or_key_would_be_noticed(at: PayPalBench, change):
    if folder() is None:
        pytest.skip(ABSENT)
    at.processor.prepare(order(), "k")
    (right,) = at.account.heard
    told = {"method": right.method, "path": right.path, "query": [], "body": right.body, "key": "k"}
    assert problems(type(right)(**(told | change)))


def test_another_wallet_is_approved_and_saved_and_nothing_is_paid(at: PayPalBench):
    assert isinstance(at.processor, SavesByApproval)
    started = at.processor.start_saving("s1", URLS)
    assert (started.outcome, started.action_url[:7]) == (Outcome.EXECUTABLE, "http://")
    assert at.processor.start_saving("s1", URLS).remote_id == started.remote_id
    assert at.processor.read_approval(started.remote_id) is None
    assert at.processor.save_method(started.remote_id, "v1", "").outcome == Outcome.REJECTED
    at.account.country = "DE"
    at.account.approve(started.remote_id.removeprefix("setup."))
    assert at.processor.read_approval(started.remote_id) == TokenView("DE", "paypal")
    fact = at.processor.save_method(started.remote_id, "v2", "")
    assert fact.method is not None
    assert fact.method.country == "DE"
    assert at.processor.save_method(started.remote_id, "v2", "") == fact
    assert at.processor.save_method(started.remote_id, "v3", "").outcome == Outcome.REJECTED
    assert (len(at.account.vault), at.taken()) == (1, [])
    prepared = at.processor.prepare(order("c1:2"), "p2")
    renewed = at.processor.execute(prepared.remote_id, Source(method=fact.method), "e2", "", False)
    assert renewed.outcome == Outcome.SUCCEEDED


@pytest.mark.parametrize(
    ("broken", "outcome"),
    [
        (Break.CUT, Outcome.UNKNOWN),
        (Break.ERROR_AFTER, Outcome.UNKNOWN),
        (Break.NONSENSE, Outcome.UNKNOWN),
        (Break.TOO_MANY, Outcome.UNKNOWN),
    ],
)
def test_an_answer_about_saving_that_is_lost_is_found_under_its_key(at: PayPalBench, broken, outcome):
    assert isinstance(at.processor, SavesByApproval)
    started = at.processor.start_saving("s1", URLS)
    at.account.approve(started.remote_id.removeprefix("setup."))
    at.account.breaks.append((lambda heard: heard.path.endswith("/payment-tokens"), broken))
    assert at.processor.save_method(started.remote_id, "v1", "").outcome == outcome
    assert at.processor.save_method(started.remote_id, "v1", "").outcome == Outcome.SUCCEEDED
    assert len(at.account.vault) == 1


def test_nothing_is_saved_by_an_order_or_a_foreign_name(at: PayPalBench):
    assert at.processor.save_method("ORDER1", "v1", "").outcome == Outcome.REJECTED
    assert at.processor.save_method("setup.SETUP9", "v2", "").outcome == Outcome.REJECTED
    assert at.processor.read_approval("setup.SETUP9") is None
    assert at.processor.cancel("setup.SETUP9", "c").outcome == Outcome.CANCELLED
