"""`mainstay worker` with short waits, so that a quick drill need not sit through those after a killed worker.

Its lease ends after seconds, and what it had begun and not sent is tried again at once, not half an hour later.
"""

import sys
from dataclasses import replace

import django

from . import bugs

LEASE_SECONDS = 6
BEAT_SECONDS = 2
CRASHED_AFTER_SECONDS = 8
NOT_SENT_MINUTES = 0


def main() -> int:
    """Shortens the leases, and is `mainstay` from then on."""
    django.setup()
    from mainstay.cli.main import main as mainstay
    from mainstay.collection import outcome, steps
    from mainstay.contributions.retry import STANDARD
    from mainstay.jobs import claims, heartbeat

    claims.claim.__defaults__ = claims.renew.__defaults__ = (LEASE_SECONDS,)
    heartbeat.BEAT_SECONDS = BEAT_SECONDS
    steps.CRASHED_AFTER_SECONDS = CRASHED_AFTER_SECONDS
    outcome.FOUND_UNDONE_MINUTES = NOT_SENT_MINUTES
    bugs.put(bugs.OUTCOME, "STANDARD", replace(STANDARD, undone_minutes=(NOT_SENT_MINUTES,)))
    return mainstay()


if __name__ == "__main__":
    sys.exit(main())
