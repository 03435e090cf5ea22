"""A backup of six hours ago heals: every payment comes back, none is charged again, lost promises wait for the desk."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.tidy.house import ROOT

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The story of `restored_backup`, in a process of its own: it takes its database away under Django's feet."""
    folder = tmp_path_factory.mktemp("restored")
    done = subprocess.run(
        [sys.executable, "-m", "tests.journeys.restored_backup", str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_before_the_loss_all_was_well(told: dict[str, dict[str, Any]]) -> None:
    before = told["before"]
    assert (before["payments"], before["refunded_minor"]) == (8, 300)
    assert before["faults"] == before["differences"] == []


def test_every_payment_comes_back_and_none_is_charged_again(told: dict[str, dict[str, Any]]) -> None:
    after = told["after"]
    assert after["charged_as_before"]
    assert after["charged_once_each"]
    assert (after["payments"], after["refunded_minor"]) == (8, 300)
    assert (after["problem"], after["held"]) == ("", False)
    assert after["faults"] == []


def test_lost_promises_are_paused_and_shown(told: dict[str, dict[str, Any]]) -> None:
    assert told["after"]["paused"] == 2
    assert told["after"]["differences"] == ["missing_promise", "missing_promise"]


def test_a_month_later_only_the_promises_that_were_never_lost_were_collected(
    told: dict[str, dict[str, Any]],
) -> None:
    later = told["a_month_later"]
    assert later["charged_once_each"]
    assert later["charges"] == later["payments"] == told["after"]["charges"] + 2
    assert later["faults"] == []
