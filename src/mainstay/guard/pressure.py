"""When attack mode begins, tightens and ends: pure rules over tries and declines of ten minutes.

A burst of declines begins it. Each level lets fewer declines through in ten minutes than the one before; once they
are used up, everybody waits for the next ten minutes. When ten minutes stay under half of what their level lets
through, the mode loosens by a level, until it is over. The ten minutes are the clock's own (9:00, 9:10): what is stored
of them tells nobody when a card was tried. Honest cards don't use anything up, so a newsroom with many
gifts is not closed by the few of them that are declined.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=10)
BURST = 8
LETS_THROUGH = (BURST, 12, 6, 3)
"""Declines in ten minutes, by level: at level 0 so many begin attack mode, at the others so many close the door."""
HIGHEST = len(LETS_THROUGH) - 1
SHARE = 3
"""Declines count as an attack when they are at least one in three of what was tried; one in ten is usual."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a newsroom's card pages are doing: the level (0 is calm), and what was counted since `began_at`."""

    level: int
    began_at: datetime
    tried: int = 0
    declined: int = 0

    @property
    def is_used_up(self) -> bool:
        """Whether these ten minutes have had the declines that their level lets through."""
        return self.declined >= LETS_THROUGH[self.level] and self.declined * SHARE >= self.tried

    @property
    def is_closed(self) -> bool:
        """Whether everybody waits for the next ten minutes."""
        return self.level > 0 and self.is_used_up

    @property
    def ends_at(self) -> datetime:
        """When these ten minutes are over."""
        return self.began_at + WINDOW


def at(standing: Standing, now: datetime) -> Standing:
    """How things stand at `now`, after the ten minutes that have passed since."""
    while now >= standing.ends_at:
        if standing.level == 0:
            return Standing(0, _ten_minutes_of(now))
        standing = Standing(_level_after(standing), standing.ends_at)
    return standing


def after(standing: Standing, now: datetime, *, declined: bool) -> Standing:
    """How things stand after one more try. A burst in calm times begins attack mode at once."""
    standing = at(standing, now)
    counted = replace(standing, tried=standing.tried + 1, declined=standing.declined + declined)
    return Standing(1, counted.began_at) if counted.level == 0 and counted.is_used_up else counted


def calm(now: datetime) -> Standing:
    """How things stand where nothing was counted."""
    return Standing(0, _ten_minutes_of(now))


def _ten_minutes_of(now: datetime) -> datetime:
    return now.replace(minute=now.minute // 10 * 10, second=0, microsecond=0)


def _level_after(standing: Standing) -> int:
    many = standing.declined * 2 >= LETS_THROUGH[standing.level]
    if many and standing.declined * SHARE >= standing.tried:
        return min(standing.level + 1, HIGHEST)
    return standing.level - 1
