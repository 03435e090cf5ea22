"""What goes wrong in a simulated year: calls that fail, a company that can't be reached, a program that is down."""

from collections.abc import Callable
from random import Random

import httpx

from mainstay_sandbox import cards

from .company import SOFT_DECLINE

TROUBLE = 0.04
"""Part of all calls that go wrong in stormy times; calm times have none."""
DECLINED = 0.03
LONGEST_OUTAGE_DAYS = 2
LONGEST_DOWN_DAYS = 9
CLOCK_STEP_SECONDS = 2 * 3600


class Weather:
    """Rolls the dice of one simulation."""

    def __init__(self, dice: Random, company: httpx.WSGITransport) -> None:
        self._dice = dice
        self._company = company
        self.calm = False
        self.unreachable_days = 0
        self.down_days = 0
        self.skew_seconds = 0
        self.spoiled = 0

    def new_day(self) -> None:
        """Outages begin and end; the machine's clock steps forth and back."""
        self.unreachable_days = max(0, self.unreachable_days - 1)
        self.down_days = max(0, self.down_days - 1)
        roll = 1.0 if self.calm else self._dice.random()
        if roll < 0.01:
            self.unreachable_days = self._dice.randint(1, LONGEST_OUTAGE_DAYS)
        elif roll < 0.015:
            self.down_days = self._dice.randint(1, LONGEST_DOWN_DAYS)
        steps = (-CLOCK_STEP_SECONDS, CLOCK_STEP_SECONDS) if 0.015 <= roll < 0.04 else (0,)
        self.skew_seconds = self._dice.choice(steps)

    def clear_up(self) -> None:
        """From now on nothing goes wrong any more."""
        self.calm = True
        self.unreachable_days = self.down_days = self.skew_seconds = 0

    def blow(self) -> None:
        """From now on every call of this process goes through here."""

        def handle_request(_transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
            return self.send(request)

        httpx.HTTPTransport.handle_request = handle_request  # type: ignore[assignment, method-assign]

    def send(self, request: httpx.Request) -> httpx.Response:
        """One call of the program to the company."""
        if self.unreachable_days:
            raise httpx.ConnectError("simulated: unreachable", request=request)
        roll = 1.0 if self.calm else self._dice.random() / TROUBLE
        if roll < 1:
            self.spoiled += 1
        if roll < 0.25:
            raise httpx.ReadTimeout("simulated: never read", request=request)
        answer = self._answer(request)
        if roll < 0.5:
            raise httpx.ReadTimeout("simulated: the answer never came", request=request)
        if roll < 0.75:
            raise httpx.RemoteProtocolError("simulated: cut in mid-answer", request=request)
        return answer if roll >= 1 else httpx.Response(500, text="simulated", request=request)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        try:
            answer = self._company.handle_request(request)
            answer.read()
        except Exception as error:
            raise httpx.RemoteProtocolError(
                "simulated: the company cut the connection", request=request
            ) from error
        return answer

    def decline_sometimes(self) -> None:
        """The bank declines a payment now and then, for want of money."""
        usual: Callable[..., str] = cards.outcome

        def outcome(card_name: str, **how: bool) -> str:
            unlucky = not self.calm and self._dice.random() < DECLINED
            return SOFT_DECLINE if unlucky else usual(card_name, **how)

        cards.outcome = outcome
