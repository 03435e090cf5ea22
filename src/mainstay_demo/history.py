"""Two years of history, made by the program itself: its checkout, its worker, its clock moved day by day.

No total and no payment is written here. Invented readers pay at the practice company through the same calls as on any
other day; the worker's own pass collects each day's renewals, tries failed cards again, sends letters (to nowhere,
while history is made) and gives up what can't be collected.
"""

import sys
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from mainstay.cli.works import all_work
from mainstay.collection.checkout import Draft, Label, Progress, Step, pay
from mainstay.collection.models import Payment
from mainstay.collection.refunds import request_refund
from mainstay.contributions.actions import pause, stop
from mainstay.contributions.models import Contribution
from mainstay.contributions.states import ContributionState
from mainstay.core.clock import clock
from mainstay.core.ids import new_checkout_key
from mainstay.core.money import Money
from mainstay.jobs.worker import Worker
from mainstay.newsrooms.calendar import set_calendar
from mainstay.newsrooms.models import Newsroom
from mainstay.sealing.keyring import KeyRing

from .company import NearCompany
from .loose_ends import LooseEnds
from .readers import DECLINED, PAUSES_A_MONTH, REFUND_SHARE, STOPS_A_MONTH, Reader, Readers

RETURN_URL = "http://127.0.0.1/"
BAR_WIDTH = 36


class History:
    """Makes the history of one newsroom."""

    def __init__(self, newsroom: Newsroom, company: NearCompany, keys: Path, passphrase: str) -> None:
        ring = KeyRing(keys)
        ring.unlock(newsroom.slug, passphrase)
        self.newsroom, self.company = newsroom, company
        self.worker = Worker(all_work(ring), clock, threads=1)

    def make(self, first: date, last: date, readers: Readers) -> None:
        """From the first day to the last; the calendar then stands at the present again."""
        days = (last - first).days
        ends = LooseEnds(last)
        for number in range(days + 1):
            day = first + timedelta(days=number)
            set_calendar(self.newsroom, day, clock.now())
            self._live_through(day, [*readers.givers(day, number / max(days, 1)), *ends.givers(day)], readers)
            ends.leave(self.newsroom, day)
            _show(number, days, day)
        self.newsroom.clock_offset_seconds = 0
        self.newsroom.save(update_fields=["clock_offset_seconds"])

    def _live_through(self, day: date, givers: Sequence[Reader], readers: Readers) -> None:
        for reader in givers:
            self._give(reader)
        self._stop_and_pause(day, readers)
        self._give_back(day - timedelta(days=1), readers)
        self.worker.run_once()

    def _give(self, reader: Reader) -> None:
        """Pays as a reader would; one whose card is declined takes another one."""
        draft = Draft(
            frequency=reader.frequency,
            amount=Money(reader.amount_minor, reader.currency),
            language=reader.language,
            label=Label(1, "spring", reader.variant, reader.section),
            mail=reader.mail,
        )
        key = new_checkout_key()
        if reader.declined_first:
            self._pay(draft, key, DECLINED)
        progress = self._pay(draft, key, reader.card)
        if progress.step != Step.PAID:
            raise RuntimeError(f"An invented reader could not pay: {progress.step}.")

    def _pay(self, draft: Draft, key: str, card: str) -> Progress:
        return pay(self.newsroom, draft, key, self.company.token(card), RETURN_URL, clock.now())

    def _stop_and_pause(self, day: date, readers: Readers) -> None:
        active = self.newsroom.contributions.filter(state=ContributionState.ACTIVE).exclude(frequency="once")
        promises = [
            str(pk) for pk in active.filter(started_on__lt=day).order_by("pk").values_list("pk", flat=True)
        ]
        for pk in readers.some(promises, STOPS_A_MONTH / 30):
            stop(Contribution.objects.get(pk=pk), why="reader", actor="reader", day=day)
        for pk in readers.some(promises, PAUSES_A_MONTH / 30):
            row = Contribution.objects.get(pk=pk)
            if row.state == ContributionState.ACTIVE:
                pause(row, 2, actor="reader", day=day)

    def _give_back(self, day: date, readers: Readers) -> None:
        paid = [
            str(pk)
            for pk in self.newsroom.payments.filter(day=day).order_by("pk").values_list("pk", flat=True)
        ]
        for pk in readers.some(paid, REFUND_SHARE):
            payment = Payment.objects.get(pk=pk)
            request_refund(
                payment,
                payment.left,
                request_token=pk,
                reason="Asked by mail",
                actor="finance",
                now=clock.now(),
            )


def _show(number: int, days: int, day: date) -> None:
    """A bar on a terminal; elsewhere one line for each month."""
    if sys.stdout.isatty():
        filled = BAR_WIDTH * number // max(days, 1)
        bar = "█" * filled + "·" * (BAR_WIDTH - filled)
        end = "\n" if number == days else ""
        print(f"\r  Two years of history  {bar}  {day:%B %Y}   ", end=end, flush=True)
    elif day.day == 1:
        print(f"  history: {day:%B %Y}", flush=True)
