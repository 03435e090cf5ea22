"""The adapter against the real company: what the port promises, on good days and on bad ones."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from mainstay.contributions.port import (
    AccountConfig,
    DisputeStage,
    Flow,
    LineKind,
    Method,
    MethodFact,
    ObjectKind,
    Order,
    Outcome,
    PayoutStage,
    Processor,
    ProcessorRefused,
    ReturnUrls,
    Source,
)
from mainstay.core.errors import WrongSettings
from mainstay.core.money import Money
from mainstay_sandbox.conftest import CLIENT, SHOP, Company

from .adapter import SandboxUnreachable, make
from .conftest import Desk, adapter

BACK = "http://127.0.0.1/back"

DAY_SECONDS = 24 * 60 * 60
USD_5 = Money(500, "USD")
NOT_THERE = {"address": "http://127.0.0.1:1"}


def test_it_is_a_processor(desk: Desk):
    processor: Processor = desk.processor
    assert processor.capabilities.flow == Flow.FIELDS


def test_a_payment_with_all_its_facts(desk: Desk):
    fact = desk.paid()
    assert fact.outcome == Outcome.SUCCEEDED
    assert (fact.amount, fact.fee, fact.settled) == (USD_5, Money(45, "USD"), None)
    assert (fact.reference, fact.metadata) == ("c1:1", {"contribution": "c1", "number": "1"})
    assert fact.method is not None
    assert (fact.method.country, fact.method.expires) == ("US", "2030-12")
    assert desk.processor.look_up_charge(fact.charge_id) == fact


def test_preparing_and_executing_twice_is_once(desk: Desk):
    order = Order(USD_5, "c1:1", {}, save_method=False)
    first = desk.processor.prepare(order, "k")
    assert desk.processor.prepare(order, "k") == first
    assert first.outcome == Outcome.EXECUTABLE
    assert desk.execute(first.remote_id).outcome == Outcome.SUCCEEDED
    assert desk.execute(first.remote_id).outcome == Outcome.UNKNOWN
    assert desk.processor.look_up(first.remote_id).outcome == Outcome.SUCCEEDED
    assert desk.processor.balance() == {"USD": 455}


def test_ten_executions_at_once_move_money_once(desk: Desk):
    remote_id = desk.prepared()
    with ThreadPoolExecutor(10) as pool:
        outcomes = [fact.outcome for fact in pool.map(lambda _: desk.execute(remote_id), range(10))]
    assert sorted(outcomes) == [Outcome.SUCCEEDED] + [Outcome.UNKNOWN] * 9
    assert desk.processor.balance() == {"USD": 455}


@pytest.mark.parametrize(
    ("number", "outcome", "code"),
    [
        ("4000000000009995", Outcome.DECLINED_SOFT, "insufficient_funds"),
        ("4000000000009987", Outcome.DECLINED_HARD, "lost_card"),
        ("4000000000005001", Outcome.NOT_EXECUTED, ""),
        ("4000000000008880", Outcome.UNKNOWN, ""),
        ("4000002760003184", Outcome.ACTION_REQUIRED, ""),
        ("9000002760000015", Outcome.PENDING, ""),
    ],
)
def test_what_a_card_comes_to(desk: Desk, number, outcome, code):
    fact = desk.execute(desk.prepared(), number)
    assert (fact.outcome, fact.decline_code) == (outcome, code)
    assert bool(fact.action_url) is (outcome == Outcome.ACTION_REQUIRED)


@pytest.mark.parametrize(
    ("fault", "outcome", "truth"),
    [
        ("timeout_before", Outcome.UNKNOWN, Outcome.EXECUTABLE),
        ("timeout_after", Outcome.UNKNOWN, Outcome.SUCCEEDED),
        ("error_500_before", Outcome.UNKNOWN, Outcome.EXECUTABLE),
        ("error_500_after", Outcome.UNKNOWN, Outcome.SUCCEEDED),
        ("cut_mid_answer", Outcome.UNKNOWN, Outcome.SUCCEEDED),
        ("malformed_200", Outcome.UNKNOWN, Outcome.SUCCEEDED),
        ("slow_drip", Outcome.UNKNOWN, Outcome.SUCCEEDED),
        ("rate_limited_429", Outcome.NOT_EXECUTED, Outcome.EXECUTABLE),
        ("unavailable_503", Outcome.NOT_EXECUTED, Outcome.EXECUTABLE),
        ("decline_do_not_honor", Outcome.DECLINED_HARD, Outcome.DECLINED_HARD),
        ("decline_insufficient_funds", Outcome.DECLINED_SOFT, Outcome.DECLINED_SOFT),
    ],
)
def test_faults_of_an_execution(desk: Desk, fault, outcome, truth):
    remote_id = desk.prepared()
    desk.controls.fault("confirm", fault, hold_seconds=1.4)
    source = Source(token=desk.company.token())
    fact = desk.hasty.execute(remote_id, source, desk.key(), "http://127.0.0.1/back", True)
    assert fact.outcome == outcome
    assert desk.processor.look_up(remote_id).outcome == truth


@pytest.mark.parametrize("fault", ["timeout_after", "error_500_after", "cut_mid_answer", "malformed_200"])
def test_a_lost_preparation_is_found_by_reference_and_made_once(desk: Desk, fault):
    desk.controls.fault("prepare", fault, hold_seconds=1.4)
    order = Order(USD_5, "c7:3", {"contribution": "c7"}, save_method=True)
    assert desk.hasty.prepare(order, "k").outcome == Outcome.UNKNOWN
    (found,) = desk.processor.find("c7:3")
    assert found.metadata == {"contribution": "c7"}
    assert desk.processor.prepare(order, "k").remote_id == found.remote_id


@pytest.mark.parametrize("fault", ["timeout_after", "error_500_after", "cut_mid_answer", "malformed_200"])
def test_a_lost_refund_is_asked_for_again_under_its_key(desk: Desk, fault):
    charge = desk.paid().charge_id
    desk.controls.fault("refund", fault, hold_seconds=1.4)
    assert desk.hasty.refund(charge, Money(200, "USD"), "k").outcome == Outcome.UNKNOWN
    again = desk.processor.refund(charge, Money(200, "USD"), "k")
    assert (again.outcome, again.amount) == (Outcome.SUCCEEDED, Money(200, "USD"))
    assert desk.processor.balance() == {"USD": 255}


@pytest.mark.parametrize(
    "fault", ["timeout_before", "error_500_before", "malformed_200", "rate_limited_429", "unavailable_503"]
)
def test_a_question_without_an_answer_tells_nothing(desk: Desk, fault):
    fact = desk.paid()
    refund_id = desk.processor.refund(fact.charge_id, Money(100, "USD"), desk.key()).remote_id
    dispute_id = desk.controls.dispute(fact.charge_id, amount_minor=100)
    desk.paid(minor=5000)
    payout_id = desk.controls.pay_out("USD", 100)
    desk.controls.fault("*", fault, times=6, hold_seconds=1.2)
    assert desk.hasty.look_up(fact.remote_id).outcome == Outcome.UNKNOWN
    assert desk.hasty.look_up_charge(fact.charge_id).outcome == Outcome.UNKNOWN
    assert desk.hasty.look_up_refund(refund_id).outcome == Outcome.UNKNOWN
    assert desk.hasty.look_up_dispute(dispute_id).outcome == Outcome.UNKNOWN
    assert desk.hasty.look_up_payout(payout_id).outcome == Outcome.UNKNOWN
    assert desk.hasty.look_up_method("pm_1").outcome == Outcome.UNKNOWN


@pytest.mark.parametrize("fault", ["timeout_before", "error_500_before", "malformed_200", "rate_limited_429"])
def test_half_a_list_is_no_fact(desk: Desk, fault):
    desk.paid()
    desk.controls.fault("*", fault, times=5, hold_seconds=1.2)
    with pytest.raises(SandboxUnreachable):
        desk.hasty.find("c1:1")
    with pytest.raises(SandboxUnreachable):
        desk.hasty.find_refunds("ch_1")
    with pytest.raises(SandboxUnreachable):
        desk.hasty.poll("")
    with pytest.raises(SandboxUnreachable):
        desk.hasty.balance()
    with pytest.raises(SandboxUnreachable):
        list(desk.hasty.balance_lines(""))


def test_a_key_that_is_refused_stops_the_run(desk: Desk):
    remote_id = desk.prepared()
    desk.controls.fault("confirm", "unauthorised_401")
    with pytest.raises(ProcessorRefused):
        desk.execute(remote_id)
    restricted = adapter(desk.company, SHOP.restricted_key)
    charge = desk.paid().charge_id
    with pytest.raises(ProcessorRefused):
        restricted.refund(charge, USD_5, "k")
    with pytest.raises(ProcessorRefused):
        restricted.find("c1:1")
    assert restricted.look_up_charge(charge).outcome == Outcome.SUCCEEDED


def test_a_company_that_is_not_there_did_nothing(company: Company):
    processor = adapter(company, **NOT_THERE)
    order = Order(USD_5, "r", {}, save_method=False)
    assert processor.prepare(order, "k").outcome == Outcome.NOT_EXECUTED
    assert processor.refund("ch_1", USD_5, "k").outcome == Outcome.NOT_EXECUTED
    assert processor.save_method("tok_1", "k", BACK).outcome == Outcome.NOT_EXECUTED
    assert processor.look_up("pi_1").outcome == Outcome.UNKNOWN
    assert processor.detach(Method("cus_1", "pm_1", "US")) == Outcome.UNKNOWN
    with pytest.raises(SandboxUnreachable):
        processor.read_token("tok_1")


def test_objects_that_do_not_exist(desk: Desk):
    for remote_id in ("pi_none", "../balance", "pi_1?x=", "é"):
        assert desk.processor.look_up(remote_id).outcome == Outcome.NOT_FOUND
        assert desk.processor.look_up_charge(remote_id).outcome == Outcome.NOT_FOUND
        assert desk.processor.look_up_refund(remote_id).outcome == Outcome.NOT_FOUND
        assert desk.processor.look_up_dispute(remote_id).outcome == Outcome.NOT_FOUND
        assert desk.processor.look_up_payout(remote_id).outcome == Outcome.NOT_FOUND
        assert desk.processor.look_up_method(remote_id).outcome == Outcome.NOT_FOUND
        assert desk.processor.look_up_saving(remote_id).outcome == Outcome.NOT_FOUND
    assert desk.processor.read_token("tok_none") is None
    assert desk.processor.find("nobody's") == []


def test_cancelling_tells_the_truth(desk: Desk):
    waiting, paid = desk.prepared(), desk.paid().remote_id
    assert desk.processor.cancel(waiting, "k1").outcome == Outcome.CANCELLED
    assert desk.execute(waiting).outcome == Outcome.REJECTED
    assert desk.processor.cancel(paid, "k2").outcome == Outcome.SUCCEEDED
    debit = desk.prepared()
    desk.execute(debit, "9000002760000015")
    assert desk.processor.cancel(debit, "k3").outcome == Outcome.PENDING


def test_the_absent_reader(desk: Desk):
    saved = desk.paid("4000000000000341").method
    assert saved is not None
    assert desk.renew(desk.prepared(), saved).outcome == Outcome.DECLINED_SOFT
    assert desk.processor.detach(saved) == Outcome.SUCCEEDED
    assert desk.processor.detach(saved) == Outcome.SUCCEEDED
    assert desk.renew(desk.prepared(), saved).decline_code == "method_detached"
    waiting = desk.processor.save_method(desk.company.token("4000002760003184"), "k", BACK)
    CLIENT.post(waiting.action_url, data={"result": "approve"})
    asking = desk.processor.look_up_saving(waiting.remote_id).method
    assert asking is not None
    fact = desk.renew(desk.prepared(), asking)
    assert (fact.outcome, bool(fact.action_url)) == (Outcome.ACTION_REQUIRED, True)


def test_saving_a_card(desk: Desk):
    token = desk.company.token("4000003980000000")
    view = desk.processor.read_token(token)
    assert view is not None
    assert (view.country, view.kind) == ("KZ", "card")
    saved = desk.processor.save_method(token, "k", BACK)
    assert saved.outcome == Outcome.SUCCEEDED
    assert desk.processor.read_token(token) is None
    refused = desk.processor.save_method(desk.company.token("4000000000009987"), "k", BACK)
    assert (refused.outcome, refused.decline_code) == (Outcome.DECLINED_HARD, "lost_card")
    desk.controls.fault("save_method", "malformed_200")
    assert desk.processor.save_method(desk.company.token(), "k", BACK).outcome == Outcome.UNKNOWN


def test_a_bank_debit_days_later(desk: Desk):
    remote_id = desk.prepared()
    desk.execute(remote_id, "9000002760000023")
    assert desk.processor.look_up(remote_id).outcome == Outcome.PENDING
    desk.company.clock.now += 3 * DAY_SECONDS
    assert desk.processor.look_up(remote_id).outcome == Outcome.DECLINED_SOFT


def test_a_charge_in_another_currency_and_a_fee_learned_later(desk: Desk):
    desk.controls.change_settings(
        settlement_currency="EUR", rates={"USD": "0.92"}, fee_after_seconds=DAY_SECONDS
    )
    fact = desk.paid(minor=1000)
    assert (fact.amount, fact.settled, fact.fee) == (Money(1000, "USD"), Money(920, "EUR"), None)
    desk.company.clock.now += DAY_SECONDS
    assert desk.processor.look_up(fact.remote_id).fee == Money(57, "EUR")
    lines = list(desk.processor.balance_lines(""))
    assert [(line.kind, line.amount_minor, line.fee_minor, line.currency) for line in lines] == [
        (LineKind.CHARGE, 920, 0, "EUR"),
        (LineKind.FEE, -57, 0, "EUR"),
    ]
    assert {line.source for line in lines} == {fact.charge_id}
    assert desk.processor.balance() == {"EUR": 863}


@pytest.mark.parametrize(
    ("fate", "first", "last"),
    [
        ("pending_then_succeed", Outcome.PENDING, Outcome.SUCCEEDED),
        ("pending_then_fail", Outcome.PENDING, Outcome.REJECTED),
        ("succeed_then_fail", Outcome.SUCCEEDED, Outcome.REJECTED),
    ],
)
def test_refunds_that_take_days(desk: Desk, fate, first, last):
    desk.controls.change_settings(refunds=fate)
    asked = desk.processor.refund(desk.paid().charge_id, USD_5, "k")
    assert asked.outcome == first
    desk.company.clock.now += 2 * DAY_SECONDS
    told = desk.processor.look_up_refund(asked.remote_id)
    assert (told.outcome, told.remote_id, told.amount) == (last, asked.remote_id, USD_5)


def test_the_refunds_of_a_charge_name_our_keys(desk: Desk):
    fact = desk.paid()
    assert desk.processor.find_refunds(fact.charge_id) == []
    desk.controls.fault("refund", "cut_mid_answer")
    desk.processor.refund(fact.charge_id, Money(100, "USD"), "refund:1")
    desk.processor.refund(fact.charge_id, Money(50, "USD"), "refund:2")
    desk.company.post("/v1/refunds", {"charge": fact.charge_id, "amount_minor": 7})
    found = desk.processor.find_refunds(fact.charge_id)
    assert [(one.reference, one.amount) for one in found] == [
        ("refund:1", Money(100, "USD")),
        ("refund:2", Money(50, "USD")),
        ("", Money(7, "USD")),
    ]
    assert {one.charge_id for one in found} == {fact.charge_id}
    assert desk.processor.look_up_refund(found[0].remote_id) == found[0]
    assert desk.processor.find_refunds("ch_none") == []


@pytest.mark.parametrize("change", ["replaced", "expired", "detached"])
def test_a_saved_card_as_it_is_now(desk: Desk, change):
    method = desk.paid().method
    assert method is not None
    assert desk.processor.look_up_method(method.method).method == method
    desk.controls.change_method(method.method, change, "RU" if change == "replaced" else None)
    (hint,) = desk.processor.poll("1")[0]
    assert (hint.kind, hint.object_id) == (ObjectKind.METHOD, method.method)
    fact = desk.processor.look_up_method(hint.object_id)
    if change == "detached":
        assert fact == MethodFact(Outcome.NOT_FOUND)
    else:
        expires, country = {"replaced": ("2033-12", "RU"), "expired": ("2000-12", "US")}[change]
        expected = Method(method.customer, method.method, country, expires)
        assert fact == MethodFact(Outcome.SUCCEEDED, method=expected)


def test_more_than_the_charge_is_never_given_back(desk: Desk):
    charge = desk.paid().charge_id
    with ThreadPoolExecutor(10) as pool:
        facts = list(
            pool.map(lambda _: desk.processor.refund(charge, Money(200, "USD"), desk.key()), range(10))
        )
    assert sorted(fact.outcome for fact in facts) == [Outcome.REJECTED] * 8 + [Outcome.SUCCEEDED] * 2
    assert {fact.why for fact in facts} == {"", "refund_exceeds_charge"}


@pytest.mark.parametrize("fee_returned", [True, False])
def test_a_dispute_from_question_to_end(desk: Desk, fee_returned):
    charge = desk.paid().charge_id
    dispute_id = desk.controls.dispute(charge, stage="inquiry", amount_minor=300)
    asked = desk.processor.look_up_dispute(dispute_id)
    assert (asked.stage, asked.charge_id, asked.amount) == (
        DisputeStage.INQUIRY,
        charge,
        Money(300, "USD"),
    )
    assert asked.fee == Money(0, "USD")
    desk.controls.move_dispute(dispute_id, "opened")
    assert desk.processor.look_up_dispute(dispute_id).fee == Money(1500, "USD")
    desk.controls.move_dispute(dispute_id, "won", fee_returned=fee_returned)
    won = desk.processor.look_up_dispute(dispute_id)
    assert (won.stage, won.fee_returned) == (DisputeStage.WON, fee_returned)


def test_payouts(desk: Desk):
    desk.paid()
    payout_id = desk.controls.pay_out("USD", 400)
    sent = desk.processor.look_up_payout(payout_id)
    assert (sent.stage, sent.amount) == (PayoutStage.SENT, Money(400, "USD"))
    desk.controls.end_payout(payout_id, "failed")
    assert desk.processor.look_up_payout(payout_id).stage == PayoutStage.FAILED
    assert desk.processor.balance() == {"USD": 455}


def test_events_are_polled_on_from_a_cursor(desk: Desk):
    assert desk.processor.poll("") == ([], "")
    fact = desk.paid()
    hints, cursor = desk.processor.poll("")
    assert [(hint.kind, hint.object_id) for hint in hints] == [(ObjectKind.INTENT, fact.remote_id)]
    assert desk.processor.poll(cursor) == ([], cursor)
    dispute_id = desk.controls.dispute(fact.charge_id)
    hints, further = desk.processor.poll(cursor)
    assert [(hint.kind, hint.object_id) for hint in hints] == [(ObjectKind.DISPUTE, dispute_id)]
    assert int(further) > int(cursor)


def test_balance_lines_are_read_on_and_add_up(desk: Desk):
    desk.controls.stop_clock(1_800_000_000)
    fact = desk.paid()
    desk.processor.refund(fact.charge_id, Money(100, "USD"), "k")
    desk.controls.move_dispute(desk.controls.dispute(fact.charge_id, amount_minor=300), "won")
    desk.paid(minor=9000)
    desk.controls.end_payout(desk.controls.pay_out("USD", 1000), "failed")
    desk.controls.adjust("USD", -25)
    lines = list(desk.processor.balance_lines(""))
    assert [line.kind for line in lines] == [
        LineKind.CHARGE,
        LineKind.REFUND,
        LineKind.DISPUTE,
        LineKind.DISPUTE_RETURNED,
        LineKind.CHARGE,
        LineKind.PAYOUT,
        LineKind.PAYOUT_FAILED,
        LineKind.ADJUSTMENT,
    ]
    moved = sum(line.amount_minor - line.fee_minor for line in lines)
    assert desk.processor.balance() == {"USD": moved}
    assert len({line.remote_id for line in lines}) == len(lines)
    assert lines[0].day == date(2027, 1, 15)
    assert list(desk.processor.balance_lines(lines[2].cursor)) == lines[3:]


def test_more_balance_lines_than_one_page(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mainstay.processors.sandbox.adapter.LONGEST_PAGE", 2)
    for _ in range(5):
        desk.paid()
    assert len(list(desk.processor.balance_lines(""))) == 5
    hints, cursor = desk.processor.poll("")
    assert len(hints + desk.processor.poll(cursor)[0]) == 4


def test_flows_that_the_company_does_not_have(desk: Desk):
    order = Order(USD_5, "r", {}, save_method=False)
    urls = ReturnUrls("http://127.0.0.1/done", "http://127.0.0.1/not")
    assert desk.processor.start_checkout(order, "k", urls).outcome == Outcome.REJECTED
    assert desk.processor.read_approval("pi_1") is None


def test_an_account_that_lacks_something(company: Company):
    with pytest.raises(WrongSettings, match="'public_key'"):
        make(AccountConfig({"address": company.address}, {"api_key": "k"}))
