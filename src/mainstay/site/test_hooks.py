"""Webhooks at the door: only signed ones of the last five minutes come in, stored before they are answered."""

import hashlib
import hmac
import json
from datetime import datetime

import pytest
from django.db import OperationalError
from django.test import Client

from mainstay.collection.conftest import World, world
from mainstay.collection.models import AccountWatch, Hint
from mainstay.core.clock import FixedClock
from mainstay.processors.registry import forget_adapters

from . import hooks

__all__ = ["world"]

NEW, OLD, FORGED = "whsec_new", "whsec_old", "whsec_forged"
BODY = json.dumps({"id": "ev_1", "object": {"kind": "intent", "id": "in_1"}}).encode()


@pytest.fixture
def door(world: World, settings, monkeypatch: pytest.MonkeyPatch) -> World:
    """The account, with a new and an old webhook secret as during a rotation, and the world's clock at the door."""
    with open(settings.MAINSTAY_SECRETS_FILE, "a", encoding="utf-8") as file:
        file.write(f'webhook_secrets = ["{NEW}", "{OLD}"]\n')
    forget_adapters()
    monkeypatch.setattr(hooks, "clock", world.clock)
    return world


def _sign(body: bytes, now: datetime, secret: str = NEW, seconds: int = 0) -> str:
    signed_at = int(now.timestamp()) + seconds
    mac = hmac.new(secret.encode(), b"%d." % signed_at + body, hashlib.sha256).hexdigest()
    return f"t={signed_at},v1={mac}"


def _tell(
    door: World, body: bytes = BODY, signature: str | None = None, path: str = "", **signed: object
) -> int:
    path = path or f"/hooks/sandbox/{door.account.pk}/"
    signature = signature if signature is not None else _sign(body, door.clock.now(), **signed)  # type: ignore[arg-type]
    headers = {"Sandbox-Signature": signature}
    client = Client(enforce_csrf_checks=True)
    return client.post(path, data=body, content_type="application/json", headers=headers).status_code


@pytest.mark.parametrize("secret", [NEW, OLD])
def test_a_true_webhook_is_stored_and_answered(door: World, secret: str) -> None:
    assert _tell(door, secret=secret) == 200
    row = Hint.objects.get()
    assert (row.kind, row.object_id, row.next_action_at) == ("intent", "in_1", door.clock.now())
    assert AccountWatch.objects.get().heard_at == door.clock.now().replace(minute=0, second=0)


@pytest.mark.parametrize("seconds", [-301, 301, -86400])
def test_a_stale_or_a_future_one_is_refused(door: World, seconds: int) -> None:
    assert _tell(door, seconds=seconds) == 400
    assert not Hint.objects.exists()


@pytest.mark.parametrize("seconds", [-299, 299])
def test_five_minutes_are_allowed(door: World, seconds: int) -> None:
    assert _tell(door, seconds=seconds) == 200


def test_forged_altered_and_reserialised_ones_are_refused(door: World) -> None:
    true = _sign(BODY, door.clock.now())
    assert _tell(door, secret=FORGED) == 400
    assert _tell(door, BODY.replace(b"in_1", b"in_2"), true) == 400
    assert _tell(door, json.dumps(json.loads(BODY), indent=1).encode(), true) == 400
    for signature in ("", "t=1", "v1=00", "t=x,v1=00", true.replace("v1", "v0"), "t=1,t=2,v1=00"):
        assert _tell(door, signature=signature) == 400
    assert not Hint.objects.exists()


def test_what_is_signed_and_is_no_event_is_refused(door: World) -> None:
    for body in (b"\xff\xfe\x00", b"[]", b"{}", b"", b"null"):
        assert _tell(door, body) == 400


def test_over_a_megabyte_is_refused_and_just_under_it_is_not(door: World) -> None:
    large = json.dumps({**json.loads(BODY), "padding": "x" * 990_000}).encode()
    assert _tell(door, large) == 200
    assert _tell(door, b" " * 5_000_000) == 413


def test_another_account_and_another_processor_are_nobody(door: World) -> None:
    assert _tell(door, path="/hooks/sandbox/7d3f0c52-7f0e-4a3b-9d4d-0d6b1f0a9a11/") == 404
    assert _tell(door, path=f"/hooks/other/{door.account.pk}/") == 404
    assert Client().get(f"/hooks/sandbox/{door.account.pk}/").status_code == 405


def test_what_could_not_be_stored_is_to_be_told_again(door: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object) -> None:
        raise OperationalError("disk full")

    monkeypatch.setattr(hooks, "receive", full)
    assert _tell(door) == 503


def test_a_replayed_one_within_five_minutes_is_the_same_row(door: World) -> None:
    signature = _sign(BODY, door.clock.now())
    assert {_tell(door, signature=signature) for _time in range(5)} == {200}
    assert Hint.objects.count() == 1


def test_the_log_says_no_id(door: World, caplog: pytest.LogCaptureFixture) -> None:
    _tell(door, secret=FORGED)
    assert "in_1" not in caplog.text
    assert str(door.account.pk) not in caplog.text


def test_from_a_real_webhook_to_the_books(door: World) -> None:
    """A payment whose answer was lost, told by a hint at the door, fetched and booked by the worker."""
    _key, progress = door.pay("4000000000008880")
    assert progress.contribution is not None
    remote_id = progress.contribution.installments.get().remote_id
    door.company.clock.now += 60
    body = json.dumps({"id": "ev_2", "object": {"kind": "intent", "id": remote_id}}).encode()
    assert isinstance(door.clock, FixedClock)
    assert _tell(door, body) == 200
    door.work()
    assert progress.contribution.payments.count() == 1
