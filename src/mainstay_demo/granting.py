"""The supervisor's part of step 4: faults are ordered, and the worker is killed in the middle of a payment."""

import sys
import time
from typing import Protocol

from mainstay_sandbox.controls import Controls, SwitchRefused

from . import watching
from .places import Place, company_keys
from .wishes import ARMED, OFF, ON, Outage, Wish, keep_outage, last_outage, waiting

DARK_SECONDS = 8.0
HOLD_SECONDS = 15
"""How long the company keeps silent: time enough to pull the plug while the worker waits for its answer."""


class Worker(Protocol):
    """The worker's process, as the supervisor has it."""

    def kill(self) -> None:
        """Ends it at once, without letting it finish anything (SIGKILL)."""

    def start(self) -> None:
        """Starts it again."""


class Granting:
    """Looks again and again at what was wished. An outage that a restart interrupted is over: the worker runs."""

    def __init__(self, place: Place, worker: Worker) -> None:
        self._place, self._worker = place, worker
        self._controls = Controls(place.company, company_keys(place).secret)
        self._on_again = 0.0
        self.outage = last_outage(place)
        if self.outage.stage in (ARMED, OFF):
            self._say(self.outage.reference, ON)

    def glance(self) -> None:
        """Grants what is wished, pulls the plug when the money has moved, and puts it back some seconds later."""
        for path, wish in waiting(self._place).items():
            path.unlink()
            self._grant(wish)
        if self.outage.stage == ARMED and watching.charges_of(
            self._place.company_file, self.outage.reference
        ):
            self._worker.kill()
            self._on_again = time.monotonic() + DARK_SECONDS
            self._say(self.outage.reference, OFF)
        elif self.outage.stage == OFF and time.monotonic() >= self._on_again:
            self._worker.start()
            self._say(self.outage.reference, ON)

    def _grant(self, wish: Wish) -> None:
        if wish.pull_plug and self.outage.stage == OFF:
            return
        try:
            self._controls.fault(wish.call, wish.fault, match=wish.match, hold_seconds=HOLD_SECONDS)
        except SwitchRefused as refused:
            print(f"The payment company did not take a fault: {refused}", file=sys.stderr)
            return
        if wish.pull_plug:
            self._say(wish.match, ARMED)

    def _say(self, reference: str, stage: str) -> None:
        self.outage = Outage(reference, stage)
        keep_outage(self._place, self.outage)
