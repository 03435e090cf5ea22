"""The company's webhooks as they reach the program: signed by the company's own code, with a fate from the drill."""

from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from .company import Event
from .side import drilled

LATE_BY = timedelta(days=3)


class Fate(StrEnum):
    """What becomes of the webhooks that the company sends."""

    ONCE = "once"
    TWICE = "twice"
    LOST = "lost"
    LATE = "late by 3 days"
    REORDERED = "reordered"

    @property
    def prompt(self) -> bool:
        """Whether the first ones arrive before the program has the answer to its own call."""
        return self in (Fate.TWICE, Fate.REORDERED)


class Courier:
    """Brings each event of the company to the program's own address. What it brought outlives its process."""

    def __init__(self, company_file: Path, kept: Path, fate: Fate) -> None:
        self._company_file = company_file
        self._kept = kept
        self._fate = fate

    def deliver(self, moment: float) -> None:
        """Brings what is new, and due by its fate at that moment. What is not taken is brought again next time."""
        if self._fate == Fate.LOST:
            return
        found = self._new(moment)
        for event in reversed(found) if self._fate == Fate.REORDERED else found:
            taken = all(post(event, moment) for _time in range(1 + (self._fate == Fate.TWICE)))
            if taken:
                with self._kept.open("a", encoding="utf-8") as file:
                    file.write(f"{event.id}\n")

    def _new(self, moment: float) -> list[Event]:
        done = set(self._kept.read_text(encoding="utf-8").split()) if self._kept.exists() else set()
        wait = LATE_BY.total_seconds() if self._fate == Fate.LATE else 0
        return [
            event
            for event in drilled().events(self._company_file)
            if event.id not in done and event.made_at + wait <= moment
        ]


def post(event: Event, moment: float) -> bool:
    """One webhook, signed at that moment; whether the program took it."""
    from django.test import Client

    from mainstay.newsrooms.models import ProcessorAccount

    side = drilled()
    account = ProcessorAccount.objects.get(processor=side.processor)
    answer = Client().post(
        f"/hooks/{side.processor}/{account.pk}/",
        event.body,
        content_type="application/json",
        headers=side.headers(event.body, moment, account.settings["address"]),
    )
    return answer.status_code == 200
