"""Amounts and days as letters and pages write them."""

from datetime import date

import pytest

from mainstay.letters.facts import long_day


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "December 24, 2026"), ("ru", "24 декабря 2026 года"), ("ar", "24 ديسمبر 2026")],
)
def test_a_sentence_may_end_with_a_day(language, written):
    assert long_day(date(2026, 12, 24), language) == written
