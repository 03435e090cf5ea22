"""The worker's part of reminders: drop the needless ones, send each on its day, then forget it.

All reminders of a month are known when it begins, for each was asked for in the month before. Before a day's letters
go, a second wish of the same mailbox and the wishes of people who have given since are dropped. A letter goes from
ten in the morning of the newsroom's calendar on. The address is opened with the month's key and never stored again;
the row is deleted when the letter has gone.
"""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from mainstay.collection.models import Payment
from mainstay.core.search import Search, given_day, given_id, given_moment
from mainstay.jobs.claims import FREE, claim
from mainstay.letters.addresses import mailbox_of
from mainstay.letters.compose import compose
from mainstay.letters.send import AddressRefused, MailServerTrouble, send
from mainstay.letters.tries import MOST_TRIES, next_try
from mainstay.newsrooms.models import Newsroom, PublicKey
from mainstay.newsrooms.searching import all_newsrooms
from mainstay.sealing.boxes import CannotOpen, open_sealed
from mainstay.sealing.keyfiles import NoKeyFile
from mainstay.sealing.keyring import KeyRing

from .models import Reminder
from .people import pages_by_mailbox

SENDING_BEGINS = time(10, 0)


class ReminderRun:
    """Finds and sends what is due. Remembers, in memory, for which day the needless ones were dropped."""

    def __init__(self, ring: KeyRing) -> None:
        self.ring = ring
        self._tidied: dict[uuid.UUID, tuple[date, bool]] = {}

    def find(self, now: datetime, limit: int) -> Sequence[uuid.UUID]:
        """The reminders whose hour has come; needless ones are dropped before."""
        due: list[uuid.UUID] = []
        for newsroom in all_newsrooms():
            if self.ring.folder(newsroom.slug).path.is_dir() and due_ids(newsroom, now, limit=1):
                self._tidy_once(newsroom, now)
                due += due_ids(newsroom, now, limit - len(due))
        return due

    def do(self, pk: uuid.UUID, now: datetime) -> None:
        """Sends one letter and deletes its row."""
        token = claim(Reminder, pk, now)
        if token is None:
            return
        ours = Reminder.objects.filter(pk=pk, claim_token=token)
        reminder = ours.select_related("newsroom").first()
        if reminder is None:
            return
        tries = reminder.tries + 1
        ours.update(tries=tries, next_action_at=next_try(tries, now))
        if self._sent(reminder) or tries >= MOST_TRIES:
            ours.delete()
        else:
            ours.update(claim_token="", claim_until=None)

    def _sent(self, reminder: Reminder) -> bool:
        """Whether there is nothing more to do: the letter went, or nobody can ever read or deliver it."""
        try:
            wish = self._wish(reminder)
            letter = compose(
                "reminder", reminder.newsroom, {**wish, "reminder": str(reminder.pk)}, wish["language"]
            )
            send(letter, newsroom=reminder.newsroom, mail=wish["mail"], letter_id=reminder.pk)
        except MailServerTrouble:
            return False
        except NoKeyFile:
            return not _key_is_elsewhere(reminder)
        except (AddressRefused, CannotOpen):
            return True
        return True

    def _wish(self, reminder: Reminder) -> dict[str, Any]:
        key = self.ring.folder(reminder.newsroom.slug).month_key(f"{reminder.due_date:%Y-%m}")
        return open_sealed(key, reminder.newsroom_id, bytes(reminder.sealed))

    def _tidy_once(self, newsroom: Newsroom, now: datetime) -> None:
        """Once a day; once more when the people key is unlocked, for only then givers can be told."""
        state = (newsroom.today(now), self.ring.people_key(newsroom.slug) is not None)
        if self._tidied.get(newsroom.pk) != state:
            self.drop_needless(newsroom, now)
            self._tidied[newsroom.pk] = state

    def drop_needless(self, newsroom: Newsroom, now: datetime) -> None:
        """Drops second wishes of a mailbox (one stays) and the wishes of people who gave since."""
        today = newsroom.today(now)
        rows = Reminder.objects.filter(newsroom=newsroom, due_date__lt=_first_of_next_month(today))
        givers = self._givers(newsroom)
        seen: set[str] = set()
        needless: list[uuid.UUID] = []
        for reminder in rows.select_related("newsroom").order_by("due_date", "pk").iterator():
            wish = self._readable(reminder)
            if wish is None:
                continue
            mailbox = mailbox_of(wish["mail"])
            gave_on = givers.get(mailbox)
            if mailbox in seen or (gave_on is not None and gave_on >= date.fromisoformat(wish["asked_on"])):
                needless.append(reminder.pk)
            seen.add(mailbox)
        for pk in needless:
            _drop_unclaimed(pk)

    def _readable(self, reminder: Reminder) -> dict[str, Any] | None:
        try:
            return self._wish(reminder)
        except (CannotOpen, NoKeyFile):
            return None

    def _givers(self, newsroom: Newsroom) -> dict[str, date]:
        """For each mailbox the day of its last payment; nobody while the people key is locked."""
        key = self.ring.people_key(newsroom.slug)
        if key is None:
            return {}
        paid = Payment.objects.filter(newsroom=newsroom, contribution__isnull=False).order_by("day")
        last = dict(paid.values_list("contribution_id", "day"))
        givers = {}
        for mailbox, pages in pages_by_mailbox(newsroom, key).items():
            days = [last[page] for page in pages if page in last]
            if days:
                givers[mailbox] = max(days)
        return givers


def due_ids(newsroom: Newsroom, now: datetime, limit: int) -> list[uuid.UUID]:
    """The newsroom's reminders whose hour has come and that nobody works on."""
    local = newsroom.calendar(now)
    last_day = local.date() if local.time() >= SENDING_BEGINS else local.date() - timedelta(days=1)
    return _due.ids(limit, newsroom=newsroom.pk, now=now, last_day=last_day)


@Search
def _due() -> QuerySet[Reminder, tuple[uuid.UUID]]:
    ready = Q(next_action_at__isnull=True) | Q(next_action_at__lte=given_moment("now"))
    mine = Reminder.objects.filter(newsroom=given_id("newsroom"), due_date__lte=given_day("last_day"))
    return mine.filter(FREE, ready).order_by("due_date").values_list("pk")


def _drop_unclaimed(pk: uuid.UUID) -> None:
    """A row that another worker is sending is left to it."""
    Reminder.objects.filter(pk=pk, claim_until__isnull=True).delete()


def _key_is_elsewhere(reminder: Reminder) -> bool:
    """Another worker's host holds the month's key. When nobody does any more, the row is noise."""
    month = f"{reminder.due_date:%Y-%m}"
    keys = PublicKey.objects.filter(newsroom=reminder.newsroom, kind=PublicKey.Kind.MONTH, month=month)
    return keys.exists()


def _first_of_next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
