"""The story's second step watches one reminder until its letter has come, whatever else is asked for meanwhile."""

from datetime import date
from uuid import UUID

import pytest

from mainstay_demo import story as stories
from mainstay_demo.places import Place

pytestmark = pytest.mark.django_db
LETTER = "To: anna@letters.example\nMessage-ID: <{}@letters.example>\nList-Unsubscribe: <x>\n\nYou asked.\n"


@pytest.fixture
def place(tmp_path) -> Place:
    """A demonstration's folder with an empty mailbox."""
    place = Place(tmp_path / "state", 8000)
    (place.state / "mailbox").mkdir(parents=True)
    return place


def asked(newsroom, due: date):
    """A stored reminder; a later one stands before it in the table."""
    number = 2**128 - 1 - newsroom.reminders.count()
    return newsroom.reminders.create(id=UUID(int=number), due_date=due, sealed=b"sealed")


def arrives(place: Place, row) -> None:
    (place.state / "mailbox" / "000001.eml").write_text(LETTER.format(row.pk))


def test_a_second_reminder_does_not_hide_the_letter_of_the_first(newsroom, place):
    story, first = stories.Story(), asked(newsroom, date(2026, 2, 28))
    stories._look_for_reminder(story, newsroom, place)
    asked(newsroom, date(2026, 3, 31))
    stories._look_for_reminder(story, newsroom, place)
    assert (story.reminder, story.reminder_due) == (str(first.pk), "2026-02-28")
    arrives(place, first)
    first.delete()
    stories._look_for_reminder(story, newsroom, place)
    assert story.letter == 1


def test_a_reminder_that_was_called_off_gives_its_place_to_another(newsroom, place):
    story, first = stories.Story(), asked(newsroom, date(2026, 2, 28))
    stories._look_for_reminder(story, newsroom, place)
    first.delete()
    second = asked(newsroom, date(2026, 3, 31))
    stories._look_for_reminder(story, newsroom, place)
    assert (story.reminder, story.letter) == (str(second.pk), 0)
