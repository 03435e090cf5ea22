"""Moving a sandbox newsroom's calendar: days and months pass in a moment. A live newsroom's calendar stands."""

from datetime import date, datetime, time, timedelta

from mainstay.core.errors import MainstayError

from .models import Newsroom

NOON = time(12, 0)
LARGEST_MOVE_MONTHS = 36


class CalendarStands(MainstayError):
    """The calendar of a newsroom that takes real money, or a move that can't be made."""


def move_calendar(newsroom: Newsroom, *, days: int = 0, months: int = 0, now: datetime) -> date:
    """Moves the calendar on to noon of the day so many days and months ahead; returns that day.

    `now` is the machine clock's moment. Raises `CalendarStands` for a live newsroom and for a move backwards.
    """
    if days < 0 or months < 0 or not 0 < days + months * 31 <= LARGEST_MOVE_MONTHS * 31:
        raise CalendarStands("The calendar moves forward, by a day at least and by 36 months at most.")
    return set_calendar(newsroom, day_ahead(newsroom.today(now), days=days, months=months), now)


def set_calendar(newsroom: Newsroom, day: date, now: datetime) -> date:
    """Makes it noon of `day` in the newsroom, when the machine clock says `now`. Raises `CalendarStands`."""
    if not newsroom.sandbox:
        raise CalendarStands("Only a sandbox newsroom's calendar can be moved. This one takes real money.")
    noon = datetime.combine(day, NOON, tzinfo=newsroom.zone)
    newsroom.clock_offset_seconds = round((noon - now).total_seconds())
    newsroom.save(update_fields=["clock_offset_seconds"])
    return newsroom.today(now)


def day_ahead(day: date, *, days: int = 0, months: int = 0) -> date:
    """So many months on, the same day or the last of a shorter month, and then so many days."""
    index = day.year * 12 + day.month - 1 + months
    first = date(index // 12, index % 12 + 1, 1)
    following = date((index + 1) // 12, (index + 1) % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1)) + timedelta(days=days)
