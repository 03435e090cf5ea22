"""Guessing supporter codes and sign-in links: what the limits let through, and what the answers give away.

A guesser sends a code a second for an hour from one address; what the pages judged of it is multiplied by ten thousand
addresses. The expected time until a code of one of ten thousand promises is hit must be over a thousand years. The
control is a build whose codes have 20 bits: behind the same limits it must fall within the hour. Then a known and an
unknown mail address ask for a link, a thousand times each in random order: the answers must be the same bytes, and
neither the time nor the processor's time may tell them apart (Mann-Whitney; the second is the sharper eye, for it
sees nothing of what else the machine does). The control is a page that looks the address up: it must be told.
"""

import hashlib
import json
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from benchmarks.measuring import asked_of, in_child
from benchmarks.places import environment

from . import countries
from .report import Report
from .scene import one_clock

HOUR, BEGUN = 3600, 1_790_000_000.0
ADDRESSES, PROMISES = 10_000, 10_000
HOURS_IN_A_YEAR = 8_766
LEAST_YEARS = 1_000
CODE_BITS, LINK_BITS, WEAK_BITS = 100, 256, 20
WEAK_PROMISES, WEAK_ADDRESSES = 500, 40
PAIRS = 1_000
LOOK_UP_ROUNDS = 3_000
FARTHEST_Z = 3.9
"""Told apart beyond this: by chance once in 10,000 runs."""
ENTRY = f"/my/{countries.SLUG}/"


def run(part: float = 1.0) -> Report:
    """Both halves, in a process of their own, on a database that vanishes. The hour is always whole."""
    with tempfile.TemporaryDirectory(prefix="mainstay-drill-") as name:
        told = environment(Path(name), f"sqlite:///{name}/drill.sqlite3")
        told["DJANGO_SETTINGS_MODULE"] = "drills.settings"
        answer = in_child("drills.guessing", told, pairs=max(100, round(PAIRS * part)))
    return Report("guessing", answer["counts"], answer["differences"])


def _in_the_child(pairs: int) -> dict[str, Any]:
    now = SimpleNamespace(moment=BEGUN)
    one_clock(now)
    newsroom = countries.set_up()
    _plant(newsroom, WEAK_PROMISES)
    codes = _judged_in_an_hour(now, ENTRY, "code", _strong_code)
    links = _judged_in_an_hour(now, f"{ENTRY}link/", "mail", lambda number: f"r{number}@example.org")
    fell_after = _guesses_until_it_falls(now)
    bodies, by_clock, apart = _pairs(pairs, looked_up=False)
    _bodies, _by_clock, control = _pairs(pairs, looked_up=True)
    counts = {
        "code guesses an hour let through, of one address": codes,
        "years until a code of 10,000 is hit, from 10,000 addresses": _years(CODE_BITS, codes),
        "years until a link of 10,000 is hit, a million guesses a second": _years(
            LINK_BITS, 1e6 * HOUR / ADDRESSES
        ),
        "requests for a link an hour let through, of one address": links,
        f"guesses until a {WEAK_BITS}-bit code fell (control)": fell_after,
        "pairs of a known and an unknown address": pairs,
        "different answers": bodies - 1,
        "distance of their times, in standard deviations": by_clock,
        "distance of their processor times": apart,
        "the same for a page that looks up (control)": control,
    }
    checks = {
        "a code is hit too soon": counts["years until a code of 10,000 is hit, from 10,000 addresses"]
        > LEAST_YEARS,
        f"the {WEAK_BITS}-bit codes held, so the drill would see nothing": fell_after > 0,
        "known and unknown addresses are answered differently": bodies == 1,
        f"times tell known addresses ({by_clock}, {apart})": max(abs(by_clock), abs(apart)) < FARTHEST_Z,
        "a page that looks up was not told apart, so the drill would see nothing": abs(control) > FARTHEST_Z,
    }
    return {"counts": counts, "differences": [what for what, well in checks.items() if not well]}


def _years(bits: int, guesses_an_hour: float) -> float:
    """Years until the first hit, on average, when `ADDRESSES` guess at that rate at one of `PROMISES`."""
    return float(f"{2**bits / PROMISES / (guesses_an_hour * ADDRESSES) / HOURS_IN_A_YEAR:.3g}")


def _plant(newsroom: Any, promises: int) -> None:
    """Promises whose codes have 20 bits, as the weak build would have made them."""
    from mainstay.contributions.models import Contribution
    from mainstay.core.ids import code_hash

    account, chance = newsroom.processor_accounts.get(), random.Random(20)
    Contribution.objects.bulk_create(
        Contribution(
            newsroom=newsroom,
            account=account,
            frequency="monthly",
            amount_minor=500,
            currency="USD",
            state="active",
            language="en",
            started_on="2026-01-31",
            code_hash=code_hash(_weak_code(number)),
        )
        for number in chance.sample(range(2**WEAK_BITS), promises)
    )


