"""Every figure against a slow, plain computation over the same rows."""

import random
from datetime import date, timedelta

import pytest

from mainstay.collection.models import Payment, Refund
from mainstay.contributions.models import Contribution
from mainstay.core.money import Money
from mainstay.letters.models import Letter
from mainstay.reports import example_rows as rows
from mainstay.reports.money import months, takings
from mainstay.reports.periods import Period, last_month_so_far, month_so_far, twelve_months
from mainstay.reports.promises import movement, standing
from mainstay.reports.today import today_figures
from mainstay.supporters.models import LostCode, Reminder

TODAY = date(2026, 3, 17)
pytestmark = pytest.mark.django_db


@pytest.fixture
def newsroom():
    """A newsroom with a random past, beside another whose rows must never be counted."""
    chance = random.Random(7)
    ours, theirs = rows.newsroom(), rows.newsroom("elsewhere")
    for owner in (ours, theirs):
        for _ in range(60):
            _random_promise(owner, chance)
    return ours


def _random_promise(owner, chance):
    amount = Money(chance.randint(100, 9000), chance.choice(["USD", "EUR"]))
    started = TODAY - timedelta(days=chance.randint(0, 500))
    state = chance.choice(
        ["pending", "active", "active", "paused", "failing", "lapsed", "completed", "cancelled"]
    )
    ended = TODAY - timedelta(days=chance.randint(0, 60)) if state in ("cancelled", "lapsed") else None
    frequency = chance.choice(["once", "monthly", "annual"])
    promise = rows.contribution(owner, frequency, amount, state, started, ended)
    for _ in range(chance.randint(0, 3)):
        paid = rows.payment(
            promise, TODAY - timedelta(days=chance.randint(0, 420)), chance.choice([None, 30])
        )
        if chance.random() < 0.3:
            rows.refund(paid, Money(50, amount.currency), paid.day, chance.choice(["succeeded", "failed"]))


@pytest.mark.parametrize(
    ("today", "last"),
    [
        (date(2026, 3, 17), Period(date(2026, 2, 1), date(2026, 2, 17))),
        (date(2026, 3, 30), Period(date(2026, 2, 1), date(2026, 2, 28))),
        (date(2026, 2, 28), Period(date(2026, 1, 1), date(2026, 1, 31))),
        (date(2026, 1, 1), Period(date(2025, 12, 1), date(2025, 12, 1))),
    ],
)
def test_last_month_ends_on_the_same_day(today, last):
    assert last_month_so_far(today) == last


def test_twelve_months_end_with_this_one():
    assert twelve_months(TODAY)[0] == date(2025, 4, 1)
    assert twelve_months(TODAY)[-1] == date(2026, 3, 1)
    assert len(twelve_months(TODAY)) == 12


def _plain_takings(newsroom, period, code):
    paid = [
        p
        for p in Payment.objects.filter(newsroom=newsroom, currency=code)
        if period.first <= p.day <= period.last
    ]
    back = [
        r
        for r in Refund.objects.filter(payment__newsroom=newsroom, currency=code, state="succeeded")
        if period.first <= r.day <= period.last
    ]
    return (
        sum(p.gross_minor for p in paid),
        sum(p.fee_minor or 0 for p in paid),
        sum(r.amount_minor for r in back),
        len(paid),
        len([p for p in paid if p.fee_minor is None]),
    )


def test_takings_are_the_sum_of_the_rows(newsroom):
    periods = [month_so_far(TODAY), last_month_so_far(TODAY), Period(date(2025, 1, 1), TODAY)]
    for period, by_currency in zip(periods, takings(newsroom, periods), strict=True):
        assert set(by_currency) == {"USD", "EUR"}
        for code, found in by_currency.items():
            gross, fees, refunds, payments, unknown = _plain_takings(newsroom, period, code)
            assert (found.gross.minor, found.fees.minor, found.refunds.minor) == (gross, fees, refunds)
            assert (found.payments, found.fees_unknown) == (payments, unknown)
            assert found.net == Money(gross - fees - refunds, code)


def test_months_are_the_sum_of_the_rows(newsroom):
    for code, twelve in months(newsroom, TODAY).items():
        for month, after in zip(
            twelve, [*(m.first for m in twelve[1:]), TODAY + timedelta(days=1)], strict=True
        ):
            gross, fees, refunds, *_ = _plain_takings(
                newsroom, Period(month.first, after - timedelta(days=1)), code
            )
            assert (month.gross.minor, month.fees.minor, month.refunds.minor) == (gross, fees, refunds)


def test_standing_counts_what_renews(newsroom):
    found = {(line.currency, line.frequency): line for line in standing(newsroom)}
    assert found
    for (code, frequency), line in found.items():
        same = [
            promise
            for promise in Contribution.objects.filter(newsroom=newsroom, currency=code, frequency=frequency)
            if promise.state in ("active", "failing")
        ]
        total = sum(promise.amount_minor for promise in same)
        assert (line.count, line.promised.minor) == (len(same), total)
        assert line.monthly_worth.minor == (total if frequency == "monthly" else total // 12)


def test_movement_counts_who_began_and_who_stopped(newsroom):
    period = Period(date(2026, 2, 1), TODAY)
    found = movement(newsroom, period)
    ours = list(Contribution.objects.filter(newsroom=newsroom))
    began = [c for c in ours if c.started_on >= period.first and c.state not in ("pending", "abandoned")]
    assert found.new_once == len([c for c in began if c.frequency == "once"])
    assert found.new_renewing == len([c for c in began if c.frequency != "once"])
    stopped = [c for c in ours if c.ended_on and c.ended_on >= period.first and c.frequency != "once"]
    assert found.stopped == len(stopped) > 0
    assert found.failing == len([c for c in ours if c.state == "failing"])


def test_waiting_counts_letters_reminders_and_lost_codes(newsroom):
    Reminder.objects.create(newsroom=newsroom, due_date=TODAY, sealed=b"x")
    for number, day in enumerate([TODAY, TODAY - timedelta(days=2)]):
        Letter.objects.create(
            newsroom=newsroom, kind="receipt", language="en", dedupe_key=str(number), day=day
        )
    LostCode.objects.create(newsroom=newsroom, paid_on=TODAY, amount_minor=500, currency="USD", day=TODAY)
    found = today_figures(newsroom, TODAY).waiting
    assert (found.reminders, found.letters, found.letters_since_yesterday, found.lost_codes) == (1, 2, 1, 1)


def test_the_page_takes_a_fixed_number_of_queries(newsroom, django_assert_max_num_queries):
    with django_assert_max_num_queries(13):
        figures = today_figures(newsroom, TODAY)
    assert figures.money[0].now.gross.currency == "USD"
    assert list(figures.months) == ["USD", "EUR"]


def test_a_payment_that_comes_while_the_page_is_made_is_in_the_table_and_the_chart(newsroom, monkeypatch):
    def a_moment_later(*asked):
        rows.payment(rows.contribution(newsroom, "once", Money(77_00, "USD"), "completed", TODAY), TODAY)
        return months(*asked)

    monkeypatch.setattr("mainstay.reports.today.months", a_moment_later)
    figures = today_figures(newsroom, TODAY)
    assert figures.money[0].now.gross == figures.months["USD"][-1].gross


def test_an_empty_newsroom_has_figures_of_zero():
    figures = today_figures(rows.newsroom(), TODAY)
    assert figures.empty
    assert figures.money[0].now.gross == Money(0, "USD")
