"""The doors: a solved puzzle opens once; declines make form, prefix and newsroom wait; a letter only costs patience."""

import json
from datetime import UTC, datetime, timedelta

import altcha
import pytest

from mainstay.guard import puzzles
from mainstay.guard.breaker import standing
from mainstay.guard.doors import (
    FORM_DECLINES,
    PREFIX_DECLINES,
    Told,
    Visitor,
    card_door,
    card_was_tried,
    letter_door,
    price_level,
    puzzle_for,
)
from mainstay.guard.models import Pressure, SpentPuzzle
from mainstay.guard.pressure import BURST, LETS_THROUGH, WINDOW
from mainstay.guard.work import due_work

NOW = datetime(2026, 5, 14, 9, 0, tzinfo=UTC)
READER = Visitor("192.0.2.1", "form")


@pytest.fixture(autouse=True)
def _cheap_puzzles(monkeypatch, settings):
    settings.MAINSTAY_PUZZLES = True
    monkeypatch.setattr(puzzles, "ROUNDS", (1, 2, 3, 4))
    monkeypatch.setattr(puzzles, "PREFIX", "0")


def solved(puzzle: str) -> str:
    found = altcha.solve_challenge(altcha.Challenge.from_dict(json.loads(puzzle)))
    return json.dumps({"counter": found.counter, "derivedKey": found.derived_key})


def puzzle(newsroom, door="card", now=NOW, by_onion=False):
    return puzzle_for(newsroom, door, now, by_onion=by_onion)


def knock(newsroom, visitor=READER, now=NOW):
    """With a fresh puzzle, solved; and old enough for any wait."""
    made = puzzle(newsroom, now=now - timedelta(minutes=2))
    return card_door(newsroom, visitor, made, solved(made), now)


def clean(now):
    (work,) = due_work()
    for thing in work.find(now, 10):
        work.do(thing, now)


def decline(newsroom, times, visitor=READER, now=NOW):
    for _card in range(times):
        card_was_tried(newsroom, visitor, now, declined=True)


def test_a_solved_puzzle_opens_once(newsroom):
    made = puzzle(newsroom)
    found = solved(made)
    assert card_door(newsroom, READER, made, found, NOW).told == Told.IN
    assert card_door(newsroom, READER, made, found, NOW).told == Told.PUZZLE


def test_what_we_did_not_sign_or_is_not_solved_opens_nothing(newsroom):
    made = puzzle(newsroom)
    found = solved(made)
    cheaper = json.loads(made)
    cheaper["parameters"]["keyPrefix"] = ""
    wrong = json.dumps({**json.loads(found), "counter": json.loads(found)["counter"] + 1})
    forged = altcha.create_challenge("PBKDF2/SHA-256", 1, key_prefix="0", hmac_secret="theirs").to_dict()
    for sent, solution in (
        ("", ""),
        (made, ""),
        (made, wrong),
        (made, "[]"),
        ("[]", found),
        ("{}", "{}"),
        (json.dumps(cheaper), found),
        (json.dumps(forged), solved(json.dumps(forged))),
        (made + " " * 3000, found),
    ):
        assert card_door(newsroom, READER, sent, solution, NOW).told == Told.PUZZLE
    assert not SpentPuzzle.objects.exists()


def test_a_puzzle_opens_its_own_door_and_for_an_hour(newsroom):
    letter, old = puzzle(newsroom, "letter"), puzzle(newsroom)
    assert card_door(newsroom, READER, letter, solved(letter), NOW).told == Told.PUZZLE
    late = NOW + timedelta(hours=1)
    assert card_door(newsroom, READER, old, solved(old), late).told == Told.PUZZLE


def test_used_puzzles_are_forgotten_after_their_hour(newsroom):
    knock(newsroom)
    knock(newsroom, now=NOW + timedelta(minutes=37))
    assert {row.until for row in SpentPuzzle.objects.all()} == {
        NOW + timedelta(hours=1),
        NOW + timedelta(hours=2),
    }
    clean(NOW + timedelta(hours=1))
    assert SpentPuzzle.objects.count() == 1


