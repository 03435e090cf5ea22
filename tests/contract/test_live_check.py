"""`make live-check`, before the practice company in Stripe's protocol; the real one only with somebody's keys."""

from pathlib import Path

import pytest

from mainstay.core.errors import WrongSettings
from mainstay.processors.stripe import live
from mainstay_sandbox.accounts import AccountKeys
from mainstay_sandbox.near import running_company
from mainstay_sandbox.stripe_face import StripeFace
from tools import live_check

KEYS = AccountKeys("Live", "sk_test_live", "rk_test_live", "pk_test_live")


def test_all_journeys_hold_before_the_practice_company(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with running_company(tmp_path / "live.sqlite3", [KEYS], application=StripeFace) as (address, _store):
        environment = {live.KEY: KEYS.secret_key, live.ADDRESS: address}
        assert live_check.check("stripe", live, environment), capsys.readouterr().out
    assert "12 of 12 held" in capsys.readouterr().out


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
    assert "stripe" in dict(live_check.with_journeys())
