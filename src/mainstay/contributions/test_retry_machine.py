"""Soft declines in any rhythm: few tries, far enough apart, an end, and two letters at most."""

from datetime import date, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from .retry import STANDARD

DAYS_OF_A_PUNCTUAL_WORKER = (0, 2, 5, 9, 14)


class Declines(RuleBasedStateMachine):
    """An installment whose bank declines for want of money, each time that somebody tries."""

    @initialize(due=st.dates(date(2025, 1, 1), date(2030, 1, 1)))
    def falls_due(self, due: date) -> None:
        self.due, self.tried, self.letters, self.late = due, [], 0, False
        self.next: date | None = due

    @precondition(lambda self: self.next)
    @rule(late_by=st.integers(0, 4))
    def declined(self, late_by: int) -> None:
        assert self.next is not None
        today = self.next + timedelta(days=late_by)
        self.late = self.late or late_by > 0
        self.tried.append(today)
        following = STANDARD.after_soft_decline(self.due, len(self.tried), today)
        self.next = following.day
        self.letters += following.tell

    @precondition(lambda self: not self.next)
    @rule()
    def once_more_by_hand(self) -> None:
        following = STANDARD.after_soft_decline(self.due, len(self.tried) + 1, self.tried[-1])
        assert following.day is None

    @invariant()
    def tries_are_few_and_apart(self) -> None:
        assert len(self.tried) <= len(DAYS_OF_A_PUNCTUAL_WORKER)
        assert all(one < other for one, other in zip(self.tried, self.tried[1:], strict=False))
        assert self.next is None or not self.tried or self.next > self.tried[-1]

    @invariant()
    def letters_go_out_after_the_first_and_the_last(self) -> None:
        over = self.next is None
        assert self.letters == min(1, len(self.tried)) + (over and len(self.tried) > 1)

    @invariant()
    def a_punctual_worker_keeps_the_days(self) -> None:
        if not self.late:
            days = [(day - self.due).days for day in self.tried]
            assert days == list(DAYS_OF_A_PUNCTUAL_WORKER[: len(days)])

    @invariant()
    def the_window_is_over_before_the_next_month(self) -> None:
        assert self.late or all(day < STANDARD.lapses_on(self.due) for day in self.tried)
        assert STANDARD.lapses_on(self.due) < self.due + timedelta(days=28)


TestDeclines = Declines.TestCase
TestDeclines.settings = settings(max_examples=100, stateful_step_count=8, deadline=None)
