"""A run of due renewals by the worker, with a company that answers at once: what is left is our own part."""

import json
from datetime import date
from typing import Any

from benchmarks.measuring import LoadFailed, Taken, asked_of, beside, taken_by

from .floor import bare_sql, counting
from .near_company import CARD
from .world import World, database_facts, make_world

THREADS = 4
SAMPLE = 50
BATCH = 500
MOST_PASSES = 20
WITH_ADDRESS_ONE_IN = 5


def main() -> None:
    """Measures and prints one line of JSON."""
    count: int = asked_of()["count"]
    world = make_world("http://127.0.0.1:9/")
    make_promises(world, SAMPLE)
    with counting() as counted:
        work_off(world, SAMPLE, threads=1)
    make_promises(world, count)
    took = taken_by(lambda: work_off(world, SAMPLE + count, THREADS))
    print(json.dumps(_told(count, took, counted.commits / SAMPLE, counted.writes / SAMPLE)))


def _told(count: int, took: Taken, commits: float, writes: float) -> dict[str, Any]:
    floor = bare_sql(count, commits, writes, THREADS)
    return {
        "database": database_facts(),
        "renewals": count,
        "seconds": round(took.wall_seconds, 1),
        "commits_each": commits,
        "statements_that_write_each": writes,
        **beside(took.rates(count, "renewals"), floor),
    }


def work_off(world: World, payments: int, threads: int) -> None:
    """Lets the worker pass until nothing is due. Raises `LoadFailed` when fewer payments came of it."""
    from mainstay.collection.models import Payment
    from mainstay.collection.work import due_work
    from mainstay.core.clock import clock
    from mainstay.jobs.worker import Worker

    worker = Worker(due_work(world.ring), clock, threads=threads)
    for _pass in range(MOST_PASSES):
        if worker.run_once() == 0:
            break
    made = Payment.objects.count()
    if made != payments:
        raise LoadFailed(f"{made} payments instead of {payments}.")


def make_promises(world: World, count: int) -> None:
    """Monthly promises that are due today, each with its first installment paid a month ago and a saved card."""
    from mainstay.collection.sealed import seal_mail, seal_method
    from mainstay.contributions.models import Contribution, ContributionEvent, Installment
    from mainstay.contributions.schedule import months_after
    from mainstay.core.clock import clock

    today = world.newsroom.today(clock.now())
    begun = months_after(today, -1)
    card = seal_method(world.newsroom, CARD)
    mail = seal_mail(world.newsroom, "reader@letters.example")
    rows = [
        _promise(world, begun, today, card, None if number % WITH_ADDRESS_ONE_IN else mail)
        for number in range(count)
    ]
    Contribution.objects.bulk_create(rows, BATCH)
    Installment.objects.bulk_create([_first(row) for row in rows], BATCH)
    ContributionEvent.objects.bulk_create([_created(row) for row in rows], BATCH)


def _promise(world: World, begun: date, due: date, card: bytes, mail: bytes | None) -> Any:
    from mainstay.contributions.models import Contribution
    from mainstay.core.ids import checkout_hash, code_hash, code_of, new_checkout_key

    key = new_checkout_key()
    return Contribution(
        newsroom=world.newsroom,
        account=world.near,
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


if __name__ == "__main__":
    main()
