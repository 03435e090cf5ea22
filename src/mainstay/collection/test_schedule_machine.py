"""Whatever readers do to a promise, its due dates are those of an independent calendar (dateutil's)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.db.models import F
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from mainstay.contributions import actions
from mainstay.contributions.models import Contribution
from mainstay.contributions.schedule import due_date
from mainstay.core.ids import new_code
from mainstay.newsrooms.models import Newsroom, ProcessorAccount

from .renewals import end_pause, materialise

MONTHS = {"monthly": 1, "annual": 12}
LONGEST_FEBRUARY = 29


class Promise(RuleBasedStateMachine):
    """A promise, and beside it the wished day of the month and the next due date, reckoned by dateutil alone."""

    def __init__(self, account: ProcessorAccount) -> None:
        super().__init__()
        self.account = account
        self.dues: list[date] = []
        self.resume_on: date | None = None

    @initialize(
        started=st.dates(date(2025, 1, 1), date(2028, 12, 31)),
        frequency=st.sampled_from(["monthly", "annual"]),
    )
    def begin(self, started: date, frequency: str) -> None:
        self.today, self.frequency, self.wished, self.next = started, frequency, started.day, started
        self.next = self.following()
        self.row = Contribution.objects.create(
            newsroom=self.account.newsroom,
            account=self.account,
            frequency=frequency,
            amount_minor=500,
            currency="USD",
            language="en",
            state="active",
            started_on=started,
            anchor=started,
            next_due_date=self.next,
            code_hash=new_code(),
            mail_sealed=b"sealed",
        )

    def following(self) -> date:
        """The due date after the next one: the wished day, or the last of a shorter month."""
        month = self.next.replace(day=1) + relativedelta(months=MONTHS[self.frequency])
        return month + relativedelta(day=self.wished)

    def wish(self) -> None:
        """An annual promise has one month; a day that this month never has is wished no more."""
        longest = LONGEST_FEBRUARY if self.next.month == 2 else (self.next + relativedelta(day=31)).day
        if self.frequency == "annual" and self.wished > longest:
            self.wished = self.next.day

    @rule(days=st.integers(1, 70))
    def days_pass(self, days: int) -> None:
        self.today += timedelta(days=days)
        now = datetime.combine(self.today, time(12), tzinfo=UTC)
        announced = {"noticed_number": F("next_number"), "noticed_on": self.today - timedelta(days=8)}
        Contribution.objects.filter(pk=self.row.pk).update(**announced)
        if self.resume_on and self.resume_on <= self.today:
            end_pause(self.row.pk, now)
            self.go_on(self.resume_on)
        materialise(self.row.pk, now)
        while not self.resume_on and self.next <= self.today:
            self.dues.append(self.next)
            self.next = self.following()

    def go_on(self, earliest: date) -> None:
        self.resume_on = None
        while self.next < earliest:
            self.next = self.following()

    @precondition(lambda self: not self.resume_on)
    @rule(day=st.integers(1, 31))
    def another_day(self, day: int) -> None:
        actions.change_day(self.row, day, actor="reader", day=self.today)
        self.next += relativedelta(day=day)
        if self.next <= self.today:
            self.next += relativedelta(months=1, day=day)
        self.wished = day
        self.wish()

    @precondition(lambda self: not self.resume_on)
    @rule(frequency=st.sampled_from(["monthly", "annual"]))
    def another_frequency(self, frequency: str) -> None:
        actions.change_frequency(self.row, frequency, actor="reader", day=self.today)
        self.frequency = frequency
        self.wish()

    @precondition(lambda self: not self.resume_on)
    @rule(months=st.integers(1, 12))
    def a_pause(self, months: int) -> None:
        actions.pause(self.row, months, actor="reader", day=self.today)
        self.resume_on = self.next + relativedelta(months=months)

    @precondition(lambda self: self.resume_on)
    @rule()
    def on_again(self) -> None:
        actions.resume(self.row, actor="reader", day=self.today)
        self.go_on(self.today + timedelta(days=1))

    @invariant()
    def as_the_calendar_says(self) -> None:
        self.row.refresh_from_db()
        assert self.row.next_due_date == self.next
        assert list(self.row.installments.order_by("number").values_list("due_date", flat=True)) == self.dues


@pytest.mark.django_db
def test_a_lapsed_promise_begins_anew_on_the_day_of_its_new_card() -> None:
    machine = Promise(_account())
    machine.begin(date(2026, 1, 23), "monthly")
    Contribution.objects.filter(pk=machine.row.pk).update(state="lapsed", next_due_date=None)
    row = actions.set_method(machine.row, b"sealed", actor="reader", day=date(2027, 2, 18))
    steps = row.next_number - row.anchor_number
    dues = [due_date(row.anchor, steps + more, row.frequency) for more in range(3)]
    assert dues == [row.next_due_date, date(2027, 3, 18), date(2027, 4, 18)]


def _account() -> ProcessorAccount:
    newsroom = Newsroom.objects.create(slug="far-shore", name="The Far Shore", sandbox=True)
    return ProcessorAccount.objects.create(newsroom=newsroom, processor="sandbox", label="Practice")


@pytest.mark.django_db
def test_due_dates_are_those_of_an_independent_calendar() -> None:
    account = _account()
    how = settings(
        max_examples=20, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(lambda: Promise(account), settings=how)
