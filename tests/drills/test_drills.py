"""A small part of each drill, in processes of its own: the whole is `make drill`."""

import json
import subprocess
import sys

import pytest

from drills import bugs, combinations
from drills.report import Report
from tests.tidy.house import ROOT

pytestmark = pytest.mark.timeout(900)
"""A loaded machine is slow; the counts are what is judged."""


def drill(tmp_path, name, part):
    """The report of one drill, run as `make drill` runs it."""
    stored = tmp_path / "drill.json"
    command = [sys.executable, "-m", "drills", name, "--part", str(part), "--json", str(stored)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (report,) = json.loads(stored.read_text())
    return report["counts"]


@pytest.mark.journey
def test_killed_processes_lose_and_double_nothing(tmp_path):
    counts = drill(tmp_path, "crash", 0.01)
    assert counts["processes killed"] >= 10


@pytest.mark.journey
def test_neither_do_they_before_stripe(tmp_path):
    counts = drill(tmp_path, "crash_stripe", 0.008)
    assert counts["processes killed"] >= 4


@pytest.mark.journey
def test_nor_before_paypal(tmp_path):
    counts = drill(tmp_path, "crash_paypal", 0.005)
    assert counts["processes killed"] >= 4


@pytest.mark.journey
def test_small_simulated_years_end_with_equal_books(tmp_path):
    counts = drill(tmp_path, "years", 0.0)
    assert counts["simulations"] == 5
    assert counts["payments"] > 150
    assert counts["calls that went wrong"] > 30


@pytest.mark.journey
def test_claims_and_refunds_are_won_once(tmp_path):
    counts = drill(tmp_path, "races", 1)
    assert counts["claims won"] == counts["rows claimed"] == 300
    assert counts["asked back of 500"] == 450


@pytest.mark.journey
def test_deliberate_bugs_are_caught(tmp_path):
    counts = drill(tmp_path, "controls", 0)
    assert counts["deliberate bugs"] == 3


def test_a_bug_is_put_in_where_it_belongs_or_not_at_all():
    with pytest.raises(AttributeError):
        bugs.put("drills.report", "no_such_name", None)


def test_a_seed_names_one_combination():
    for seed in (0, 1, 126007, 275621):
        assert combinations.of_seed(seed).seed == seed
    with pytest.raises(IndexError):
        combinations.of_seed(10**9)


def test_a_report_with_a_difference_is_not_well():
    assert Report("x").well
    assert not Report("x", {}, ["one charge too many"]).well


@pytest.mark.journey
def test_every_letter_arrives_plain_and_signed(tmp_path):
    counts = drill(tmp_path, "letters", 1)
    assert counts["letters"] >= 60
    assert counts["one-click headers present and signed"] == 6


@pytest.mark.journey
def test_stolen_cards_are_held_and_readers_get_through(tmp_path):
    counts = drill(tmp_path, "card_testing", 0.02)
    assert counts["a new prefix each time: readers who paid"] == 20
    assert counts["control, nothing counted: reached"] == 100


@pytest.mark.journey
def test_codes_and_addresses_cannot_be_guessed(tmp_path):
    counts = drill(tmp_path, "guessing", 0.1)
    assert counts["guesses until a 20-bit code fell (control)"] > 0
