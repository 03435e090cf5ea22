"""The worker's loop: for each kind of work, find what is due and do it in a few threads, until nothing is due.

One thing that fails is logged by the name of its error and left to its lease; the others go on. Any number of worker
processes may run against one database: each thing's own claim decides who does it.
"""

import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import close_old_connections, connections

from mainstay.core.clock import Clock

from .claims import at_work
from .work import DueWork

log = logging.getLogger("mainstay.jobs")
ROUNDS_PER_PASS = 50


class Worker:
    """Does due work. `threads` bounds how many things are done at once. Setting `stop` ends it between two things."""

    def __init__(
        self,
        works: Sequence[DueWork],
        clock: Clock,
        threads: int = 4,
        stop: threading.Event | None = None,
    ) -> None:
        self.works = works
        self.clock = clock
        self.threads = threads
        self.stop = stop or threading.Event()

    def run_once(self) -> int:
        """Does what is due now, kind after kind, and returns how many things were done."""
        with ThreadPoolExecutor(max_workers=self.threads, initializer=close_old_connections) as pool:
            done = sum(self._run_kind(work, pool) for work in self.works)
            for _thread in range(self.threads):
                pool.submit(connections.close_all)
        return done

    def run_forever(self, idle_seconds: float = 5.0) -> None:
        """Passes one after the other until `stop` is set; rests when nothing was due."""
        while not self.stop.is_set():
            close_old_connections()
            if self.run_once() == 0:
                self.stop.wait(idle_seconds)

    def _run_kind(self, work: DueWork, pool: ThreadPoolExecutor) -> int:
        """One kind until nothing new is due. What stays due, because it failed, must not hide what comes after it."""
        done, room = 0, work.batch
        seen: set[Any] = set()
        for _round in range(ROUNDS_PER_PASS):
            if self.stop.is_set():
                break
            now = self.clock.now()
            found = work.find(now, room)
            things = [thing for thing in found if thing not in seen]
            if not things and len(found) < room:
                break
            room = work.batch + len(found) - len(things) if things else 2 * room
            seen.update(things)
            done += self._do_all(work, things, pool)
        return done

    def _do_all(self, work: DueWork, things: Sequence[Any], pool: ThreadPoolExecutor) -> int:
        if work.workers == 1 or len(things) == 1 or self.threads == 1:
            return sum(self._do(work, thing) for thing in things)
        return sum(pool.map(lambda thing: self._do(work, thing), things))

    def _do(self, work: DueWork, thing: Any) -> int:
        """Does one thing, unless the worker is stopping; it begins now, not when its batch was found."""
        if self.stop.is_set():
            return 0
        try:
            with at_work():
                work.do(thing, self.clock.now())
        except Exception:
            log.exception("work failed: %s", work.name)
            return 0
        return 1
