"""Events in any order, each told any number of times: the accounts are what a plain sum of the events says."""

import uuid
from collections import Counter
from collections.abc import Callable
from datetime import date
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from mainstay.core.money import Money
from mainstay.newsrooms.models import Newsroom

from .events import Books
from .models import LedgerAccount
from .post import DifferentTransfer, balance

ACCOUNT = uuid.UUID(int=7)
AMOUNTS = st.integers(1, 99_999)
NUMBERS = count()


class Ledger(RuleBasedStateMachine):
    """The books of one account, and beside them what each account must hold, as plain sums."""

    def __init__(self, books: Books) -> None:
        super().__init__()
        self.books = books
        self.before = self.held()
        self.expected: Counter[str] = Counter()
        self.told: list[Callable[[], None]] = []
        self.charges: list[tuple[str, int]] = []
        self.refunds: list[tuple[str, int]] = []
        self.disputes: list[tuple[str, int]] = []
        self.sent: list[tuple[str, int]] = []

    def tell(self, event: Callable[[], None], **moved: int) -> None:
        """An event happens: it is booked, and expected to move so much into each account."""
        event()
        self.told.append(event)
        self.expected.update(moved)

    @rule(gross=AMOUNTS, fee=st.integers(0, 500))
    def a_charge(self, gross: int, fee: int) -> None:
        name = f"charge{next(NUMBERS)}"
        told = {"campaign": "spring", "fee": usd(fee)}
        self.tell(
            lambda: self.books.charge(name, usd(gross), **told),
            income=-gross,
            processor=gross - fee,
            fees=fee,
        )
        self.charges.append((name, gross))

    @precondition(lambda self: self.charges)
    @rule(which=st.randoms(use_true_random=False), part=st.integers(1, 4))
    def a_refund(self, which, part: int) -> None:
        name, (_charge, gross) = f"refund{next(NUMBERS)}", which.choice(self.charges)
        minor = max(1, gross // part)
        self.tell(lambda: self.books.refund(name, usd(minor)), processor=-minor, refunds=minor)
        self.refunds.append((name, minor))

    @precondition(lambda self: self.refunds)
    @rule()
    def a_refund_fails_afterwards(self) -> None:
        name, minor = self.refunds.pop()
        self.tell(lambda: self.books.refund_failed(name), processor=minor, refunds=-minor)

    @precondition(lambda self: self.charges)
    @rule(fee=st.integers(0, 2000))
    def a_dispute(self, fee: int) -> None:
        name, (_charge, gross) = f"dispute{next(NUMBERS)}", self.charges[-1]
        self.tell(
            lambda: self.books.dispute_opened(name, usd(gross), fee=usd(fee)),
            processor=-gross - fee,
            hold=gross,
            fees=fee,
        )
        self.disputes.append((name, gross))

    @precondition(lambda self: self.disputes)
    @rule(won=st.booleans())
    def a_dispute_ends(self, won: bool) -> None:
        name, gross = self.disputes.pop()
        if won:
            self.tell(lambda: self.books.dispute_won(name, usd(gross)), hold=-gross, processor=gross)
        else:
            self.tell(lambda: self.books.dispute_lost(name, usd(gross)), hold=-gross, chargebacks=gross)

    @rule(minor=AMOUNTS)
    def a_payout(self, minor: int) -> None:
        name = f"payout{next(NUMBERS)}"
        self.tell(lambda: self.books.payout_sent(name, usd(minor)), processor=-minor, transit=minor)
        self.sent.append((name, minor))

    @precondition(lambda self: self.sent)
    @rule(arrives=st.booleans())
    def a_payout_ends(self, arrives: bool) -> None:
        name, minor = self.sent.pop()
        if arrives:
            self.tell(lambda: self.books.payout_arrived(name, usd(minor)), transit=-minor, bank=minor)
        else:
            self.tell(lambda: self.books.payout_failed(name, usd(minor)), transit=-minor, processor=minor)

    @precondition(lambda self: self.told)
    @rule(which=st.randoms(use_true_random=False), times=st.integers(1, 3))
    def told_again(self, which, times: int) -> None:
        event = which.choice(self.told)
        for _time in range(times):
            event()

    @precondition(lambda self: self.charges)
    @rule(more=st.integers(1, 50))
    def told_differently(self, more: int) -> None:
        name, gross = self.charges[-1]
        with pytest.raises(DifferentTransfer):
            self.books.charge(name, usd(gross + more), campaign="spring", fee=None)

    def held(self) -> "Counter[str]":
        found: Counter[str] = Counter()
        for row in LedgerAccount.objects.filter(newsroom=self.books.newsroom):
            found[row.code.partition(":")[0]] += balance(self.books.newsroom, "USD", row.code).minor
        return found

    @invariant()
    def accounts_hold_the_sums(self) -> None:
        moved = self.held()
        moved.subtract(self.before)
        assert {name: minor for name, minor in moved.items() if minor} == {
            name: minor for name, minor in self.expected.items() if minor
        }
        assert sum(moved.values()) == 0


def usd(minor: int) -> Money:
    return Money(minor, "USD")


@pytest.mark.django_db
def test_the_books_are_the_sum_of_the_events() -> None:
    newsroom = Newsroom.objects.create(slug="far-shore", name="The Far Shore")
    books = Books(newsroom, ACCOUNT, date(2026, 3, 1))
    how = settings(
        max_examples=12, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(lambda: Ledger(books), settings=how)
