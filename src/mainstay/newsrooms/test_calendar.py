"""A sandbox newsroom's calendar moves by days and months; a live one's stands."""

from datetime import date

import pytest

from conftest import NOW
from mainstay.newsrooms.calendar import CalendarStands, move_calendar, set_calendar


def test_a_month_on_from_the_last_of_january_is_the_last_of_february(newsroom):
    assert move_calendar(newsroom, months=1, now=NOW) == date(2026, 2, 28)
    newsroom.refresh_from_db()
    assert newsroom.calendar(NOW).hour == 12


def test_days_and_years_pass(newsroom):
    assert move_calendar(newsroom, days=1, now=NOW) == date(2026, 2, 1)
    assert move_calendar(newsroom, months=23, now=NOW) == date(2028, 1, 1)
    assert set_calendar(newsroom, date(2024, 2, 29), NOW) == date(2024, 2, 29)


@pytest.mark.parametrize("move", [{}, {"days": -1}, {"months": -1}, {"months": 37}, {"days": 9999}])
def test_no_move_backwards_nor_without_end(newsroom, move):
    with pytest.raises(CalendarStands):
        move_calendar(newsroom, now=NOW, **move)


def test_a_live_newsroom_stands(newsroom):
    newsroom.sandbox = False
    with pytest.raises(CalendarStands, match="real money"):
        move_calendar(newsroom, days=1, now=NOW)
