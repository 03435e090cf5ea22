"""The log of business actions, edited, cut and reordered behind the triggers' back, a thousand times: each is found.

Somebody who has the database's file has its triggers too, so they are taken away first. Every case is rolled back. The
log is verified against a head that was printed before, as docs/how-to/check-the-log.md says; how many the chain finds
without it is counted as well.
"""

import json
import random
import tempfile
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.measuring import asked_of, in_child
from benchmarks.places import environment

from .report import Report

CASES = 1_000
LINES = 200
SEED = 1
DAY = date(2026, 3, 1)


def run(part: float = 1.0) -> Report:
    """All cases, in a process of their own, on a database that vanishes."""
    cases = max(30, round(CASES * part))
    with tempfile.TemporaryDirectory(prefix="mainstay-drill-") as name:
        told = environment(Path(name), f"sqlite:///{name}/drill.sqlite3")
        answer = in_child("drills.audit", told, cases=cases)
    return Report("audit", answer["counts"], answer["differences"])


def _in_the_child(cases: int) -> dict[str, Any]:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    from mainstay.audit import verify

    call_command("migrate", interactive=False, verbosity=0)
    _write_the_log()
    known, found, by_chain = verify.head(), Counter[str](), 0
    differences = ["the untouched log was called changed"] if verify.first_difference(known) else []
    for case in range(cases):
        chance = random.Random(SEED * 1_000_003 + case)
        forge = FORGERIES[case % len(FORGERIES)]
        with transaction.atomic():
            what = forge(chance)
            if verify.first_difference(known):
                found[forge.__name__] += 1
            else:
                differences.append(f"case {case}: {what} was not found")
            by_chain += verify.first_difference() is not None
            transaction.set_rollback(True)
    counts = {"forgeries": cases, "found": sum(found.values()), "found without the printed head": by_chain}
    return {"counts": counts | dict(found), "differences": differences}


def _write_the_log() -> None:
    from django.db import connection

    from mainstay.audit.log import record

    for number in range(LINES):
        record(
            "till.gifts_stopped", actor=f"staff-{number % 7}", day=DAY, detail={"reason": f"number {number}"}
        )
    with connection.cursor() as cursor:
        for event in ("update", "delete"):
            cursor.execute(f"DROP TRIGGER audit_auditline_no_{event}")


def _lines() -> Any:
    from mainstay.audit.models import AuditLine

    return AuditLine.objects.order_by("number")


def edit(chance: random.Random) -> str:
    """One field of one line."""
    number = chance.randint(1, LINES)
    changes: dict[str, Any] = {
        "actor": "somebody",
        "action": "till.gifts_reopened",
        "subject": "another",
        "detail": {"reason": "none"},
        "day": date(2026, 3, 2),
        "hash": f"{chance.getrandbits(256):064x}",
        "previous": f"{chance.getrandbits(256):064x}",
    }
    field = chance.choice(sorted(changes))
    _lines().filter(number=number).update(**{field: changes[field]})
    return f"{field} of line {number} edited"


def delete(chance: random.Random) -> str:
    """One line anywhere, the last one too."""
    number = chance.randint(1, LINES)
    _lines().filter(number=number).delete()
    return f"line {number} deleted"


def close_the_gap(chance: random.Random) -> str:
    """One line taken out and all later ones numbered anew."""
    number = chance.randint(1, LINES)
    _lines().filter(number=number).delete()
    for later in range(number + 1, LINES + 1):
        _lines().filter(number=later).update(number=later - 1)
    return f"line {number} taken out and the gap closed"


def cut_the_end(chance: random.Random) -> str:
    """The last lines, so that what is left is a whole chain."""
    number = chance.randint(1, LINES)
    _lines().filter(number__gte=number).delete()
    return f"the log cut before line {number}"


def swap(chance: random.Random) -> str:
    """Two lines change places."""
    one, other = chance.sample(range(1, LINES + 1), 2)
    for before, after in ((one, LINES + 1), (other, one), (LINES + 1, other)):
        _lines().filter(number=before).update(number=after)
    return f"lines {one} and {other} swapped"


def compute_anew(chance: random.Random) -> str:
    """A line edited and every hash from there on computed anew: the chain alone can't know."""
    from mainstay.audit.log import hash_of

    first = chance.randint(1, LINES)
    lines = list(_lines().filter(number__gte=first))
    lines[0].actor = "somebody"
    previous = lines[0].previous
    for line in lines:
        line.previous = previous
        line.hash = previous = hash_of(line)
        line.save()
    return f"line {first} edited and all hashes from there on computed anew"


FORGERIES: tuple[Callable[[random.Random], str], ...] = (
    edit,
    delete,
    swap,
    cut_the_end,
    edit,
    close_the_gap,
    swap,
    compute_anew,
)

if __name__ == "__main__":
    print(json.dumps(_in_the_child(**asked_of())))
