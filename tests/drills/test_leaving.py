"""A small part of the drills about the log, the addresses and leaving; the whole is `make drill`."""

import pytest

from drills import audit, leave, mirrors


@pytest.mark.journey
def test_forged_logs_are_found():
    report = audit.run(0.05)
    assert report.well, report.differences
    assert report.counts["found"] == report.counts["forgeries"] == 50
    assert report.counts["found without the printed head"] < 50, "the printed head must be worth printing"


@pytest.mark.journey
def test_forged_lists_are_refused():
    report = mirrors.run(0.2)
    assert report.well, report.differences
    assert report.counts["accepted"] == 0
    assert report.counts["accepted by a blind reader"] > 50


@pytest.mark.journey
def test_a_house_leaves_with_equal_books_and_forgets_its_people():
    report = leave.run(0.1)
    assert report.well, report.differences
    assert report.counts["people"] == 20
    assert report.counts["keys destroyed"] > 10
    assert report.counts["found after shredding, with the passphrase"] == 0
