"""Due dates against an independent oracle, and the tables of the states."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.core.errors import IllegalTransition

from .retry import STANDARD
from .schedule import anchor_on, due_date, first_step_from, months_after
from .states import (
    ATTEMPT,
    CONTRIBUTION,
    INSTALLMENT,
    AttemptState,
    ContributionState,
    InstallmentState,
    step,
)

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def oracle(anchor: date, steps: int, months: int) -> date:
    """The n-th date by walking month by month, one at a time, without arithmetic on month numbers."""
    first = anchor.replace(day=1)
    for _month in range(steps * months):
        first = (first + timedelta(days=32)).replace(day=1)
    last = monthrange(first.year, first.month)[1]
    return first.replace(day=min(anchor.day, last))


@given(DAYS, st.integers(0, 120), st.sampled_from([("monthly", 1), ("annual", 12)]))
def test_due_dates_agree_with_the_oracle(anchor: date, steps: int, kind: tuple[str, int]) -> None:
    assert due_date(anchor, steps, kind[0]) == oracle(anchor, steps, kind[1])


@given(DAYS, st.integers(0, 100))
def test_due_dates_only_go_forward(anchor: date, steps: int) -> None:
    assert due_date(anchor, steps, "monthly") < due_date(anchor, steps + 1, "monthly")


@given(DAYS, DAYS, st.sampled_from(["monthly", "annual"]))
def test_the_first_step_from_a_day_is_the_smallest(anchor: date, day: date, frequency: str) -> None:
    steps = first_step_from(anchor, frequency, day)
    assert due_date(anchor, steps, frequency) >= day
    assert steps == 0 or due_date(anchor, steps - 1, frequency) < day


def test_the_month_s_ends() -> None:
    assert [str(due_date(date(2026, 1, 31), n, "monthly")) for n in range(1, 4)] == [
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
    ]
    assert [str(due_date(date(2028, 2, 29), n, "annual")) for n in range(1, 5)] == [
        "2029-02-28",
        "2030-02-28",
        "2031-02-28",
        "2032-02-29",
    ]
    assert anchor_on(date(2026, 2, 1), 31) == date(2026, 2, 28)
    assert months_after(date(2026, 3, 31), -13) == date(2025, 2, 28)


def test_retries_end_before_the_next_due_date() -> None:
    due = date(2026, 2, 28)
    days = [
        STANDARD.after_soft_decline(due, tries, due).day for tries in range(1, len(STANDARD.soft_days) + 1)
    ]
    assert days[-1] is None
    assert [day - due for day in days if day] == [timedelta(days=n) for n in (2, 5, 9, 14)]
    assert STANDARD.lapse_after_days < 28


def test_a_decline_that_was_told_late_is_not_followed_by_a_try_on_the_same_day() -> None:
    told = date(2026, 3, 12)
    assert STANDARD.after_soft_decline(date(2026, 2, 28), 1, told).day == date(2026, 3, 13)


@pytest.mark.parametrize(
    ("machine", "states"),
    [(CONTRIBUTION, ContributionState), (INSTALLMENT, InstallmentState), (ATTEMPT, AttemptState)],
)
def test_every_state_has_its_row_and_leads_to_known_states(
    machine: dict[str, tuple[str, ...]], states: type
) -> None:
    assert set(machine) == set(states)
    assert {after for row in machine.values() for after in row} <= set(states)


def test_all_other_transitions_raise() -> None:
    for before, after in (("cancelled", "active"), ("completed", "active"), ("paused", "lapsed")):
        with pytest.raises(IllegalTransition):
            step(CONTRIBUTION, "contribution", before, after)
    with pytest.raises(IllegalTransition):
        step(INSTALLMENT, "installment", "paid", "retrying")
    with pytest.raises(IllegalTransition):
        step(ATTEMPT, "attempt", "succeeded", "declined")


def test_money_always_wins() -> None:
    for lost in ("declined", "rejected", "not_executed", "cancelled", "expired"):
        assert step(ATTEMPT, "attempt", lost, "succeeded") == "succeeded"
    for given_up in ("skipped", "uncollectible"):
        assert step(INSTALLMENT, "installment", given_up, "paid") == "paid"
