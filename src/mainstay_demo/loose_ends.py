"""What still waits when the invented history ends: failing cards, reminders, lost codes. Made as readers make them."""

from dataclasses import dataclass
from datetime import date, timedelta

from mainstay.contributions.models import Contribution
from mainstay.core.clock import clock
from mainstay.core.money import Money
from mainstay.newsrooms.models import Newsroom
from mainstay.supporters.entry import report_lost_code
from mainstay.supporters.reminders import request_reminder

from .readers import EXPIRES_LATER, SHORT_OF_MONEY_LATER, Reader

# The first renewal comes a month after the gift, and fails some days before the history ends.
BEGAN_DAYS_BEFORE = {34: SHORT_OF_MONEY_LATER, 37: EXPIRES_LATER, 41: EXPIRES_LATER}
REMINDERS = {6: "en", 3: "ru", 2: "ar", 1: "en"}
LOST_CODES_DAYS_BEFORE = (4, 1)


@dataclass(frozen=True)
class LooseEnds:
    """Which day of the history brings what, counted back from its last day."""

    last: date

    def givers(self, day: date) -> list[Reader]:
        """Who begins a monthly gift on this day with a card that fails at its first renewal."""
        card = BEGAN_DAYS_BEFORE.get((self.last - day).days)
        if card is None:
            return []
        mail = f"reader-of-{day:%d-%B}@letters.example".lower()
        return [Reader("monthly", "USD", 1000, card, "en", mail, "world", "a", declined_first=False)]

    def leave(self, newsroom: Newsroom, day: date) -> None:
        """Asks for this day's reminder, and reports this day's lost code."""
        before = (self.last - day).days
        if before in REMINDERS:
            mail, five_dollars = f"later-{before}@letters.example", Money(500, "USD")
            request_reminder(newsroom, mail, "monthly", five_dollars, REMINDERS[before], clock.now())
        if before in LOST_CODES_DAYS_BEFORE:
            self._lose_a_code(newsroom, day, before)

    def _lose_a_code(self, newsroom: Newsroom, day: date, number: int) -> None:
        """A supporter without an address remembers the day and the amount of the last payment."""
        running = Contribution.objects.filter(newsroom=newsroom, state="active", frequency="monthly")
        nameless = running.filter(mail_sealed=None, started_on__lt=day - timedelta(days=40))
        for contribution in nameless.order_by("pk")[number : number + 1]:
            payment = contribution.payments.order_by("-day").first()
            if payment is not None:
                report_lost_code(newsroom, payment.day, payment.gross, day)
