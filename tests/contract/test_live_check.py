"""`make live-check`, before local companies in two protocols; the real ones only with somebody's keys."""

import re
from pathlib import Path

import pytest

from mainstay.core.errors import WrongSettings
from mainstay.processors.paypal import live as paypal_live
from mainstay.processors.paypal.example_account import CLIENT_ID, CLIENT_SECRET
from mainstay.processors.paypal.example_server import running_paypal
from mainstay.processors.stripe import live
from mainstay_sandbox.accounts import AccountKeys
from mainstay_sandbox.near import running_company
from mainstay_sandbox.stripe_face import StripeFace
from tools import live_check

from .shapes.paypal import expect_shapes

KEYS = AccountKeys("Live", "sk_test_live", "rk_test_live", "pk_test_live")


def test_all_journeys_hold_before_the_practice_company(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with running_company(tmp_path / "live.sqlite3", [KEYS], application=StripeFace) as (address, _store):
        environment = {live.KEY: KEYS.secret_key, live.ADDRESS: address}
        assert live_check.check("stripe", live, environment), capsys.readouterr().out
    assert "13 of 13 held" in capsys.readouterr().out


def test_a_journey_that_does_not_hold_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    environment = {live.KEY: "sk_test_nobody", live.ADDRESS: "http://127.0.0.1:1"}
    assert not live_check.check("stripe", live, environment)
    assert "FAILED" in capsys.readouterr().out


def test_without_a_key_it_says_which_is_missing(capsys: pytest.CaptureFixture[str]):
    assert live_check.check("stripe", live, {})
    assert live.KEY in capsys.readouterr().out


def test_a_live_key_is_refused():
    with pytest.raises(WrongSettings, match="test mode"):
        live.journeys({live.KEY: "sk_live_1"})


def test_every_processor_with_journeys_is_found():
    assert {"paypal", "stripe"} <= set(dict(live_check.with_journeys()))


def test_paypal_before_and_after_the_buyer_s_click(capsys: pytest.CaptureFixture[str]):
    with running_paypal() as account:
        environment = {
            paypal_live.KEY: f"{CLIENT_ID}:{CLIENT_SECRET}",
            paypal_live.ADDRESS: account.address,
        }
        assert live_check.check("paypal", paypal_live, environment), capsys.readouterr().out
        said = capsys.readouterr().out
        assert "6 of 6 held" in said
        assert "TO DO   Left to you: open http://127.0.0.1" in said
        assert account.captures() == []
        order = re.search(rf"{paypal_live.ORDER}=(\S+)", said)
        assert order is not None
        account.approve(order[1])
        after = {**environment, paypal_live.ORDER: order[1]}
        assert live_check.check("paypal", paypal_live, after), capsys.readouterr().out
        assert "8 of 8 held" in capsys.readouterr().out
        assert (len(account.captures()), account.vault) == (3, {})
        expect_shapes(account.heard)


def test_an_order_that_nobody_approved_fails_what_follows(capsys: pytest.CaptureFixture[str]):
    with running_paypal() as account:
        environment = {
            paypal_live.KEY: f"{CLIENT_ID}:{CLIENT_SECRET}",
            paypal_live.ADDRESS: account.address,
            paypal_live.ORDER: "ORDER1",
        }
        assert not live_check.check("paypal", paypal_live, environment)
    assert "0 of 8 held" in capsys.readouterr().out


def test_half_a_key_of_paypal_is_refused():
    with pytest.raises(WrongSettings, match="colon"):
        paypal_live.journeys({paypal_live.KEY: "id"})
