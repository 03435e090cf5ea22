"""When a letter that could not be handed over is tried again: bounded, further and further apart."""

from datetime import datetime, timedelta

MOST_TRIES = 20
_WAITS_MINUTES = (1, 5, 30, 120, 360, 720, 1440)


def next_try(tries: int, now: datetime) -> datetime:
    """When to try again after `tries` tries: 1 and 5 and 30 minutes, 2, 6, 12 hours, then once a day."""
    minutes = _WAITS_MINUTES[min(tries, len(_WAITS_MINUTES)) - 1]
    return now + timedelta(minutes=minutes)
