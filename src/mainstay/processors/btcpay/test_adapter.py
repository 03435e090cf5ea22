"""The adapter against a server that speaks Greenfield: what each state means, and that nothing is asked for twice."""

import socket
import time
from datetime import UTC, datetime

import pytest

from mainstay.contributions.port import (
    AccountConfig,
    BadSignature,
    EventRef,
    ObjectKind,
    Order,
    Outcome,
    ProcessorRefused,
    ReturnUrls,
    Source,
)
from mainstay.core.errors import WrongSettings
from mainstay.core.money import Money

from .adapter import Btcpay, BtcpayUnreachable, make
from .conftest import adapter
from .example_server import KEY, STORE, DropConnection, Greenfield, hook

NOW = datetime(2026, 11, 23, tzinfo=UTC)
URLS = ReturnUrls("http://127.0.0.1/done", "http://127.0.0.1/cancelled")
FIVE = Money(500, "EUR")


def order(amount: Money = FIVE, reference: str = "c1:1") -> Order:
    return Order(amount, reference, {"contribution": "c1", "number": "1"}, save_method=False)


def invoice(btcpay: Btcpay) -> str:
    return btcpay.start_checkout(order(), "k", URLS).remote_id


@pytest.mark.parametrize(
    ("status", "more", "paid", "outcome", "minor"),
    [
        ("New", "None", "0", Outcome.ACTION_REQUIRED, 500),
        ("New", "PaidPartial", "2.00", Outcome.ACTION_REQUIRED, 500),
        ("Processing", "None", "5.00", Outcome.PENDING, 500),
        ("Processing", "PaidOver", "6.00", Outcome.PENDING, 500),
        ("Settled", "None", "5.00", Outcome.SUCCEEDED, 500),
        ("Settled", "Marked", "0", Outcome.SUCCEEDED, 500),
        ("Settled", "PaidOver", "6.004", Outcome.SUCCEEDED, 600),
        ("Expired", "None", "0", Outcome.CANCELLED, 500),
        ("Expired", "PaidLate", "5.00", Outcome.SUCCEEDED, 500),
        ("Expired", "PaidPartial", "2.00", Outcome.SUCCEEDED, 200),
        ("Invalid", "None", "5.00", Outcome.CANCELLED, 500),
        ("Invalid", "Marked", "0", Outcome.CANCELLED, 500),
        ("Invalid", "Marked", "5.00", Outcome.SUCCEEDED, 500),
    ],
)
def test_each_state_of_an_invoice_means_one_thing(
    server: Greenfield, btcpay: Btcpay, status: str, more: str, paid: str, outcome: Outcome, minor: int
) -> None:
    number = invoice(btcpay)
    server.becomes(number, status, more, paid)
    fact = btcpay.look_up(number)
    assert (fact.outcome, fact.amount) == (outcome, Money(minor, "EUR"))
    assert (fact.charge_id == number) == (outcome == Outcome.SUCCEEDED)
    assert bool(fact.action_url) == (outcome == Outcome.ACTION_REQUIRED)


def test_a_replaced_payment_takes_the_invoice_back(server: Greenfield, btcpay: Btcpay) -> None:
    number = invoice(btcpay)
    server.becomes(number, "Processing", paid="5.00")
    assert btcpay.look_up(number).outcome == Outcome.PENDING
    server.becomes(number, "New")
    assert btcpay.look_up(number).outcome == Outcome.ACTION_REQUIRED


def test_an_invoice_carries_our_words_and_no_person(server: Greenfield, btcpay: Btcpay) -> None:
    fact = btcpay.prepare(order(), "k")
    assert fact.outcome == Outcome.EXECUTABLE
    row = server.invoices[fact.remote_id]
    assert row["metadata"] == {"orderId": "c1:1", "contribution": "c1", "number": "1"}
    assert btcpay.look_up(fact.remote_id).metadata == {"contribution": "c1", "number": "1"}
    assert btcpay.look_up(fact.remote_id).reference == "c1:1"


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (Money(1, "USD"), "0.01"),
        (Money(500, "JPY"), "500"),
        (Money(5125, "KWD"), "5.125"),
        (Money(700, "ISK"), "700"),
        (Money(20000, "UGX"), "20000"),
        (Money(120050, "HUF"), "1200.50"),
        (Money(99_999_999, "TWD"), "999999.99"),
    ],
)
def test_amounts_keep_their_currency_s_decimals(
    server: Greenfield, btcpay: Btcpay, amount: Money, written: str
) -> None:
    fact = btcpay.start_checkout(order(amount), "k", URLS)
    assert server.invoices[fact.remote_id]["amount"] == written
    assert fact.amount == amount


def test_the_same_order_has_one_invoice(server: Greenfield, btcpay: Btcpay) -> None:
    numbers = {btcpay.prepare(order(), key).remote_id for key in ("k1", "k1", "k2")}
    assert numbers == set(server.invoices)
    assert len(numbers) == 1
    server.pays(numbers.pop())
    assert btcpay.prepare(order(), "k3").outcome == Outcome.EXECUTABLE
    assert len(server.invoices) == 1


