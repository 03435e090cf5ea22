"""Everything that the desk's first page shows, in a fixed number of queries."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from mainstay.collection.models import Refund
from mainstay.core.money import Money
from mainstay.letters.models import Letter
from mainstay.newsrooms.models import Newsroom
from mainstay.supporters.models import LostCode, Reminder

from .money import MonthOfMoney, Takings, months, takings
from .periods import Period, last_month_so_far, month_so_far
from .promises import Movement, Standing, movement, standing


@dataclass(frozen=True, slots=True)
class Compared:
    """One currency: this month so far beside last month up to the same day."""

    now: Takings
    before: Takings


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits. When letters waited a night (`letters_since_yesterday`), the people key may be locked."""

    reminders: int
    letters: int
    letters_since_yesterday: int
    letters_failed: int
    lost_codes: int
    refunds: int
    refunds_failed: int


@dataclass(frozen=True, slots=True)
class TodayFigures:
    """The figures of one newsroom on one of its days."""

    this_month: Period
    last_month: Period
    money: list[Compared]
    standing: list[Standing]
    movement: Movement
    waiting: Waiting
    months: dict[str, list[MonthOfMoney]]

    @property
    def empty(self) -> bool:
        """Nothing was ever given in the last twelve months, and nothing renews."""
        return not (self.months or self.standing)


def today_figures(newsroom: Newsroom, today: date) -> TodayFigures:
    """The figures on the newsroom's day `today`; its own currency comes first."""
    this_month, last_month = month_so_far(today), last_month_so_far(today)
    money, by_month = _compared(newsroom, this_month, last_month), months(newsroom, today)
    return TodayFigures(
        this_month=this_month,
        last_month=last_month,
        money=[_as_in_the_chart(pair, by_month) for pair in money],
        standing=standing(newsroom),
        movement=movement(newsroom, this_month),
        waiting=waiting(newsroom, today),
        months={code: by_month[code] for code in _own_first(newsroom, by_month)},
    )


def _compared(newsroom: Newsroom, this_month: Period, last_month: Period) -> list[Compared]:
    now, before = takings(newsroom, [this_month, last_month])
    found = [Compared(now[code], before[code]) for code in _own_first(newsroom, now)]
    return [pair for pair in found if not (pair.now.empty and pair.before.empty)] or [
        _nothing(newsroom.currency)
    ]


def _as_in_the_chart(pair: Compared, by_month: dict[str, list[MonthOfMoney]]) -> Compared:
    """This month as the twelve months have it: they were read a moment later, and one page says one thing."""
    code = pair.now.gross.currency
    if code not in by_month:
        return pair
    month = by_month[code][-1]
    return replace(pair, now=replace(pair.now, gross=month.gross, fees=month.fees, refunds=month.refunds))


def _nothing(currency: str) -> Compared:
    zero = Money(0, currency)
    empty = Takings(gross=zero, fees=zero, refunds=zero, payments=0, fees_unknown=0)
    return Compared(empty, empty)


def _own_first(newsroom: Newsroom, codes: "dict[str, Takings] | dict[str, list[MonthOfMoney]]") -> list[str]:
    return sorted(codes, key=lambda code: (code != newsroom.currency, code))


def waiting(newsroom: Newsroom, today: date) -> Waiting:
    """What waits for somebody or for tomorrow, counted in seven small queries."""
    letters = Letter.objects.filter(newsroom=newsroom)
    waiting_letters = letters.filter(state=Letter.State.WAITING)
    refunds = Refund.objects.filter(payment__newsroom=newsroom)
    return Waiting(
        reminders=Reminder.objects.filter(newsroom=newsroom).count(),
        letters=waiting_letters.count(),
        letters_since_yesterday=waiting_letters.filter(day__lt=today).count(),
        letters_failed=letters.filter(state=Letter.State.FAILED, day__gt=today - timedelta(days=30)).count(),
        lost_codes=LostCode.objects.filter(newsroom=newsroom, state=LostCode.State.OPEN).count(),
        refunds=refunds.filter(state__in=[Refund.State.REQUESTED, Refund.State.UNKNOWN]).count(),
        refunds_failed=refunds.filter(state=Refund.State.FAILED, day__gt=today - timedelta(days=30)).count(),
    )
