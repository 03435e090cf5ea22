"""Promises that fall due, for the loads that collect them."""

from datetime import date, timedelta
from typing import Any

from mainstay.contributions.port import Method

from .near_company import CARD
from .world import World

BATCH = 500
WITH_ADDRESS_ONE_IN = 5


def make_promises(
    world: World, count: int, *, account: Any = None, method: Method = CARD, days_from_now: int = 0
) -> None:
    """Monthly promises, each with its first installment paid a month ago and a saved card.

    They are due today, or `days_from_now`; on the account of the company in this process, or on `account`.
    """
    from mainstay.collection.sealed import seal_mail, seal_method
    from mainstay.contributions.models import Contribution, ContributionEvent, Installment
    from mainstay.contributions.schedule import months_after
    from mainstay.core.clock import clock

    due = world.newsroom.today(clock.now()) + timedelta(days=days_from_now)
    begun = months_after(due, -1)
    card = seal_method(world.newsroom, method)
    mail = seal_mail(world.newsroom, "reader@letters.example")
    rows = [
        _promise(
            world, account or world.near, begun, due, card, None if number % WITH_ADDRESS_ONE_IN else mail
        )
        for number in range(count)
    ]
    Contribution.objects.bulk_create(rows, BATCH)
    Installment.objects.bulk_create([_first(row) for row in rows], BATCH)
    ContributionEvent.objects.bulk_create([_created(row) for row in rows], BATCH)


def _promise(world: World, account: Any, begun: date, due: date, card: bytes, mail: bytes | None) -> Any:
    from mainstay.contributions.models import Contribution
    from mainstay.core.ids import checkout_hash, code_hash, code_of, new_checkout_key

    key = new_checkout_key()
    return Contribution(
        newsroom=world.newsroom,
        account=account,
        frequency="monthly",
        amount_minor=500,
        currency="USD",
        state="active",
        language="en",
        started_on=begun,
        anchor=begun,
        next_due_date=due,
        code_hash=code_hash(code_of(key)),
        checkout_hash=checkout_hash(key),
        method_sealed=card,
        mail_sealed=mail,
    )


def _first(row: Any) -> Any:
    from mainstay.contributions.models import Installment

    return Installment(
        contribution=row,
        number=1,
        due_date=row.started_on,
        amount_minor=row.amount_minor,
        currency=row.currency,
        state="paid",
    )


def _created(row: Any) -> Any:
    from mainstay.contributions.models import ContributionEvent

    return ContributionEvent(contribution=row, number=1, day=row.started_on, kind="created", actor="reader")