def test_an_answer_that_was_lost_is_found_again(server: Greenfield, btcpay: Btcpay) -> None:
    def lose(method: str, path: str) -> None:
        if method == "POST":
            raise DropConnection

    server.after = lose
    assert btcpay.prepare(order(), "k").outcome == Outcome.UNKNOWN
    server.after = lambda method, path: None
    assert btcpay.prepare(order(), "k").remote_id == "Inv1"
    assert len(server.invoices) == 1


def test_after_an_end_without_money_there_is_a_new_invoice(server: Greenfield, btcpay: Btcpay) -> None:
    first = invoice(btcpay)
    server.becomes(first, "Expired")
    second = invoice(btcpay)
    assert second != first
    server.becomes(first, "Expired", "PaidLate", "5.00")
    assert invoice(btcpay) == first, "money that came late ends the asking"


def test_an_order_is_never_open_for_two_amounts(server: Greenfield, btcpay: Btcpay) -> None:
    number = invoice(btcpay)
    assert btcpay.prepare(order(Money(700, "EUR")), "k2").outcome == Outcome.REJECTED
    btcpay.cancel(number, "k3")
    assert btcpay.prepare(order(Money(700, "EUR")), "k2").outcome == Outcome.EXECUTABLE
    assert len(server.invoices) == 2


def test_executing_moves_nothing(server: Greenfield, btcpay: Btcpay) -> None:
    number = invoice(btcpay)
    before = len(server.asked)
    fact = btcpay.execute(number, Source(), "k", "http://127.0.0.1/", reader_present=False)
    assert fact.outcome == Outcome.ACTION_REQUIRED
    assert [one[0] for one in server.asked[before:]] == ["GET"]


def test_cancelling_closes_only_what_nobody_pays(server: Greenfield, btcpay: Btcpay) -> None:
    number = invoice(btcpay)
    server.becomes(number, "Processing", paid="5.00")
    assert btcpay.cancel(number, "k").outcome == Outcome.PENDING
    server.becomes(number, "New")
    assert btcpay.cancel(number, "k").outcome == Outcome.CANCELLED
    assert btcpay.cancel(number, "k").outcome == Outcome.CANCELLED
    assert server.invoices[number]["status"] == "Invalid"


def test_a_refund_is_claimed_by_its_reader_or_never(server: Greenfield, btcpay: Btcpay) -> None:
    number = invoice(btcpay)
    server.pays(number)
    asked = btcpay.refund(number, Money(200, "EUR"), "v1:refund:1")
    assert (asked.outcome, asked.amount, asked.charge_id) == (Outcome.PENDING, Money(200, "EUR"), number)
    assert asked.claim_url.endswith(asked.remote_id)
    server.claim(asked.remote_id, "2.00", "AwaitingPayment")
    assert btcpay.look_up_refund(asked.remote_id).outcome == Outcome.PENDING
    server.payouts[asked.remote_id][0]["state"] = "Completed"
    done = btcpay.look_up_refund(asked.remote_id)
    assert (done.outcome, done.amount, done.reference) == (
        Outcome.SUCCEEDED,
        Money(200, "EUR"),
        "v1:refund:1",
    )


def test_an_archived_refund_gives_back_what_was_claimed(server: Greenfield, btcpay: Btcpay) -> None:
    number = invoice(btcpay)
    server.pays(number)
    part, none = (btcpay.refund(number, Money(250, "EUR"), key).remote_id for key in ("k1", "k2"))
    server.claim(part, "1.50")
    for pull in (part, none):
        server.pulls[pull]["archived"] = True
    given, nothing = btcpay.look_up_refund(part), btcpay.look_up_refund(none)
    assert (given.outcome, given.amount) == (Outcome.SUCCEEDED, Money(150, "EUR"))
    assert (nothing.outcome, nothing.why) == (Outcome.REJECTED, "not_claimed")


def test_the_same_key_refunds_once(server: Greenfield, btcpay: Btcpay) -> None:
    number = invoice(btcpay)
    server.pays(number)
    ids = {btcpay.refund(number, Money(250, "EUR"), key).remote_id for key in ("k1", "k1", "k2")}
    assert ids == set(server.pulls)
    assert len(ids) == 2
    assert {fact.reference for fact in btcpay.find_refunds(number)} == {"k1", "k2"}
    assert btcpay.find_refunds("Inv99") == []


def test_a_server_that_is_not_there_did_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    gone = make(AccountConfig({"address": address, "store_id": STORE}, {"api_key": KEY}))
    assert gone.prepare(order(), "k").outcome == Outcome.NOT_EXECUTED
    assert gone.look_up("Inv1").outcome == Outcome.UNKNOWN
    with pytest.raises(BtcpayUnreachable):
        gone.poll("")


