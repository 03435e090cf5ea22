"""Promises as they stand: how many renew and what they are worth, who began, who stopped, who fails."""

from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from mainstay.contributions.models import Contribution
from mainstay.contributions.schedule import MONTHS
from mainstay.contributions.states import RENEWING, ContributionState
from mainstay.core.frequency import Frequency
from mainstay.core.money import Money
from mainstay.newsrooms.models import Newsroom

from .periods import Period


@dataclass(frozen=True, slots=True)
class Standing:
    """The contributions of one frequency and currency that renew: active ones, and ones that fail now."""

    frequency: Frequency
    currency: str
    count: int
    promised: Money

    @property
    def monthly_worth(self) -> Money:
        """What they bring in a month: an annual promise counts a twelfth, rounded down."""
        return Money(self.promised.minor // MONTHS[self.frequency], self.currency)


@dataclass(frozen=True, slots=True)
class Movement:
    """What changed in a stretch of days; `failing` and `paused` are as of now."""

    new_once: int
    new_renewing: int
    stopped: int
    failing: int
    paused: int


def standing(newsroom: Newsroom) -> list[Standing]:
    """Renewing promises by currency and frequency. One query."""
    renewing = Contribution.objects.filter(newsroom=newsroom, state__in=RENEWING, frequency__in=list(MONTHS))
    rows = renewing.values("currency", "frequency").annotate(count=Count("pk"), promised=Sum("amount_minor"))
    return [
        Standing(
            frequency=Frequency(row["frequency"]),
            currency=row["currency"],
            count=row["count"],
            promised=Money(row["promised"], row["currency"]),
        )
        for row in rows.order_by("currency", "-frequency")
    ]


_NEVER_BEGAN = (ContributionState.PENDING, ContributionState.ABANDONED)


def movement(newsroom: Newsroom, period: Period) -> Movement:
    """Who began, who stopped in these days, and who fails or rests now. One query.

    A contribution whose first payment did not finish counts as not begun; a one-time gift can't stop.
    """
    began = Q(started_on__gte=period.first, started_on__lte=period.last) & ~Q(state__in=_NEVER_BEGAN)
    once = Q(frequency=Frequency.ONCE)
    ended = Q(ended_on__gte=period.first, ended_on__lte=period.last) & ~once & ~Q(state__in=_NEVER_BEGAN)
    counts = Contribution.objects.filter(newsroom=newsroom).aggregate(
        new_once=Count("pk", filter=began & once),
        new_renewing=Count("pk", filter=began & ~once),
        stopped=Count("pk", filter=ended),
        failing=Count("pk", filter=Q(state=ContributionState.FAILING)),
        paused=Count("pk", filter=Q(state=ContributionState.PAUSED)),
    )
    return Movement(**counts)
