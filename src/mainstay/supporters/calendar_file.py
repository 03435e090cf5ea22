"""Calendar files that leave no trace on our side: neutral titles of the reader's choosing, random ids, no newsroom.

https://www.rfc-editor.org/rfc/rfc5545
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Calendar, Event

from mainstay.core.ids import new_id

LONGEST_TITLE = 80


def dates_ics(title: str, dates: Sequence[date]) -> bytes:
    """One whole-day entry for each date, as the bytes of an `.ics` file. `title` is cut to 80 characters.

    DTSTAMP is the entry's own day, not the present moment: the file does not tell when it was made.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//calendar//EN")
    calendar.add("version", "2.0")
    for day in dates:
        calendar.add_component(_entry(title, day))
    return bytes(calendar.to_ical())


def _entry(title: str, day: date) -> Event:
    entry = Event()
    entry.add("uid", str(new_id()))
    entry.add("dtstamp", datetime.combine(day, time(), tzinfo=UTC))
    entry.add("dtstart", day)
    entry.add("dtend", day + timedelta(days=1))
    entry.add("summary", " ".join(title.split())[:LONGEST_TITLE])
    entry.add("transp", "TRANSPARENT")
    return entry
