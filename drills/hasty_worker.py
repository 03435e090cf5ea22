"""`mainstay worker` with leases of a few seconds, so that a quick drill need not wait for those of a killed worker."""

import sys

from mainstay.cli.main import main
from mainstay.collection import steps
from mainstay.jobs import claims, heartbeat

LEASE_SECONDS = 6
CRASHED_AFTER_SECONDS = 8

if __name__ == "__main__":
    claims.claim.__defaults__ = claims.renew.__defaults__ = (LEASE_SECONDS,)
    heartbeat.BEAT_SECONDS = 2
    steps.CRASHED_AFTER_SECONDS = CRASHED_AFTER_SECONDS
    sys.exit(main())
