"""The worker's loop: for each kind of work, find what is due and do it in a few threads, until nothing is due.

One thing that fails is logged by the name of its error and left to its lease; the others go on.
"""

import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from django.db import close_old_connections, connections

from mainstay.core.clock import Clock

from .work import DueWork

log = logging.getLogger("mainstay.jobs")
ROUNDS_PER_PASS = 50


class Worker:
    """Does due work. `threads` bounds how many things are done at once."""

    def __init__(self, works: Sequence[DueWork], clock: Clock, threads: int = 4) -> None:
        self.works = works
        self.clock = clock
        self.threads = threads

    def run_once(self) -> int:
        """Does what is due now, kind after kind, and returns how many things were done."""
        with ThreadPoolExecutor(max_workers=self.threads, initializer=close_old_connections) as pool:
            done = sum(self._run_kind(work, pool) for work in self.works)
            for _thread in range(self.threads):
                pool.submit(connections.close_all)
        return done

    def run_forever(self, stop: threading.Event, idle_seconds: float = 5.0) -> None:
        """Passes one after the other until `stop` is set; rests when nothing was due."""
        while not stop.is_set():
            close_old_connections()
            if self.run_once() == 0:
                stop.wait(idle_seconds)

    def _run_kind(self, work: DueWork, pool: ThreadPoolExecutor) -> int:
        done = 0
        seen: set[Any] = set()
        for _round in range(ROUNDS_PER_PASS):
            now = self.clock.now()
            things = [thing for thing in work.find(now, work.batch) if thing not in seen]
            if not things:
                break
            seen.update(things)
            done += self._do_all(work, things, now, pool)
        return done

    def _do_all(self, work: DueWork, things: Sequence[Any], now: datetime, pool: ThreadPoolExecutor) -> int:
        if work.workers == 1 or len(things) == 1 or self.threads == 1:
            return sum(_do(work, thing, now) for thing in things)
        return sum(pool.map(lambda thing: _do(work, thing, now), things))


def _do(work: DueWork, thing: Any, now: datetime) -> int:
    try:
        work.do(thing, now)
    except Exception:
        log.exception("work failed: %s", work.name)
        return 0
    return 1
