"""A small part of the drills about requests and logs, and what is wrong with a request; the whole is `make drill`."""

import pytest

from drills import logs, network

OURS = {"127.0.0.1:1", "127.0.0.1:2"}
COMPANY = "127.0.0.1:3"


@pytest.mark.journey
def test_nothing_of_a_reader_is_printed():
    report = logs.run(0.05)
    assert report.well, report.differences
    assert report.counts["answers above 499"] == 0
    assert report.counts["requests"] > 40


@pytest.mark.browser
@pytest.mark.journey
def test_pages_ask_nobody_else():
    report = network.run(0.15)
    assert report.well, report.differences
    assert report.counts["requests"] > 100


@pytest.mark.parametrize(
    ("request_seen", "wrong"),
    [
        (("http://127.0.0.1:1/support/", "http://127.0.0.1:1/", False), 0),
        (("http://127.0.0.1:3/v1/card.js", "", True), 0),
        (("http://127.0.0.1:3/v1/card.js", "", False), 1),
        (("https://fonts.example/a.css", "", False), 1),
        (("http://127.0.0.1:3/v1/card.js", "http://127.0.0.1:1/support/", True), 1),
        (("data:image/png;base64,AA", "", False), 0),
    ],
)
def test_what_is_wrong_with_a_request(request_seen, wrong):
    sight = network.Sight(requests=[request_seen])
    assert len(list(network.wrong_in("page", sight, OURS, COMPANY))) == wrong
