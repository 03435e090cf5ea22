"""Webhooks: what they say, how they are signed, when they come again, and the fates a test can order."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from mainstay_sandbox import webhooks
from mainstay_sandbox.conftest import START, Company

DAY_SECONDS = 24 * 60 * 60


class Shop:
    """A shop's address for webhooks: keeps what came, and answers with `status`."""

    def __init__(self) -> None:
        self.received: list[tuple[str, bytes]] = []
        self.status = 200
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                shop.received.append((self.headers["Sandbox-Signature"], body))
                self.send_response(shop.status)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/hook"

    def types(self) -> list[str]:
        return [json.loads(body)["type"] for _, body in self.received]


@pytest.fixture
def shop(company: Company) -> Iterator[Shop]:
    shop = Shop()
    thread = threading.Thread(target=shop.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    company.controls.change_settings(webhook_url=shop.address, webhook_secrets=["old", "new"])
    yield shop
    shop.server.shutdown()
    thread.join()
    shop.server.server_close()


def digest(secret: str, moment: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()


def test_a_webhook_names_the_object_and_is_signed_with_each_secret(company: Company, shop: Shop):
    paid = company.paid()
    company.clock.now += 7
    assert company.controls.deliver() == 1
    ((signature, body),) = shop.received
    event = company.get("/v1/events").json()["data"][0]
    assert {"number": event["number"], **json.loads(body)} == event
    assert json.loads(body)["object"] == {"kind": "intent", "id": paid["id"]}
    moment = START + 7
    assert signature == f"t={moment},v1={digest('old', moment, body)},v1={digest('new', moment, body)}"
    assert company.controls.deliver() == 0


def test_without_an_address_there_are_events_and_no_webhooks(company: Company):
    company.paid()
    assert company.controls.webhooks() == []
    assert len(company.get("/v1/events").json()["data"]) == 1


def test_events_are_read_on_from_a_number(company: Company):
    company.paid()
    company.paid()
    first = company.get("/v1/events?limit=1").json()
    assert first["has_more"] is True
    rest = company.get(f"/v1/events?after={first['data'][0]['number']}").json()
    assert (len(rest["data"]), rest["has_more"]) == (1, False)


def test_a_refused_webhook_comes_again_for_three_days_and_no_longer(company: Company, shop: Shop):
    shop.status = 503
    company.paid()
    for tries, pause in enumerate(webhooks.RETRY_AFTER_SECONDS, start=1):
        assert company.controls.deliver() == 1
        assert company.controls.deliver() == 0
        assert company.controls.webhooks()[0]["tries"] == tries
        company.clock.now += pause
    assert company.controls.deliver() == 1
    company.clock.now += 30 * DAY_SECONDS
    assert company.controls.deliver() == 0
    last = company.controls.webhooks()[0]
    assert (last["state"], last["status"], last["tries"]) == ("given_up", 503, 8)
    assert 3 * DAY_SECONDS <= sum(webhooks.RETRY_AFTER_SECONDS) <= 4 * DAY_SECONDS


def test_a_webhook_that_is_taken_at_last_stops_coming(company: Company, shop: Shop):
    shop.status = 500
    company.paid()
    company.controls.deliver()
    shop.status = 200
    company.clock.now += 60
    company.controls.deliver()
    company.clock.now += DAY_SECONDS
    assert company.controls.deliver() == 0
    assert company.controls.webhooks()[0]["state"] == "delivered"
    assert shop.received[0][1] == shop.received[1][1]


def test_a_shop_that_is_not_there_is_tried_again(company: Company):
    company.controls.change_settings(webhook_url="http://127.0.0.1:1/", webhook_secrets=["s"])
    company.paid()
    company.controls.deliver()
    assert [(one["state"], one["status"]) for one in company.controls.webhooks()] == [("waiting", 0)]


def test_twice(company: Company, shop: Shop):
    company.controls.fault("webhook", "twice")
    company.paid()
    company.paid()
    assert company.controls.deliver() == 3
    ids = [json.loads(body)["id"] for _, body in shop.received]
    assert (ids[0] == ids[1], ids[1] == ids[2]) == (True, False)


def test_lost_but_still_in_the_list_of_events(company: Company, shop: Shop):
    company.controls.fault("webhook", "lost")
    company.paid()
    assert (company.controls.deliver(), shop.received) == (0, [])
    assert len(company.get("/v1/events").json()["data"]) == 1


def test_delayed_three_days_and_signed_when_it_is_sent(company: Company, shop: Shop):
    company.controls.fault("webhook", "delayed", hold_seconds=3 * DAY_SECONDS)
    company.paid()
    company.clock.now += 3 * DAY_SECONDS - 1
    assert company.controls.deliver() == 0
    company.clock.now += 1
    assert company.controls.deliver() == 1
    assert shop.received[0][0].startswith(f"t={START + 3 * DAY_SECONDS},")


def test_reordered(company: Company, shop: Shop):
    charge = company.paid()["charge"]["id"]
    company.controls.deliver()
    company.controls.fault("webhook", "reordered", times=3)
    company.post("/v1/refunds", {"charge": charge, "amount_minor": 100})
    company.controls.dispute(charge)
    assert company.controls.deliver() == 0
    company.paid()
    company.controls.deliver()
    assert shop.types()[1:] == ["intent.succeeded", "dispute.opened", "refund.succeeded"]


def test_what_waited_for_others_goes_out_when_faults_are_called_off(company: Company, shop: Shop):
    company.controls.fault("webhook", "reordered", times=9)
    company.paid()
    company.controls.call_off_faults()
    assert company.controls.deliver() == 1


def test_forged(company: Company, shop: Shop):
    company.controls.fault("webhook", "forged")
    company.paid()
    company.controls.deliver()
    (forged, body), (true, _) = shop.received
    assert digest("old", START, body) not in forged
    assert digest("old", START, body) in true


def test_a_forger_does_not_try_again(company: Company, shop: Shop):
    shop.status = 400
    company.controls.fault("webhook", "forged")
    company.paid()
    company.controls.deliver()
    states = [(one["forged"], one["state"]) for one in company.controls.webhooks()]
    assert states == [(True, "given_up"), (False, "waiting")]


def test_a_fate_for_one_kind_of_event_only(company: Company, shop: Shop):
    company.controls.fault("webhook", "lost", match="refund.succeeded")
    charge = company.paid()["charge"]["id"]
    company.post("/v1/refunds", {"charge": charge, "amount_minor": 100})
    company.controls.deliver()
    assert shop.types() == ["intent.succeeded"]


def test_two_couriers_send_one_webhook_once(company: Company, shop: Shop):
    for _ in range(20):
        company.paid()
    threads = [threading.Thread(target=webhooks.deliver_now, args=(company.store, START)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(shop.received) == 20


def test_the_courier_delivers_by_itself_until_it_is_stopped(company: Company, shop: Shop):
    stop = threading.Event()
    courier = threading.Thread(target=webhooks.courier, args=(company.store, lambda: START, stop))
    courier.start()
    company.paid()
    for _ in range(100):
        if shop.received:
            break
        stop.wait(0.05)
    stop.set()
    courier.join(5)
    assert (len(shop.received), courier.is_alive()) == (1, False)
