"""Getting into one's own page by the supporter code, and saying that the code is lost."""

from datetime import date

from mainstay.contributions.models import Contribution
from mainstay.core.ids import BadCode, code_hash, read_code
from mainstay.core.money import Money
from mainstay.newsrooms.models import Newsroom

from .models import LostCode

MOST_OPEN_REPORTS = 2_000


def by_code(newsroom: Newsroom, typed: str) -> Contribution | None:
    """The contribution that the code opens. `None` for a wrong code and for text that is no code: answered alike."""
    try:
        code = read_code(typed)
    except BadCode:
        return None
    return Contribution.objects.filter(newsroom=newsroom, code_hash=code_hash(code)).first()


def report_lost_code(newsroom: Newsroom, paid_on: date, amount: Money, day: date) -> None:
    """Puts day and amount into the desk's queue. Whether such a payment exists is not told to the asker.

    The same report twice is one entry, and the queue is bounded.
    """
    reports = LostCode.objects.filter(newsroom=newsroom, state=LostCode.State.OPEN)
    if reports.count() >= MOST_OPEN_REPORTS:
        return
    reports.get_or_create(
        newsroom=newsroom,
        paid_on=paid_on,
        amount_minor=amount.minor,
        currency=amount.currency,
        state=LostCode.State.OPEN,
        defaults={"day": day},
    )
