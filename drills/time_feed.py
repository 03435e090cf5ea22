"""Time: how many payments of a country's card feed a seized row may be. The feed's numbers stand in `correlation.toml`.

A row of the books tells an amount and as much of the moment as the program stores: that is read from its models, so
that a field which holds a moment makes this drill fail. The control is the same row with its second. What the order
of rows gives away beside the day, a feed with a hundredth of the cards, odd amounts, and a monthly promise of a year
are counted and not judged: `docs/explanation/time.md` says what follows from them.
"""

import json
import tempfile
import tomllib
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from benchmarks.measuring import in_child
from benchmarks.places import environment

from .report import Report

PARAMETERS = Path(__file__).with_name("correlation.toml")
SEED, DAY_SECONDS = 11, 86_400
LEAST_MEDIAN = 1_000
WIDTHS = 1.96
"""How many standard deviations each way hold nineteen in twenty."""


@dataclass(frozen=True)
class Gift:
    """One payment to the newsroom, as the reader's bank knows it, and its place among the day's rows."""

    day: int
    second: int
    amount_minor: int
    place: int = 0
    of: int = 0


class Feed:
    """What the banks report: for each day and amount the seconds of all payments, in order."""

    def __init__(
        self, told: Mapping[str, Any], payments_a_day: int, gifts: Sequence[Gift], dice: Random
    ) -> None:
        self._seconds: dict[tuple[int, int], list[int]] = defaultdict(list)
        for gift in gifts:
            self._seconds[gift.day, gift.amount_minor].append(gift.second)
        for day in range(told["days"]):
            for amount, share in told["share_of_amount"].items():
                others = _about(payments_a_day * share, dice)
                self._seconds[day, int(amount)] += [dice.randrange(DAY_SECONDS) for _ in range(others)]
        for seconds in self._seconds.values():
            seconds.sort()

    def between(self, gift: Gift, first: float, last: float) -> int:
        """How many payments of the gift's amount were made on its day between two seconds, both included."""
        seconds = self._seconds[gift.day, gift.amount_minor]
        return bisect_right(seconds, last) - bisect_left(seconds, first)

    def on_the_day(self, gift: Gift) -> int:
        """Candidates for a row that tells the day."""
        return self.between(gift, 0, DAY_SECONDS)

    def at_the_second(self, gift: Gift) -> int:
        """Candidates for a row that tells the second."""
        return self.between(gift, gift.second, gift.second)

    def by_its_place(self, gift: Gift) -> int:
        """Candidates for a row that tells the day and which of the day's gifts it was: the k-th of n is about k/n."""
        share = gift.place / (gift.of + 1)
        spread = sqrt(share * (1 - share) / (gift.of + 2))
        return self.between(
            gift, (share - WIDTHS * spread) * DAY_SECONDS, (share + WIDTHS * spread) * DAY_SECONDS
        )


def run(part: float = 1.0) -> Report:
    """The comparison; it takes seconds, so there is no smaller part of it."""
    told = tomllib.loads(PARAMETERS.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix="mainstay-drill-") as name:
        program = in_child("drills.time_feed", environment(Path(name), f"sqlite:///{name}/none.sqlite3"))
    dice = Random(SEED)
    gifts = list(_gifts(told, dice))
    feed = Feed(told["feed"], told["feed"]["payments_a_day"], gifts, dice)
    few = Feed(told["feed"], told["today"]["payments_a_day"], gifts, dice)
    presets = [gift for gift in gifts if gift.amount_minor != told["gifts"]["odd"]]
    odd = [gift for gift in gifts if gift.amount_minor == told["gifts"]["odd"]]
    stored = feed.on_the_day if program["finest"] == "day" else feed.at_the_second
    figures = {
        "as stored": [stored(gift) for gift in presets],
        "control, with the second": [feed.at_the_second(gift) for gift in presets],
        "with the order of rows": [feed.by_its_place(gift) for gift in presets],
        "a hundredth of the cards": [few.on_the_day(gift) for gift in presets],
        "odd amounts": [stored(gift) for gift in odd],
    }
    return Report("time", _counts(told, figures, program), list(_differences(figures)))


def _counts(
    told: Mapping[str, Any], figures: Mapping[str, list[int]], program: Mapping[str, Any]
) -> dict[str, int | float]:
    counts: dict[str, int | float] = {"rows": len(figures["as stored"])}
    for name, candidates in figures.items():
        counts[f"{name}: median candidates"] = round(median(candidates))
        counts[f"{name}: fewest candidates"] = min(candidates)
        counts[f"{name}: unique, of {len(candidates)}"] = candidates.count(1)
    counts["a monthly promise of a year: median candidates"] = round(_promises(told))
    counts["tables of readers with counted ids"] = len(program["counted"])
    return counts


def _differences(figures: Mapping[str, list[int]]) -> Iterator[str]:
    stored, control = figures["as stored"], figures["control, with the second"]
    if stored.count(1):
        yield f"{stored.count(1)} rows with a usual amount match one payment of the feed"
    if median(stored) < LEAST_MEDIAN:
        yield f"a row matches {median(stored)} payments of the feed, and not {LEAST_MEDIAN}"
    if control.count(1) * 2 < len(control):
        yield "the control, a row with its second, is not found: the drill would see nothing"


def _gifts(told: Mapping[str, Any], dice: Random) -> Iterator[Gift]:
    gifts = told["gifts"]
    for day in range(told["feed"]["days"]):
        seconds = sorted(dice.randrange(DAY_SECONDS) for _ in range(_about(gifts["a_day"], dice)))
        for place, second in enumerate(seconds, 1):
            odd = dice.randrange(1000) < gifts["odd_in_a_thousand"]
            amount = gifts["odd"] if odd else dice.choices(gifts["presets"], gifts["weights"])[0]
            yield Gift(day, second, amount, place, len(seconds))


def _promises(told: Mapping[str, Any]) -> float:
    """A promise's rows together: others who began on the same day with the same amount, and have stayed for a year."""
    feed, gifts, monthly = told["feed"], told["gifts"], told["monthly"]
    began = {
        amount: feed["payments_a_day"]
        * feed["share_of_amount"][str(amount)]
        * monthly["share_of_payments"]
        / monthly["months_they_last"]
        for amount in gifts["presets"]
    }
    weighed = Counter(dict(zip(gifts["presets"], gifts["weights"], strict=True)))
    return float(median(began[amount] * monthly["still_there_after_a_year"] for amount in weighed.elements()))


def _about(expected: float, dice: Random) -> int:
    """A count around what is expected, as independent people make it."""
    return max(0, round(dice.gauss(expected, sqrt(expected))))


def _of_the_program() -> dict[str, Any]:
    """How fine a moment the books hold, and which tables number their rows."""
    import django

    django.setup()
    from django.apps import apps

    fields = {
        label: {field.get_internal_type() for field in apps.get_model(label)._meta.fields}
        for label in ("collection.Payment", "ledger.Transfer", "contributions.ContributionEvent")
    }
    counted = [
        model._meta.label
        for room in ("contributions", "collection", "letters", "supporters", "ledger")
        for model in apps.get_app_config(room).get_models()
        if model._meta.pk and model._meta.pk.get_internal_type().endswith("AutoField")
    ]
    finer = any("DateTimeField" in kinds or "TimeField" in kinds for kinds in fields.values())
    return {"finest": "second" if finer else "day", "counted": counted}


if __name__ == "__main__":
    print(json.dumps(_of_the_program()))
