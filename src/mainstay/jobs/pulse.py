"""The worker's pulse: every 20 seconds it beats and renews the leases of what is under way, beside the work itself."""

import logging
import threading
from collections.abc import Callable

from django.db import DatabaseError, close_old_connections, connection

from mainstay.core.clock import Clock

from .claims import renew
from .heartbeat import BEAT_SECONDS, beat

log = logging.getLogger("mainstay.jobs")


class Pulse:
    """Beats in a thread of its own. A database that can't be reached loses a beat, not the worker.

    `locked` tells how much in this worker waits for a person to unlock it.
    """

    def __init__(
        self,
        name: str,
        clock: Clock,
        seconds: float = BEAT_SECONDS,
        locked: Callable[[], int] = lambda: 0,
    ) -> None:
        self._name = name
        self._locked = locked
        self._clock = clock
        self._seconds = seconds
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="pulse", daemon=True)

    def start(self) -> None:
        """The first beat is written when this returns. What must be known of earlier ones is asked before."""
        self.beat()
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread."""
        self._end.set()
        self._thread.join()

    def beat(self) -> None:
        """One beat."""
        now = self._clock.now()
        try:
            beat(self._name, now, self._locked())
            renew(now)
        except DatabaseError:
            log.exception("no heartbeat")

    def _go_on(self) -> None:
        while not self._end.wait(self._seconds):
            close_old_connections()
            self.beat()
        connection.close()
