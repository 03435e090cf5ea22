"""A run of due renewals by one or more workers, with a company that answers at once or after a while."""

import json
import multiprocessing
import os
import time
from typing import Any

from benchmarks.measuring import LoadFailed, Taken, asked_of, beside, taken_by

from . import near_company
from .floor import bare_sql, counting
from .promises import make_promises
from .world import World, database_facts, make_world

SAMPLE = 50
MOST_PASSES = 20
COMPARING = "compare the books"
"""Left out: the company in this process keeps no books to compare with."""


def main() -> None:
    """Measures and prints one line of JSON.

    Asked for the `count` of promises, `latency_ms` of each call to the company, `workers` (processes) with `threads`.
    """
    asked = asked_of()
    world = make_world("http://127.0.0.1:9/")
    world.company.delete()
    make_promises(world, SAMPLE)
    with counting() as counted:
        work_off(world, SAMPLE, threads=1)
    make_promises(world, asked["count"])
    near_company.LATENCY_SECONDS = asked["latency_ms"] / 1000
    took = _taken_by_workers(world, asked)
    commits, writes = counted.commits / SAMPLE, counted.writes / SAMPLE
    floor = bare_sql(asked["count"], commits, writes, asked["threads"])
    figures = {
        "commits_each": commits,
        "statements_that_write_each": writes,
        **beside(took.rates(asked["count"], "renewals"), floor),
    }
    print(json.dumps({"database": database_facts(), **figures}))


def _taken_by_workers(world: World, asked: dict[str, Any]) -> Taken:
    """One worker works in this process, several in children: then the processor time is theirs together."""
    payments = SAMPLE + asked["count"]
    if asked["workers"] == 1:
        return taken_by(lambda: work_off(world, payments, asked["threads"]))
    from django.db import connections

    connections.close_all()
    context = multiprocessing.get_context("fork")
    children = [
        context.Process(target=_pass, args=(world, asked["threads"])) for _ in range(asked["workers"])
    ]
    begun, before = time.perf_counter(), os.times()
    for child in children:
        child.start()
    for child in children:
        child.join()
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    took = Taken(time.perf_counter() - begun, used)
    work_off(world, payments, 1)
    return took


def work_off(world: World, payments: int, threads: int) -> None:
    """Lets the worker pass until nothing is due. Raises `LoadFailed` when fewer payments came of it."""
    from mainstay.collection.models import Payment

    _pass(world, threads)
    made = Payment.objects.count()
    if made != payments:
        raise LoadFailed(f"{made} payments instead of {payments}.")


def _pass(world: World, threads: int) -> None:
    from mainstay.collection.work import due_work
    from mainstay.core.clock import clock
    from mainstay.jobs.worker import Worker

    works = [work for work in due_work(world.ring) if work.name != COMPARING]
    worker = Worker(works, clock, threads=threads)
    for _pass in range(MOST_PASSES):
        if worker.run_once() == 0:
            break


if __name__ == "__main__":
    main()
