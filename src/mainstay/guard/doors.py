"""The doors that a robot would like to use, and what each asks of whoever comes: the price first, then patience.

A page that takes a card asks for a solved puzzle; declines are counted for the form, for the prefix that it comes from
and for the newsroom (`breaker`). Nobody is turned away for good: whoever is over a limit is told how long to wait.
A page that sends a letter takes an unsolved puzzle too, once it is old enough: browsers without scripts wait.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.conf import settings

from mainstay.newsrooms.models import Newsroom

from . import breaker, puzzles
from .buckets import SALT_LIFE, count, counted, prefix_of

FORM_DECLINES = 3
PREFIX_DECLINES = (8, 2, 1, 1)
"""Declines from one prefix within ten minutes, by level of attack mode."""


class Told(StrEnum):
    """What the door says: come in, wait, or solve the puzzle (again)."""

    IN = "in"
    WAIT = "wait"
    PUZZLE = "puzzle"


class Answer(NamedTuple):
    """What the door says, and for how long one waits."""

    told: Told
    wait: timedelta = timedelta()


class Visitor(NamedTuple):
    """Who knocks: the client's address, the form (a random name of ours), and whether by the onion address."""

    address: str
    form: str
    by_onion: bool = False


def price_level(newsroom: Newsroom, now: datetime, *, by_onion: bool) -> int:
    """The level that a puzzle handed out now is priced at. Who can't be told apart by a prefix pays one more."""
    level = breaker.standing(newsroom, now).level
    return max(level, 1) if by_onion else level


def card_door(newsroom: Newsroom, visitor: Visitor, sent: str, solution: str, now: datetime) -> Answer:
    """Before a card goes to the processor. Reaches nobody outside; `sent` and `solution` are the form's."""
    standing = breaker.standing(newsroom, now)
    if standing.is_closed:
        return Answer(Told.WAIT, standing.ends_at - now)
    if _is_over(visitor, standing.level, now):
        return Answer(Told.WAIT, SALT_LIFE)
    if not settings.MAINSTAY_PUZZLES:
        return Answer(Told.IN)
    puzzle = puzzles.read(sent, solution)
    if puzzle is None or not puzzle.is_solved or puzzle.purpose != _purpose(newsroom, "card"):
        return Answer(Told.PUZZLE)
    if now < puzzle.born + puzzle.wait:
        return Answer(Told.WAIT, puzzle.born + puzzle.wait - now)
    return Answer(Told.IN if puzzles.spend(puzzle, now) else Told.PUZZLE)


def card_was_tried(newsroom: Newsroom, visitor: Visitor, now: datetime, *, declined: bool) -> None:
    """After the processor was asked: counts it, and a decline where it came from."""
    breaker.count_try(newsroom, now, declined=declined)
    if declined:
        count("declines", visitor.form, now)
        count("declines", prefix_of(visitor.address), now)


def letter_door(newsroom: Newsroom, sent: str, solution: str, now: datetime) -> Answer:
    """Before something is written down that may send a letter. A browser without scripts only waits."""
    if not settings.MAINSTAY_PUZZLES:
        return Answer(Told.IN)
    puzzle = puzzles.read(sent, solution)
    if puzzle is None or puzzle.purpose != _purpose(newsroom, "letter"):
        return Answer(Told.PUZZLE)
    ready = puzzle.born + (puzzle.wait if puzzle.is_solved else puzzle.wait_without_script)
    if now < ready:
        return Answer(Told.WAIT, ready - now)
    return Answer(Told.IN if puzzles.spend(puzzle, now) else Told.PUZZLE)


def puzzle_for(newsroom: Newsroom, door: str, now: datetime, *, by_onion: bool) -> str:
    """A puzzle for the "card" or the "letter" door, at today's price."""
    return puzzles.make(_purpose(newsroom, door), price_level(newsroom, now, by_onion=by_onion), now)


def _is_over(visitor: Visitor, level: int, now: datetime) -> bool:
    prefix = prefix_of(visitor.address)
    if counted("declines", visitor.form, now) >= FORM_DECLINES:
        return True
    return bool(prefix) and counted("declines", prefix, now) >= PREFIX_DECLINES[level]


def _purpose(newsroom: Newsroom, door: str) -> str:
    return f"{door}:{newsroom.slug}"
