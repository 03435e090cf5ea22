"""What is Stripe's own; what every adapter promises is in `tests/contract`."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import stripe
from stripe._api_version import _ApiVersion

from mainstay.contributions.port import (
    AccountConfig,
    DisputeStage,
    LineKind,
    Order,
    Outcome,
    PayoutStage,
    ProcessorRefused,
    Source,
)
from mainstay.core.errors import WrongSettings
from mainstay.core.money import Money
from tests.contract.bench import Payer
from tests.contract.benches.stripe import StripeBench, adapter, bench

from . import adapter as module
from . import books, reading
from .adapter import make
from .amounts import NotPayable, from_stripe, to_stripe
from .declines import code_of, outcome_of
from .lists import StripeUnreachable, told
from .page import SCRIPT_ADDRESS

BACK = "http://127.0.0.1/back"
USD_5 = Money(500, "USD")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[StripeBench]:
    """The adapter before the practice company."""
    with bench(tmp_path) as made:
        yield made


def paid(desk: StripeBench, payer: Payer = Payer.APPROVED, *, save: bool = False, reference: str = "c1:1"):
    order = Order(USD_5, reference, {"contribution": "c1"}, save_method=save)
    remote_id, source = desk.ready(order, f"p:{reference}", payer)
    return desk.processor.execute(remote_id, source, f"e:{reference}", BACK, True)


def test_the_version_is_the_one_that_the_librarys_types_describe():
    assert module.API_VERSION == _ApiVersion.CURRENT


def test_only_the_headers_that_a_call_needs_leave_the_house(
    monkeypatch: pytest.MonkeyPatch, desk: StripeBench
):
    sent: list[httpx.Request] = []
    usual = httpx.HTTPTransport.handle_request

    def watched(self: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return usual(self, request)

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", watched)
    paid(desk)
    paid(desk, reference="c2:1")
    names = {
        name.lower() for request in sent if "stripe-version" in request.headers for name in request.headers
    }
    assert names == {
        *("accept", "accept-encoding", "authorization", "connection", "content-length", "content-type"),
        *("host", "idempotency-key", "stripe-version", "user-agent"),
    }
    assert {request.headers["user-agent"] for request in sent if "stripe-version" in request.headers} == {
        "Mainstay"
    }


def test_the_library_leaves_no_trace(
    monkeypatch: pytest.MonkeyPatch, desk: StripeBench, tmp_path: Path, caplog
):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    logging.getLogger("stripe").disabled = False  # As `dictConfig` does with every logger that it finds.
    with caplog.at_level("DEBUG"):
        paid(desk)
    assert not (tmp_path / "config").exists()
    assert [record.name for record in caplog.records if record.name.startswith("stripe")] == []
    assert stripe.enable_telemetry is False


def test_a_customer_has_no_data_and_exists_only_for_cards_that_are_saved(desk: StripeBench):
    paid(desk)
    assert "POST /v1/customers" not in desk.heard()
    paid(desk, save=True, reference="c2:1")
    (made,) = [one for one in desk.face.heard if one.path == "/v1/customers"]
    assert made.form == ()


def test_nothing_about_a_person_is_sent(desk: StripeBench):
    paid(desk, save=True)
    sent = {name for one in desk.face.heard for name, _value in one.form}
    assert not {
        name for name in sent if any(word in name for word in ("mail", "name", "address", "shipping"))
    }


def test_the_banks_page_is_a_redirect_and_not_a_matter_of_stripes_script(desk: StripeBench):
    told = paid(desk, Payer.ASKED)
    assert told.outcome == Outcome.ACTION_REQUIRED
    assert "/bank/" in told.action_url
    desk.bank_agrees(told.action_url, agrees=False)
    refused = desk.processor.look_up(told.remote_id)
    assert (refused.outcome, refused.decline_code) == (Outcome.DECLINED_SOFT, "authentication_failed")


def test_a_statement_suffix_goes_with_each_payment(desk: StripeBench):
    processor = adapter(desk.address, statement_suffix="GIFT")
    processor.prepare(Order(USD_5, "c1:1", {}, save_method=False), "p1")
    assert ("statement_descriptor_suffix", "GIFT") in desk.face.heard[-1].form


def test_what_the_account_offers_is_asked_for(desk: StripeBench):
    processor = adapter(desk.address, methods="card,sepa_debit,ideal")
    processor.prepare(Order(USD_5, "c1:1", {}, save_method=False), "p1")
    offered = [value for name, value in desk.face.heard[-1].form if name.startswith("allowed_payment")]
    assert offered == ["card", "sepa_debit", "ideal"]
    assert "methods=card%2Csepa_debit%2Cideal" in processor.card_page().script_url


def test_the_card_page_lets_in_stripe_and_nobody_else(desk: StripeBench):
    page = make(AccountConfig({"public_key": "pk_1"}, {"api_key": "sk"})).card_page()
    hosts = {origin for origins in page.policy.values() for origin in origins}
    assert all(host.endswith(("stripe.com",)) and host.startswith("https://") for host in hosts)
    assert page.script_url.startswith("/static/stripe/card")
    assert SCRIPT_ADDRESS.startswith("https://js.stripe.com/")
    strange = adapter(desk.address, script_address=f"{desk.address}/stripe.js").card_page()
    assert {origin for origins in strange.policy.values() for origin in origins} == {desk.address}


@pytest.mark.parametrize(
    ("minor", "currency", "written"),
    [
        (500, "USD", 500),
        (500, "JPY", 500),
        (1500, "KWD", 1500),
        (7, "ISK", 700),
        (2000, "UGX", 200_000),
        (180_050, "HUF", 180_050),
        (15_050, "TWD", 15_050),
    ],
)
def test_amounts_as_stripe_writes_them(minor, currency, written):
    assert to_stripe(Money(minor, currency)) == written
    assert from_stripe(written, currency.lower()) == Money(minor, currency)


def test_amounts_that_stripe_does_not_take():
    with pytest.raises(NotPayable, match=r"0\.010"):
        to_stripe(Money(1505, "KWD"))
    with pytest.raises(NotPayable):
        from_stripe(750, "isk")


def test_a_part_that_stripe_does_not_take_is_not_given_back(desk: StripeBench):
    assert desk.processor.refund("ch_1", Money(1505, "KWD"), "r1").why == "amount_not_payable"
    assert desk.heard() == []


def test_a_balance_in_a_currency_in_which_no_reader_is_asked():
    held = {"available": [{"amount": 500, "currency": "czk"}], "pending": [{"amount": 7, "currency": "clp"}]}
    assert told(books.held, [held]) == [{"CZK": 500, "CLP": 7}]


def test_a_balance_that_can_not_be_counted_says_why():
    held = {"available": [{"amount": 500, "currency": "xts"}], "pending": []}
    with pytest.raises(StripeUnreachable, match="'XTS' is not a currency"):
        told(books.held, [held])


@pytest.mark.parametrize(
    ("error", "outcome", "code"),
    [
        (
            {"code": "card_declined", "decline_code": "insufficient_funds"},
            Outcome.DECLINED_SOFT,
            "insufficient_funds",
        ),
        ({"code": "card_declined", "decline_code": "do_not_honor"}, Outcome.DECLINED_SOFT, "do_not_honor"),
        ({"code": "card_declined", "decline_code": "lost_card"}, Outcome.DECLINED_HARD, "lost_card"),
        ({"code": "expired_card"}, Outcome.DECLINED_HARD, "expired_card"),
        ({"code": "authentication_required"}, Outcome.DECLINED_SOFT, "authentication_required"),
        (
            {"decline_code": "do_not_honor", "advice_code": "do_not_try_again"},
            Outcome.DECLINED_HARD,
            "do_not_honor",
        ),
        (
            {"decline_code": "restricted_card", "advice_code": "try_again_later"},
            Outcome.DECLINED_SOFT,
            "restricted_card",
        ),
        ({"decline_code": "something_new"}, Outcome.DECLINED_HARD, "something_new"),
        ({}, Outcome.DECLINED_HARD, ""),
    ],
)
def test_what_a_bank_means(error, outcome, code):
    assert (outcome_of(error), code_of(error)) == (outcome, code)


def test_a_dispute_from_question_to_end(desk: StripeBench):
    charge = paid(desk).charge_id
    dispute_id = desk.controls.dispute(charge, stage="inquiry", amount_minor=300)
    asked = desk.processor.look_up_dispute(dispute_id)
    assert (asked.stage, asked.charge_id, asked.amount) == (DisputeStage.INQUIRY, charge, Money(300, "USD"))
    assert asked.fee is None
    desk.controls.move_dispute(dispute_id, "opened")
    opened = desk.processor.look_up_dispute(dispute_id)
    assert (opened.stage, opened.fee) == (DisputeStage.OPENED, Money(1500, "USD"))
    desk.controls.move_dispute(dispute_id, "won", fee_returned=True)
    won = desk.processor.look_up_dispute(dispute_id)
    assert (won.stage, won.fee, won.fee_returned) == (DisputeStage.WON, Money(1500, "USD"), True)


def test_payouts_and_every_kind_of_line(desk: StripeBench):
    charge = paid(desk).charge_id
    desk.controls.move_dispute(desk.controls.dispute(charge, amount_minor=300), "won")
    desk.processor.refund(charge, Money(100, "USD"), "r1")
    for number in range(5):
        paid(desk, reference=f"d{number}:1")
    payout_id = desk.controls.pay_out("USD", 50)
    assert desk.processor.look_up_payout(payout_id).stage == PayoutStage.SENT
    desk.controls.end_payout(payout_id, "failed")
    assert desk.processor.look_up_payout(payout_id).stage == PayoutStage.FAILED
    desk.controls.adjust("USD", -5)
    lines = list(desk.processor.balance_lines(""))
    assert [line.kind for line in lines] == [
        *(LineKind.CHARGE, LineKind.DISPUTE, LineKind.DISPUTE_RETURNED, LineKind.REFUND),
        *[LineKind.CHARGE] * 5,
        *(LineKind.PAYOUT, LineKind.PAYOUT_FAILED, LineKind.ADJUSTMENT),
    ]
    assert sum(line.amount_minor - line.fee_minor for line in lines) == desk.processor.balance()["USD"]


def test_a_charge_in_another_currency(desk: StripeBench):
    desk.controls.change_settings(settlement_currency="EUR", rates={"USD": "0.92"})
    fact = paid(desk)
    assert (fact.amount, fact.settled, fact.fee) == (USD_5, Money(460, "EUR"), Money(43, "EUR"))


def test_long_lists_are_read_page_by_page(desk: StripeBench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mainstay.processors.stripe.lists.LONGEST_PAGE", 2)
    for number in range(5):
        paid(desk, reference=f"c{number}:1")
    lines = list(desk.processor.balance_lines(""))
    assert len({line.remote_id for line in lines}) == 5
    assert list(desk.processor.balance_lines(lines[0].cursor)) == lines[1:]
    hints, cursor = desk.processor.poll("")
    assert len(hints) == 2, "at first the newest page"
    assert desk.processor.poll(cursor) == ([], cursor)
    monkeypatch.setattr("mainstay.processors.stripe.lists.MOST_PAGES", 2)
    with pytest.raises(StripeUnreachable, match="longer"):
        list(desk.processor.balance_lines(""))


def test_a_cursor_that_stripe_has_forgotten_begins_anew(desk: StripeBench):
    fact = paid(desk)
    hints, _cursor = desk.processor.poll("evt_999")
    assert [hint.object_id for hint in hints] == [fact.remote_id]


def test_a_charge_that_another_program_made_is_told_as_it_is():
    body = {"id": "ch_1", "payment_intent": None, "status": "succeeded", "amount": 500, "currency": "usd"}
    balance = {"amount": 500, "fee": 45, "currency": "usd"}
    fact = reading.charge({**body, "balance_transaction": balance})
    assert (fact.outcome, fact.charge_id, fact.fee, fact.reference) == (
        Outcome.SUCCEEDED,
        "ch_1",
        Money(45, "USD"),
        "",
    )


def test_what_ideal_leaves_behind_is_the_debit_that_renews():
    paid_with = {"id": "pm_1", "type": "ideal", "customer": None, "ideal": {"bic": "ABNANL2A"}}
    details = {"type": "ideal", "ideal": {"generated_sepa_debit": "pm_debit"}}
    body = {
        "id": "pi_1",
        "status": "succeeded",
        "amount": 500,
        "currency": "eur",
        "customer": "cus_1",
        "metadata": {},
        "payment_method": paid_with,
        "last_payment_error": None,
        "latest_charge": {"id": "py_1", "balance_transaction": None, "payment_method_details": details},
    }
    method = reading.intent(body).method
    assert method is not None
    assert (method.customer, method.method, method.country, method.expires) == ("cus_1", "pm_debit", "NL", "")


def _setup(**changes: object) -> dict[str, object]:
    body = {"id": "seti_1", "customer": "cus_1", "latest_attempt": None, "last_setup_error": None}
    return {**body, "payment_method": None, "status": "requires_payment_method", **changes}


def test_saving_by_ideal_leaves_a_direct_debit_behind():
    saved = {"id": "pm_1", "type": "ideal", "customer": None, "ideal": {"bic": "ABNANL2A"}}
    attempt = {"payment_method_details": {"type": "ideal", "ideal": {"generated_sepa_debit": "pm_debit"}}}
    fact = reading.setup(_setup(status="succeeded", payment_method=saved, latest_attempt=attempt))
    assert fact.method is not None
    assert (fact.method.customer, fact.method.method, fact.method.country) == ("cus_1", "pm_debit", "NL")


@pytest.mark.parametrize(
    ("changes", "outcome", "code"),
    [
        ({"status": "processing"}, Outcome.UNKNOWN, ""),
        ({"status": "canceled"}, Outcome.CANCELLED, ""),
        ({"last_setup_error": {"code": "card_declined", "decline_code": "lost_card"}}, "hard", "lost_card"),
        (
            {"last_setup_error": {"code": "setup_intent_authentication_failure"}},
            "hard",
            "authentication_failed",
        ),
        ({}, "hard", ""),
    ],
)
def test_what_becomes_of_a_card_that_is_to_be_saved(changes, outcome, code):
    wanted = Outcome.DECLINED_HARD if outcome == "hard" else outcome
    fact = reading.setup(_setup(**changes))
    assert (fact.outcome, fact.decline_code, fact.method) == (wanted, code, None)


def test_the_restricted_key_of_the_web_can_pay_and_can_not_list(desk: StripeBench):
    web = adapter(desk.address, "rk_contract")
    order = Order(USD_5, "c1:1", {}, save_method=False)
    remote_id = web.prepare(order, "p1").remote_id
    fact = web.execute(remote_id, Source(token=desk.token(Payer.APPROVED)), "e1", BACK, True)
    assert fact.outcome == Outcome.SUCCEEDED
    with pytest.raises(ProcessorRefused):
        web.poll("")


def test_an_account_that_lacks_something():
    with pytest.raises(WrongSettings, match="'public_key'"):
        make(AccountConfig({}, {"api_key": "k"}))
    with pytest.raises(WrongSettings, match="'api_key'"):
        make(AccountConfig({"public_key": "pk"}, {}))


def test_a_webhook_body_may_be_of_a_kind_that_we_do_not_follow(desk: StripeBench):
    headers, body, now = desk.webhook("pi_1")
    event = json.loads(body)
    event["data"]["object"]["object"] = "weather"
    text = json.dumps(event)
    headers = {
        "stripe-signature": stripe.WebhookSignature.generate_signature_header(
            text, "whsec_old", 1_800_000_000
        )
    }
    assert desk.processor.verify_webhook(headers, text.encode(), now) == []