def test_counts_are_whole_ten_minutes_and_go_when_all_is_calm(newsroom):
    decline(newsroom, 1, now=NOW + timedelta(minutes=7, seconds=13))
    assert Pressure.objects.get().began_at == NOW
    clean(NOW + timedelta(minutes=9))
    assert Pressure.objects.exists()
    clean(NOW + WINDOW)
    assert not Pressure.objects.exists()
    decline(newsroom, BURST + LETS_THROUGH[1])
    clean(NOW + WINDOW)
    assert Pressure.objects.get().level == 1, "attack mode is not forgotten"


def test_a_form_waits_after_three_declines_wherever_it_comes_from(newsroom):
    decline(newsroom, FORM_DECLINES)
    assert knock(newsroom, Visitor("198.51.100.1", "form")).told == Told.WAIT
    assert knock(newsroom, Visitor("198.51.100.1", "another")).told == Told.IN
    assert knock(newsroom, now=NOW + timedelta(minutes=10)).told == Told.IN


def test_a_prefix_waits_whatever_its_forms(newsroom):
    for number in range(PREFIX_DECLINES[1]):
        decline(newsroom, 1, Visitor(f"192.0.2.{number}", f"form {number}"))
    Pressure.objects.update(level=1)
    assert knock(newsroom, Visitor("192.0.2.200", "new")).told == Told.WAIT
    assert knock(newsroom, Visitor("192.0.3.1", "new")).told == Told.IN


def test_who_comes_from_this_machine_is_not_counted_for_others(newsroom):
    for number in range(20):
        decline(newsroom, 1, Visitor("127.0.0.1", f"form {number}"), now=NOW - WINDOW)
    Pressure.objects.all().delete()
    assert knock(newsroom, Visitor("127.0.0.1", "new")).told == Told.IN


def test_a_burst_closes_the_door_for_all_and_says_how_long(newsroom):
    for number in range(BURST + LETS_THROUGH[1]):
        decline(newsroom, 1, Visitor(f"198.51.{number}.1", f"form {number}"))
    answer = knock(newsroom)
    assert (answer.told, answer.wait) == (Told.WAIT, WINDOW)
    assert knock(newsroom, now=NOW + WINDOW).told == Told.IN
    assert standing(newsroom, NOW + WINDOW).level == 2


def test_the_price_rises_with_the_level_and_for_the_onion_address(newsroom):
    assert price_level(newsroom, NOW, by_onion=False) == 0
    assert price_level(newsroom, NOW, by_onion=True) == 1
    decline(newsroom, BURST)
    assert json.loads(puzzle(newsroom))["parameters"]["cost"] == puzzles.ROUNDS[1]


def test_at_the_second_level_a_solved_puzzle_waits_too(newsroom):
    Pressure.objects.create(newsroom=newsroom, level=2, began_at=NOW)
    made = puzzle(newsroom)
    found = solved(made)
    early = card_door(newsroom, READER, made, found, NOW + timedelta(seconds=10))
    assert (early.told, early.wait) == (Told.WAIT, timedelta(seconds=20))
    assert card_door(newsroom, READER, made, found, NOW + timedelta(seconds=30)).told == Told.IN


def test_a_letter_costs_patience_where_no_script_runs(newsroom):
    made = puzzle(newsroom, "letter")
    assert letter_door(newsroom, made, "", NOW + timedelta(seconds=2)).told == Told.WAIT
    assert letter_door(newsroom, made, "", NOW + timedelta(seconds=5)).told == Told.IN
    assert letter_door(newsroom, made, "", NOW + timedelta(seconds=6)).told == Told.PUZZLE
    assert letter_door(newsroom, "", "", NOW).told == Told.PUZZLE


def test_a_letter_with_a_solved_puzzle_goes_at_once(newsroom):
    made = puzzle(newsroom, "letter")
    assert letter_door(newsroom, made, solved(made), NOW).told == Told.IN


def test_nothing_that_is_written_down_names_anybody(newsroom):
    knock(newsroom)
    decline(newsroom, 1)
    written = [{**row} for model in (Pressure, SpentPuzzle) for row in model.objects.values()]
    assert len(written) == 2
    assert "192.0.2" not in str(written)
    assert "form" not in str(written)
