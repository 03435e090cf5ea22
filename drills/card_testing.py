"""Ten thousand scripted cards within an hour: fifty at most reach the payment company, and every reader gets through.

The script is as strong as scripts get: it solves each puzzle at no cost and comes from a new address, in a new prefix,
each time. So what holds it is the count of declines alone. A second attack has twenty prefixes. Two hundred readers
come over three hours, the attacked one in the middle, type for a minute, are declined now and then, and come back when
the page says so. None may be refused; how long they wait is told. The control is a house that counts nothing: there
the script gets through.
"""

import heapq
import html
import json
import random
import re
import statistics
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from benchmarks.measuring import asked_of, in_child
from benchmarks.places import environment

from . import countries
from .report import Report
from .scene import one_clock

ATTEMPTS, READERS, CONTROL = 10_000, 200, 100
MOST_THAT_REACH = 50
BEGUN = 1_790_000_000.0
HOUR = 3600
TYPING_SECONDS = 60
DECLINED_SHARE = 0.1
AT = f"/support/{countries.SLUG}/"


def run(part: float = 1.0) -> Report:
    """Both attacks and the control, each in a process of its own, on a database that vanishes."""
    counts: dict[str, float] = {}
    differences: list[str] = []
    attempts, readers = max(200, round(ATTEMPTS * part)), max(20, round(READERS * part))
    for name, prefixes, guarded in (
        ("a new prefix each time", 0, True),
        ("twenty prefixes", 20, True),
        ("control, nothing counted", 20, False),
    ):
        cards, people = (attempts, readers) if guarded else (CONTROL, 0)
        told = _one_house(prefixes=prefixes, guarded=guarded, attempts=cards, readers=people)
        counts |= {f"{name}: {what}": count for what, count in told.items()}
        differences += [f"{name}: {what}" for what in _judged(told, guarded)]
    return Report("card_testing", counts, differences)


def _one_house(**asked: Any) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="mainstay-drill-") as name:
        told = environment(Path(name), f"sqlite:///{name}/drill.sqlite3")
        told["DJANGO_SETTINGS_MODULE"] = "drills.settings"
        return in_child("drills.card_testing", told, **asked)


def _judged(told: dict[str, float], guarded: bool) -> list[str]:
    if not guarded:
        return (
            []
            if told["reached"] == told["attempts"]
            else ["the control held, so the drill would see nothing"]
        )
    wrong = []
    if told["reached"] > MOST_THAT_REACH:
        wrong.append(f"{told['reached']} stolen cards reached the payment company")
    if told["readers who paid"] < told["readers"]:
        wrong.append(f"{told['readers'] - told['readers who paid']} readers were refused")
    return wrong


