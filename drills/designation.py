"""Designation day: 10,000 promises, 2,000 of them with cards of one country, interrupted 20 times and resumed.

Half of the interruptions fall between two promises, half into the transaction of one. Afterwards every promise of that
country is stopped, every other one is the same row as before, and for 400 days no card of that country is charged. To
keep those days short, most of the others are put beyond them first; the 200 that stay are charged each month, as a
control. The worker does its work about money on those days, without comparing books. A part under 0.1 lives 62 days.
"""

import json
import tempfile
from collections import Counter
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.measuring import asked_of, in_child
from benchmarks.places import environment

from . import countries
from .report import Report

PROMISES, EVERY, INTERRUPTIONS, DAYS, SHORT_DAYS, STAY = 10_000, 5, 20, 400, 62, 200
COUNTRY = "RU"
WORKS = ("make due installments", "collect", "give up", "let cards go", "forget cards")


def run(part: float = 1.0) -> Report:
    """All of it, in a process of its own, on a database that vanishes."""
    with tempfile.TemporaryDirectory(prefix="mainstay-drill-") as name:
        told = environment(Path(name), f"sqlite:///{name}/drill.sqlite3")
        told["DJANGO_SETTINGS_MODULE"] = "drills.settings"
        days = DAYS if part >= 0.1 else SHORT_DAYS
        answer = in_child("drills.designation", told, promises=max(50, round(PROMISES * part)), days=days)
    return Report("designation", answer["counts"], answer["differences"])


def _in_the_child(promises: int, days: int) -> dict[str, Any]:
    newsroom = countries.set_up()
    from django.conf import settings

    from mainstay.core.clock import clock
    from mainstay.sealing.keyring import KeyRing

    now, ring = clock.now(), KeyRing(Path(settings.MAINSTAY_KEYS))
    _promise(newsroom, promises, newsroom.today(now))
    before = _others()
    interrupted = _designate(newsroom, ring, now, promises)
    changed = sum(1 for pk, row in _others().items() if before[pk] != row)
    stopped = newsroom.contributions.filter(state="cancelled", ended_why="country").count()
    charged = _days_after(newsroom, ring, now, days)
    refused = sum(count for method, count in charged.items() if method.startswith(COUNTRY))
    checks = {
        f"{stopped} promises were stopped": stopped == promises // EVERY,
        f"{changed} promises of other countries were changed": changed == 0,
        f"{refused} charges of refused cards": refused == 0,
        "no card at all was charged, so the drill would see nothing": charged.total() > 0,
        f"{interrupted} interruptions": interrupted == INTERRUPTIONS,
    }
    counts = {
        "promises": promises,
        "of the country": promises // EVERY,
        "interruptions": interrupted,
        "stopped": stopped,
        "others changed": changed,
        "days": days,
        "refused charges on those days": refused,
        "charges of the others that were left": charged.total() - refused,
    }
    return {"counts": counts, "differences": [what for what, well in checks.items() if not well]}


def _promise(newsroom: Any, promises: int, today: date) -> None:
    """Monthly promises with saved cards; every fifth card is of the country."""
    from mainstay.collection.sealed import seal_method
    from mainstay.contributions.models import Contribution
    from mainstay.contributions.port import Method
    from mainstay.core.ids import code_hash, new_code

    account = newsroom.processor_accounts.get()
    Contribution.objects.bulk_create(
        Contribution(
            newsroom=newsroom,
            account=account,
            frequency="monthly",
            amount_minor=500,
            currency="USD",
            language="en",
            state="active",
            started_on=today,
            anchor=today,
            next_due_date=today + timedelta(days=1 + number % 28),
            code_hash=code_hash(new_code()),
            method_sealed=seal_method(
                newsroom, Method(f"cus_{number}", f"{country}_{number}", country, "2039-12")
            ),
        )
        for number in range(promises)
        for country in [COUNTRY if number % EVERY == 0 else "DE"]
    )


def _others() -> dict[Any, Any]:
    from mainstay.contributions.models import Contribution

    rows = Contribution.objects.exclude(ended_why="country")
    return {row["id"]: row for row in rows.values()}


def _designate(newsroom: Any, ring: Any, now: datetime, promises: int) -> int:
    """Sets the rule, then begins again and again; returns how many interruptions there were."""
    from mainstay.newsrooms.countries import set_rule
    from mainstay.newsrooms.policy import REFUSED

    set_rule(newsroom, COUNTRY, REFUSED, reason="", actor="drill", now=now)
    share, count = max(1, promises // (2 * (INTERRUPTIONS + 1))), 0
    for number in range(INTERRUPTIONS):
        count += _interrupted(newsroom, ring, now, share * (number + 1), inside=number % 2 == 1)
    _go(newsroom, ring, now, None)
    return count


def _go(newsroom: Any, ring: Any, now: datetime, looked_at: int | None) -> None:
    from mainstay.collection.designation import designate

    for _counts in islice(designate(newsroom, COUNTRY, ring, actor="drill", now=now), looked_at):
        pass


def _interrupted(newsroom: Any, ring: Any, now: datetime, looked_at: int, inside: bool) -> int:
    """One beginning that does not come to its end: after so many promises, or in the middle of stopping one."""
    if not inside:
        _go(newsroom, ring, now, looked_at)
        return 1
    with patch("mainstay.collection.designation.let_card_go", side_effect=KeyboardInterrupt):
        try:
            _go(newsroom, ring, now, None)
        except KeyboardInterrupt:
            return 1
    return 0


def _days_after(newsroom: Any, ring: Any, now: datetime, days: int) -> Counter[str]:
    """The worker's days; returns how often each saved card was charged."""
    from mainstay.collection.work import due_work
    from mainstay.core.clock import FixedClock
    from mainstay.jobs.worker import Worker

    standing = newsroom.contributions.filter(state="active").order_by("pk")
    staying = list(standing.values_list("pk", flat=True)[:STAY])
    standing.exclude(pk__in=staying).update(next_due_date=newsroom.today(now) + timedelta(days=days + 30))
    clock, works = FixedClock(now), [work for work in due_work(ring) if work.name in WORKS]
    for _day in range(days):
        clock.moment += timedelta(days=1)
        Worker(works, clock, threads=1).run_once()
    return Counter(countries.company().charged_methods)


if __name__ == "__main__":
    print(json.dumps(_in_the_child(**asked_of())))
