""" "Ask me again next month": asking, calling off, counting. The worker's part is in `reminder_run`.

The request is sealed to the key of the month in which it falls due. That key lives outside the database and is
destroyed after the month, so that every copy of the row becomes noise.
"""

import uuid
from datetime import date, datetime

from django.utils.translation import gettext as _

from mainstay.contributions.schedule import months_after
from mainstay.core.errors import MainstayError
from mainstay.core.money import Money
from mainstay.letters.addresses import BadMail, read_mail
from mainstay.newsrooms.models import Newsroom, PublicKey, sealing_key
from mainstay.sealing.boxes import seal

from .models import Reminder

__all__ = ["BadMail", "RemindersUnavailable", "pending_count", "request_reminder", "unsubscribe"]

LARGEST_QUEUE = 200_000


class RemindersUnavailable(MainstayError):
    """No reminder can be taken now: the month has no key yet, or too many wait."""

    def __init__(self) -> None:
        super().__init__(_("Reminders can’t be taken at the moment. A calendar file works without us."))


def request_reminder(
    newsroom: Newsroom, mail: str, frequency: str, amount: Money, language: str, now: datetime
) -> date:
    """Stores the request, sealed, and returns the day of the letter: the same day next month.

    31 January gives 28 or 29 February. Raises `BadMail`, and `RemindersUnavailable` when nothing was stored.
    """
    today = newsroom.today(now)
    due = months_after(today, 1)
    wish = {
        "mail": read_mail(mail),
        "frequency": frequency,
        "amount_minor": amount.minor,
        "currency": amount.currency,
        "language": language,
        "asked_on": today.isoformat(),
    }
    if pending_count(newsroom) >= LARGEST_QUEUE:
        raise RemindersUnavailable
    try:
        key = sealing_key(newsroom.pk, PublicKey.Kind.MONTH, f"{due:%Y-%m}")
    except PublicKey.DoesNotExist:
        raise RemindersUnavailable from None
    Reminder.objects.create(newsroom=newsroom, due_date=due, sealed=seal(key, wish))
    return due


def unsubscribe(reminder_id: uuid.UUID) -> None:
    """Forgets a reminder. An id that is gone (sent, or called off before) is no error."""
    Reminder.objects.filter(pk=reminder_id).delete()


def pending_count(newsroom: Newsroom) -> int:
    """How many reminders wait."""
    return Reminder.objects.filter(newsroom=newsroom).count()
