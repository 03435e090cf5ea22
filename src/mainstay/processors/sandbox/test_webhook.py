"""Webhooks of the real company, and those that only look like it."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from mainstay.contributions.port import BadSignature, EventRef, ObjectKind
from mainstay_sandbox.webhooks import sign

from .conftest import Desk, adapter
from .webhook import verify

NOW = datetime(2027, 1, 15, 8, tzinfo=UTC)
MOMENT = int(NOW.timestamp())
BODY = json.dumps({"id": "evt_1", "type": "t", "object": {"kind": "refund", "id": "re_1"}}).encode()
HINT = EventRef("evt_1", ObjectKind.REFUND, "re_1")
Received = list[tuple[dict[str, str], bytes]]


@pytest.fixture
def received(desk: Desk) -> Iterator[Received]:
    """What the company delivered to a real address."""
    kept: Received = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    desk.controls.change_settings(webhook_url=f"http://127.0.0.1:{server.server_port}/hooks/")
    yield kept
    server.shutdown()
    thread.join()
    server.server_close()


def now_of(desk: Desk) -> datetime:
    return datetime.fromtimestamp(desk.company.clock.now, UTC)


@pytest.mark.parametrize("secrets", [["old"], ["new"], ["old", "new"], ["other", "new"]])
def test_the_companys_own_webhook_while_secrets_are_replaced(desk: Desk, received: Received, secrets):
    desk.controls.change_settings(webhook_secrets=secrets)
    fact = desk.paid()
    desk.controls.deliver()
    ((headers, body),) = received
    (hint,) = desk.processor.verify_webhook(headers, body, now_of(desk))
    assert (hint.kind, hint.object_id) == (ObjectKind.INTENT, fact.remote_id)
    assert [hint] == desk.processor.poll("")[0]


def test_a_forged_one_and_the_true_one(desk: Desk, received: Received):
    desk.controls.change_settings(webhook_secrets=["new"])
    desk.controls.fault("webhook", "forged")
    desk.paid()
    desk.controls.deliver()
    (forged, body), (true, same_body) = received
    with pytest.raises(BadSignature):
        desk.processor.verify_webhook(forged, body, now_of(desk))
    assert len(desk.processor.verify_webhook(true, same_body, now_of(desk))) == 1


@pytest.mark.parametrize(("seconds", "holds"), [(300, True), (-300, True), (301, False), (-301, False)])
def test_five_minutes_and_no_more(seconds, holds):
    headers = {"sandbox-signature": sign(["s"], MOMENT, BODY)}
    at = NOW + timedelta(seconds=seconds)
    if holds:
        assert verify(headers, BODY, ["s"], at) == [HINT]
    else:
        with pytest.raises(BadSignature, match="five minutes"):
            verify(headers, BODY, ["s"], at)


@pytest.mark.parametrize(
    ("header", "body", "secrets"),
    [
        (sign(["s"], MOMENT, BODY), BODY + b" ", ["s"]),
        (sign(["s"], MOMENT, BODY), BODY, ["other"]),
        (sign(["s"], MOMENT, BODY), BODY, []),
        (sign(["s"], MOMENT, BODY).upper(), BODY, ["s"]),
        (sign(["s"], MOMENT, BODY).replace("v1=", "v0="), BODY, ["s"]),
        (sign(["s"], MOMENT, BODY).replace("t=", "t=0"), BODY, [""]),
        (sign(["s"], MOMENT, BODY) + f",t={MOMENT}", BODY, ["s"]),
        (sign([], MOMENT, BODY), BODY, ["s"]),
        (f"t={MOMENT},v1=é", BODY, ["s"]),
        (f"t={MOMENT}", BODY, ["s"]),
        ("t=٣,v1=a", BODY, ["s"]),
        ("t=" + "9" * 40, BODY, ["s"]),
        ("", BODY, ["s"]),
        (sign(["s"], MOMENT, b"\xff"), b"\xff", ["s"]),
        (sign(["s"], MOMENT, b"[]"), b"[]", ["s"]),
        (sign(["s"], MOMENT, b'{"id": "evt_1"}'), b'{"id": "evt_1"}', ["s"]),
    ],
)
def test_what_is_not_the_companys(header, body, secrets):
    with pytest.raises(BadSignature):
        verify({"sandbox-signature": header}, body, secrets, NOW)


def test_a_kind_that_we_do_not_know_is_no_hint():
    body = BODY.replace(b"refund", b"weather")
    assert verify({"sandbox-signature": sign(["s"], MOMENT, body)}, body, ["s"], NOW) == []


def test_without_secrets_nothing_is_believed(desk: Desk):
    processor = adapter(desk.company)
    with pytest.raises(BadSignature):
        processor.verify_webhook({}, BODY, NOW)
