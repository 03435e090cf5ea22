"""A small part of the drills about countries and about traces on the device; the whole is `make drill`."""

import pytest

from drills import designation, device, policy


@pytest.mark.journey
def test_refused_cards_reach_nothing():
    report = policy.run(0.005)
    assert report.well, report.differences
    assert report.counts["refused cards sent"] > 50


@pytest.mark.journey
def test_an_interrupted_designation_ends_the_same():
    report = designation.run(0.01)
    assert report.well, report.differences
    assert report.counts["stopped"] == 20


@pytest.mark.browser
def test_the_browsers_folder_holds_nothing_that_was_typed():
    report = device.run(0.0)
    assert report.well, report.differences
    assert report.counts["planted values found"] == 0
