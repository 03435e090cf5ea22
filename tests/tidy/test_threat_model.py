"""The threat model names what is there: each adversary with a measure and a limit, and drills that exist."""

import re

from drills.__main__ import DRILLS
from tests.tidy.house import ROOT

PAGE = (ROOT / "docs" / "explanation" / "threat-model.md").read_text()
ROWS = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if re.match(r"\| T\d+ ", line)]


def test_every_adversary_has_a_measure_what_shows_it_and_a_limit():
    assert [row[0] for row in ROWS] == [f"T{number}" for number in range(1, 15)]
    assert all(len(row) == 5 and all(cell.strip() for cell in row) for row in ROWS)


def test_the_drills_that_it_names_are_run():
    shown_by = [row[3] for row in ROWS]
    named = {name for cell in shown_by if "drill" in cell for name in re.findall(r"\*(\w+)\*", cell)}
    assert named <= set(DRILLS)
    assert len(named) > 8
