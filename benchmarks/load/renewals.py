"""A run of due renewals by the worker, with a company that answers at once: what is left is our own part."""

import json
from typing import Any

from benchmarks.measuring import LoadFailed, Taken, asked_of, beside, taken_by

from .floor import bare_sql, counting
from .promises import make_promises
from .world import World, database_facts, make_world

THREADS = 4
SAMPLE = 50
MOST_PASSES = 20
COMPARING = "compare the books"
"""Left out: the company in this process keeps no books to compare with."""


def main() -> None:
    """Measures and prints one line of JSON."""
    count: int = asked_of()["count"]
    world = make_world("http://127.0.0.1:9/")
    world.company.delete()
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

    works = [work for work in due_work(world.ring) if work.name != COMPARING]
    worker = Worker(works, clock, threads=threads)
    for _pass in range(MOST_PASSES):
        if worker.run_once() == 0:
            break
    made = Payment.objects.count()
    if made != payments:
        raise LoadFailed(f"{made} payments instead of {payments}.")


if __name__ == "__main__":
    main()