def _weak_code(number: int) -> str:
    """A code of which only the last four letters are random."""
    from mainstay.core.ids import CODE_LENGTH, CROCKFORD

    return "".join(CROCKFORD[number >> (5 * place) & 31] for place in range(WEAK_BITS // 5)).rjust(
        CODE_LENGTH, "0"
    )


def _strong_code(number: int) -> str:
    from mainstay.core.ids import new_code

    return new_code()


def _judged_in_an_hour(now: SimpleNamespace, path: str, field: str, made: Any) -> int:
    """How many of 3,600 posts from one address in an hour were looked at, rather than asked to slow down."""
    from django.test import Client

    browser = Client(REMOTE_ADDR="192.0.2.1")
    judged = 0
    for number in range(HOUR):
        now.moment += 1
        judged += browser.post(path, {field: made(number)}).status_code != 429
    return judged


def _guesses_until_it_falls(now: SimpleNamespace) -> int:
    """The weak build, guessed at from forty addresses for an hour; 0 when it held."""
    from django.test import Client

    browsers = [Client(REMOTE_ADDR=f"198.51.100.{number}") for number in range(WEAK_ADDRESSES)]
    order = random.Random(21).sample(range(2**WEAK_BITS), HOUR * 10)
    for turn, number in enumerate(order):
        now.moment += HOUR / len(order)
        answer = browsers[turn % WEAK_ADDRESSES].post(ENTRY, {"code": _weak_code(number)})
        if answer.status_code == 303:
            return turn + 1
    return 0


def _pairs(pairs: int, *, looked_up: bool) -> tuple[int, float, float]:
    """How many different answers there were, and how far the times, and the processor's times, are apart."""
    from mainstay.supporters.models import SignInRequest

    SignInRequest.objects.all().delete()
    known = [f"known{number}@example.org" for number in range(pairs)]
    asked = [(mail, True) for mail in known] + [
        (f"other{number}@example.org", False) for number in range(pairs)
    ]
    random.Random(22).shuffle(asked)
    answers: list[tuple[bool, float, float, bytes]] = []
    with _looking_up(set(known) if looked_up else set(), LOOK_UP_ROUNDS * PAIRS // pairs):
        for number, (mail, is_known) in enumerate(asked):
            answers.append((is_known, *_asked_for_a_link(number, mail)))
    by_clock = _distance([row[1] for row in answers if row[0]], [row[1] for row in answers if not row[0]])
    by_processor = _distance([row[2] for row in answers if row[0]], [row[2] for row in answers if not row[0]])
    return len({row[3] for row in answers}), by_clock, by_processor


def _asked_for_a_link(number: int, mail: str) -> tuple[float, float, bytes]:
    """The time, the processor's time and the answer; each time from another address, so that no limit answers."""
    from django.test import Client

    browser = Client(REMOTE_ADDR=f"10.{number >> 8 & 255}.{number & 255}.7")
    begun, begun_processor = time.perf_counter(), time.thread_time()
    answer = browser.post(f"{ENTRY}link/", {"mail": mail})
    taken, taken_processor = time.perf_counter() - begun, time.thread_time() - begun_processor
    told = f"{answer.status_code} {sorted(answer.headers.items())} {answer.cookies}".encode()
    return taken, taken_processor, told + answer.content


def _distance(some: list[float], others: list[float]) -> float:
    """Mann-Whitney's U as a distance from chance, in standard deviations."""
    ranked = sorted((value, which) for which, values in enumerate((some, others)) for value in values)
    ranks = sum(rank for rank, (_value, which) in enumerate(ranked, 1) if which == 0)
    count, against = len(some), len(others)
    usual = count * (count + against + 1) / 2
    spread = (count * against * (count + against + 1) / 12) ** 0.5
    return float(round((ranks - usual) / spread, 2))


@contextmanager
def _looking_up(known: set[str], rounds: int) -> Iterator[None]:
    """The control: a page that opens rows until it finds an address that it knows.

    A millisecond's work at full size; with fewer pairs, which see less, so many times more.
    """
    from mainstay.site import my

    usual = my.ask_for_link  # type: ignore[attr-defined]

    def ask_for_link(newsroom: Any, mail: str, *rest: Any) -> None:
        if mail in known:
            hashlib.pbkdf2_hmac("sha256", mail.encode(), b"row", rounds)
        usual(newsroom, mail, *rest)

    my.ask_for_link = ask_for_link  # type: ignore[assignment, attr-defined]
    yield
    my.ask_for_link = usual  # type: ignore[attr-defined]


if __name__ == "__main__":
    print(json.dumps(_in_the_child(**asked_of())))
