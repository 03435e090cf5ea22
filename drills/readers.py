"""The readers of a simulated year: they give, change their minds, and sometimes leave."""

from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from .company import APPROVED

CARDS = {
    APPROVED: 78,
    "4000000000000341": 6,
    "4000000000000770": 4,
    "4000002500003155": 4,
    "4000002760003184": 3,
    "4000000000008880": 3,
    "4000000000000002": 2,
}
"""Practice cards, and how many of a hundred readers have one."""
FREQUENCIES = {"once": 35, "monthly": 50, "annual": 15}
CURRENCIES = {"USD": 80, "JPY": 10, "KWD": 10}
CHANGES_A_DAY = 0.012
REFUNDS_A_DAY = 0.001
PATIENCE = 4


@dataclass
class Reader:
    """One reader and one checkout. `touched` says that the promise was changed by hand."""

    begins: int
    frequency: str
    card: str
    amount_minor: int
    currency: str
    mail: str
    key: str
    promise: Any = None
    began_on: date | None = None
    tries: int = 0
    touched: bool = False
    stopped_with: int | None = None


@dataclass
class Crowd:
    """All readers of a simulation."""

    dice: Random
    newsroom: Any
    company: Any
    readers: list[Reader] = field(default_factory=list)

    def invite(self, count: int, days: int) -> None:
        """Decides who will give, when, how and with which card."""
        for number in range(count):
            self.readers.append(
                Reader(
                    begins=self.dice.randrange(days),
                    frequency=_one_of(self.dice, FREQUENCIES),
                    card=_one_of(self.dice, CARDS),
                    amount_minor=self.dice.choice((1990, 5000, 8110, 12340)),
                    currency=_one_of(self.dice, CURRENCIES),
                    mail=f"reader{number}@letters.example" if self.dice.random() < 0.6 else "",
                    key=f"simulated-checkout-key-{number:06}-{self.dice.getrandbits(64):016x}",
                )
            )

    def act(self, day: int, now: Any) -> bool:
        """What readers do on this day; whether anybody did something."""
        acted = False
        for reader in self.readers:
            did = True
            if reader.begins <= day and reader.promise is None and reader.tries < PATIENCE:
                self._give(reader, now)
            elif reader.promise is not None and self.dice.random() < CHANGES_A_DAY:
                self._change(reader, now)
            elif reader.promise is not None and self.dice.random() < REFUNDS_A_DAY:
                self._ask_back(reader, now)
            else:
                did = False
            acted = acted or did
        return acted

    def _give(self, reader: Reader, now: Any) -> None:
        """Pays, looks again while the page says to wait, and answers the bank when it asks."""
        from mainstay.collection.checkout import Draft, Step, check_again, pay, progress_of
        from mainstay.core.money import Money

        reader.tries += 1
        draft = Draft(
            frequency=reader.frequency,
            amount=Money(reader.amount_minor, reader.currency),
            language="en",
            mail=reader.mail,
        )
        number = reader.card if reader.tries < PATIENCE - 1 else APPROVED
        progress = progress_of(self.newsroom, reader.key, now)
        if progress.step in (Step.NEW, Step.DECLINED):
            token = self.company.token(number)
            progress = pay(self.newsroom, draft, reader.key, token, "http://127.0.0.1/back", now)
        if progress.step == Step.ACTION and progress.action_url:
            self.company.answer_bank(progress.action_url, approve=self.dice.random() < 0.8)
            progress = check_again(self.newsroom, reader.key, now)
        if progress.step == Step.PAID:
            reader.promise = progress.contribution

    def _ask_back(self, reader: Reader, now: Any) -> None:
        """The desk gives back a part of the last payment, as often as it is asked and there is something left."""
        from mainstay.collection.models import Payment
        from mainstay.collection.refunds import request_refund
        from mainstay.core.errors import MainstayError
        from mainstay.core.money import Money

        payment = Payment.objects.filter(contribution=reader.promise).order_by("day", "pk").last()
        if payment is None:
            return
        part = Money(payment.gross_minor // self.dice.choice((1, 2, 3)), payment.currency)
        token = f"{self.dice.getrandbits(64):x}"
        try:
            request_refund(payment, part, request_token=token, reason="asked", actor="desk", now=now)
        except MainstayError:
            return

    def _change(self, reader: Reader, now: Any) -> None:
        """One change of mind, as the reader's own page would carry it out."""
        from mainstay.core.errors import MainstayError

        choice = self.dice.choice((self._amount, self._day, self._frequency, self._pause, self._resume))
        if self.dice.random() < 0.25:
            choice = self.dice.choice((self._stop, self._card, self._card))
        try:
            choice(reader, now, self.newsroom.today(now))
        except MainstayError:
            return
        reader.touched = True

    def _amount(self, reader: Reader, now: Any, today: date) -> None:
        from mainstay.contributions import actions
        from mainstay.core.money import Money

        actions.change_amount(
            reader.promise, Money(self.dice.choice((3000, 7000)), reader.currency), actor="reader", day=today
        )

    def _day(self, reader: Reader, now: Any, today: date) -> None:
        from mainstay.contributions import actions

        actions.change_day(reader.promise, self.dice.randint(1, 31), actor="reader", day=today)

    def _frequency(self, reader: Reader, now: Any, today: date) -> None:
        from mainstay.contributions import actions

        actions.change_frequency(
            reader.promise, self.dice.choice(("monthly", "annual")), actor="reader", day=today
        )

    def _pause(self, reader: Reader, now: Any, today: date) -> None:
        from mainstay.contributions import actions

        actions.pause(reader.promise, self.dice.randint(1, 4), actor="reader", day=today)

    def _resume(self, reader: Reader, now: Any, today: date) -> None:
        from mainstay.contributions import actions

        actions.resume(reader.promise, actor="reader", day=today)

    def _stop(self, reader: Reader, now: Any, today: date) -> None:
        from mainstay.contributions import actions

        actions.stop(reader.promise, why="reader", actor="reader", day=today)

    def _card(self, reader: Reader, now: Any, today: date) -> None:
        from mainstay.collection.cards import replace_card

        replace_card(reader.promise, self.company.token(APPROVED), now)


def _one_of(dice: Random, weights: dict[str, int]) -> str:
    return dice.choices(list(weights), list(weights.values()))[0]