@dataclass
class Day:
    """What happens one after the other: the moment, and the acts that wait for theirs."""

    moment: float = BEGUN
    waiting: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    told: int = 0

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Does it so many seconds from now."""
        self.told += 1
        heapq.heappush(self.waiting, (self.moment + seconds, self.told, act))

    def pass_by(self) -> None:
        """Until nothing waits any more."""
        while self.waiting:
            self.moment, _order, act = heapq.heappop(self.waiting)
            act()


class Person:
    """Somebody at the pages: a script, or a reader who comes back when told and counts how long it took."""

    def __init__(self, day: Day, address: str, chance: random.Random, tokens: list[str]) -> None:
        from django.test import Client

        self.day, self.chance, self.tokens = day, chance, tokens
        self.browser = Client(REMOTE_ADDR=address)
        self.begun = day.moment
        self.paid_after: float | None = None

    def choose(self) -> None:
        """*Continue*, with five dollars."""
        self.browser.post(AT, {"frequency": "once", "currency": "USD", "amount_once": "500"})

    def send(self) -> Any:
        """Opens the card page, solves its puzzle and sends the next token."""
        page = self.browser.get(AT + "card/").content.decode()
        return self.sent(_fields(page))

    def sent(self, fields: dict[str, str]) -> Any:
        """The answer to a card."""
        return self.browser.post(AT + "pay/", {**fields, "token": self.tokens[0], "mail": ""})

    def read(self) -> None:
        """A reader opens the card page and types for a minute."""
        page = self.browser.get(AT + "card/").content.decode()
        pause = TYPING_SECONDS * self.chance.uniform(0.5, 2)
        self.day.later(pause, lambda: self.typed(_fields(page)))

    def typed(self, fields: dict[str, str]) -> None:
        """A reader presses *Pay*, and does as the answer says."""
        answer = self.sent(fields)
        if answer.headers.get("Location", "") == AT + "thanks/":
            self.paid_after = self.day.moment - self.begun
        elif answer.status_code == 429:
            self.day.later(int(answer.headers["Retry-After"]) + self.chance.uniform(1, 60), self.read)
        elif answer.status_code == 303:
            self.tokens = self.tokens[1:] or self.tokens
            self.read()


def _fields(page: str) -> dict[str, str]:
    """What the form of a card page holds, with its puzzle solved."""
    import altcha

    found = {
        name: html.unescape(value)
        for name, value in re.findall(r'name="(mark|puzzle)" value="([^"]*)"', page)
    }
    if not found.get("puzzle"):
        return found
    solved = altcha.solve_challenge(altcha.Challenge.from_dict(json.loads(found["puzzle"])))
    assert solved is not None
    return {**found, "solution": json.dumps({"counter": solved.counter, "derivedKey": solved.derived_key})}


def _in_the_child(prefixes: int, guarded: bool, attempts: int, readers: int) -> dict[str, float]:
    day = Day()
    one_clock(day)
    countries.set_up()
    reached = _company_that_knows_stolen_cards()
    _set_the_guard(guarded)
    chance = random.Random(7)
    for number in range(attempts):
        day.later(HOUR + number * HOUR / attempts, _script(day, number, prefixes, chance))
    people: list[Person] = []
    for number in range(readers):
        day.later(chance.uniform(0, 3 * HOUR), _reader(day, number, people, chance))
    day.pass_by()
    waits = [person.paid_after - TYPING_SECONDS for person in people if person.paid_after is not None]
    return {
        "attempts": attempts,
        "reached": len(reached),
        "readers": readers,
        "readers who paid": len(waits),
        "readers who were told to wait": sum(wait > 3 * TYPING_SECONDS for wait in waits),
        "minutes, the median reader's wait": round(statistics.median(waits) / 60, 1) if waits else 0,
        "minutes, the longest wait": round(max(waits) / 60, 1) if waits else 0,
    }


def _script(day: Day, number: int, prefixes: int, chance: random.Random) -> Callable[[], None]:
    network = number % prefixes if prefixes else number
    address = f"10.{network >> 8 & 255}.{network & 255}.{number % 250 + 1}"

    def act() -> None:
        script = Person(day, address, chance, [f"US.stolen.{number}"])
        script.choose()
        page = script.browser.get(AT + "card/").content.decode()
        # It presses Pay when the puzzle's own wait is over, as somebody does who has many of them under way.
        day.later(_wait_in(page), lambda: script.sent(_fields(page)))

    return act


def _wait_in(page: str) -> float:
    found = re.search(r"&quot;wait&quot;:(\d+)", page)
    return float(found[1]) if found else 0.0


def _reader(day: Day, number: int, people: list[Person], chance: random.Random) -> Callable[[], None]:
    def act() -> None:
        good = [f"US.card.{number}"]
        tokens = [f"US.poor.{number}", *good] if chance.random() < DECLINED_SHARE else good
        reader = Person(day, f"172.{16 + number // 250}.{number % 250}.9", chance, tokens)
        people.append(reader)
        reader.choose()
        reader.read()

    return act


def _company_that_knows_stolen_cards() -> set[str]:
    """Declines stolen and poor cards; returns the set that stolen tokens go into when the company hears of them."""
    from mainstay.contributions.port import Outcome, RemoteFact

    company, reached = countries.company(), set[str]()
    usual_read, usual_execute = company.read_token, company.execute

    def read_token(token: str) -> Any:
        if ".stolen." in token:
            reached.add(token)
        return usual_read(token)

    def execute(remote_id: str, source: Any, *rest: Any) -> Any:
        if ".card." in source.token:
            return usual_execute(remote_id, source, *rest)
        return RemoteFact(Outcome.DECLINED_HARD, remote_id, decline_code="lost_card")

    company.read_token, company.execute = read_token, execute
    return reached


def _set_the_guard(guarded: bool) -> None:
    """Puzzles that cost next to nothing, as for a script with all the time of the world; or no guard at all."""
    from django.conf import settings

    from mainstay.guard import breaker, doors, puzzles

    settings.MAINSTAY_PUZZLES = guarded
    puzzles.ROUNDS, puzzles.PREFIX = (1, 1, 1, 1), "0"
    if not guarded:
        calm = SimpleNamespace(level=0, is_closed=False)
        doors.FORM_DECLINES, doors.PREFIX_DECLINES = ATTEMPTS, (ATTEMPTS,) * 4
        breaker.standing = lambda newsroom, now: calm  # type: ignore[assignment, return-value]


if __name__ == "__main__":
    print(json.dumps(_in_the_child(**asked_of())))
