"""Logs hold no value of any request."""

import logging
import sys

from .logs import EventFormatter


def test_foreign_arguments_and_exception_messages_are_dropped() -> None:
    try:
        raise ValueError("reader@example.org")
    except ValueError:
        record = logging.LogRecord(
            "django.request", logging.ERROR, "x", 1, "Failed: %s", ("reader@example.org",), sys.exc_info()
        )
    line = EventFormatter().format(record)
    assert "reader@example.org" not in line
    assert "ValueError" in line


def test_a_foreign_message_that_is_whole_already_is_dropped() -> None:
    said = "Invalid HTTP_HOST header: 'reader.example'."
    record = logging.LogRecord("django.security.DisallowedHost", logging.ERROR, "x", 1, said, None, None)
    assert EventFormatter().format(record) == "error django.security.DisallowedHost"


def test_our_own_counters_are_kept() -> None:
    record = logging.LogRecord("mainstay.jobs", logging.INFO, "x", 1, "done: %d", (3,), None)
    assert EventFormatter().format(record) == "info mainstay.jobs done: 3"