@pytest.mark.parametrize(
    "said", [(200, b"<html>"), (200, {"id": "Inv1"}), (200, []), (500, {}), (502, b"bad gateway")]
)
def test_an_answer_that_cannot_be_read_is_unknown(
    server: Greenfield, btcpay: Btcpay, said: tuple[int, object]
) -> None:
    number = invoice(btcpay)
    server.pays(number)
    server.after = lambda method, path: said
    assert btcpay.look_up(number).outcome == Outcome.UNKNOWN
    server.after = lambda method, path: said if method == "POST" else None
    assert btcpay.start_checkout(order(reference="c2:1"), "k", URLS).outcome == Outcome.UNKNOWN
    assert btcpay.refund(number, FIVE, "k").outcome == Outcome.UNKNOWN


def test_a_slow_answer_is_unknown(server: Greenfield, btcpay: Btcpay) -> None:
    number = invoice(btcpay)
    hasty = adapter(server, deadline_seconds=0.5)

    def dawdle(method: str, path: str) -> None:
        time.sleep(0.8)

    server.after = dawdle
    assert hasty.look_up(number).outcome == Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("status", "outcome"), [(429, Outcome.NOT_EXECUTED), (400, Outcome.REJECTED), (503, Outcome.UNKNOWN)]
)
def test_what_a_refusal_means(server: Greenfield, btcpay: Btcpay, status: int, outcome: Outcome) -> None:
    server.after = lambda method, path: (status, {"code": "why"}) if method == "POST" else None
    assert btcpay.prepare(order(), "k").outcome == outcome


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_not_accepted_stops_the_run(server: Greenfield, btcpay: Btcpay, status: int) -> None:
    server.after = lambda method, path: (status, {})
    with pytest.raises(ProcessorRefused):
        btcpay.look_up("Inv1")


def test_what_does_not_exist_is_not_found(btcpay: Btcpay) -> None:
    assert btcpay.look_up("Inv99").outcome == Outcome.NOT_FOUND
    assert btcpay.look_up("../stores").outcome == Outcome.NOT_FOUND
    assert btcpay.look_up_refund("Pull99").outcome == Outcome.NOT_FOUND


def test_polling_finds_what_webhooks_lost(server: Greenfield, btcpay: Btcpay) -> None:
    late, part, open_, paid = (
        btcpay.start_checkout(order(reference=f"c{number}:1"), "k", URLS).remote_id for number in range(4)
    )
    server.becomes(late, "Expired", "PaidLate", "5.00")
    server.becomes(part, "Expired", "PaidPartial", "1.00")
    server.pays(paid)
    hints, cursor = btcpay.poll("")
    assert {hint.object_id for hint in hints} == {late, part, paid}
    assert {hint.kind for hint in hints} == {ObjectKind.INTENT}
    server.pays(open_)
    again, _cursor = btcpay.poll(cursor)
    assert open_ in {hint.object_id for hint in again}, "an old invoice may be paid later"


def test_a_webhook_is_a_hint_about_one_object(btcpay: Btcpay) -> None:
    assert btcpay.verify_webhook(*hook("InvoiceSettled", invoiceId="Inv1"), NOW) == [
        EventRef("D1", ObjectKind.INTENT, "Inv1")
    ]
    assert btcpay.verify_webhook(*hook("PayoutUpdated", pullPaymentId="Pull1"), NOW) == [
        EventRef("D1", ObjectKind.REFUND, "Pull1")
    ]
    assert btcpay.verify_webhook(*hook("InvoiceSettled", invoiceId="Inv1", storeId="Other"), NOW) == []
    assert btcpay.verify_webhook(*hook("PaymentRequestCreated"), NOW) == []
    assert btcpay.verify_webhook(*hook("InvoiceSettled", "new", invoiceId="Inv1"), NOW)


def test_a_forged_webhook_is_refused(btcpay: Btcpay) -> None:
    headers, body = hook("InvoiceSettled", invoiceId="Inv1")
    signature = headers["btcpay-sig"]
    for bad in (
        {},
        {"btcpay-sig": ""},
        {"btcpay-sig": signature.replace("256", "1")},
        {"btcpay-sig": "sha256=é"},
    ):
        with pytest.raises(BadSignature):
            btcpay.verify_webhook(bad, body, NOW)
    with pytest.raises(BadSignature):
        btcpay.verify_webhook(headers, body.replace(b"Inv1", b"Inv2"), NOW)
    with pytest.raises(BadSignature):
        btcpay.verify_webhook(*hook("InvoiceSettled", "wrong", invoiceId="Inv1"), NOW)
    assert btcpay.verify_webhook({"btcpay-sig": signature.upper().replace("SHA", "sha")}, body, NOW)


def test_an_account_without_a_store_is_named() -> None:
    with pytest.raises(WrongSettings, match="store_id"):
        make(AccountConfig({"address": "http://127.0.0.1"}, {"api_key": KEY}))
