"""`mainstay worker` with leases of a few seconds, so that a quick drill need not wait for those of a killed worker."""

import sys

import django

LEASE_SECONDS = 6
BEAT_SECONDS = 2
CRASHED_AFTER_SECONDS = 8


def main() -> int:
    """Shortens the leases, and is `mainstay` from then on."""
    django.setup()
    from mainstay.cli.main import main as mainstay
    from mainstay.collection import steps
    from mainstay.jobs import claims, heartbeat

    claims.claim.__defaults__ = claims.renew.__defaults__ = (LEASE_SECONDS,)
    heartbeat.BEAT_SECONDS = BEAT_SECONDS
    steps.CRASHED_AFTER_SECONDS = CRASHED_AFTER_SECONDS
    return mainstay()


if __name__ == "__main__":
    sys.exit(main())
