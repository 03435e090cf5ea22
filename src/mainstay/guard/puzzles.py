"""A puzzle that makes a robot pay with its time: ALTCHA's second scheme, PBKDF2, solved while a reader types.

The puzzle is signed and names its purpose, its price and its birth, so that nothing is kept of those handed out; a
solution is used once. Its birth is the machine clock's, not ALTCHA's own expiry, which asks the system for the time.
https://altcha.org/docs/v2/
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from altcha import Challenge, Payload, Solution, create_challenge, verify_solution
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from .models import SpentPuzzle

LIFE = timedelta(hours=1)
LONGEST = 2_000
PREFIX = "00"
"""256 trials on average. A trial is one key of as many rounds as the price says."""
ROUNDS = (1_000, 20_000, 30_000, 40_000)
"""The price by level of attack mode. On a desktop computer the first takes a tenth of a second, the second two."""
WAIT_SECONDS = (0, 0, 30, 60)
"""How old a puzzle must be besides, by level."""
WITHOUT_SCRIPT_SECONDS = (5, 20, 40, 60)
"""How old it must be where nobody can solve it and nothing can be bought with it."""


@dataclass(frozen=True, slots=True)
class Puzzle:
    """A puzzle of ours that came back: where and when it was handed out, and what it asks besides its solution."""

    purpose: str
    nonce: str
    born: datetime
    wait: timedelta
    wait_without_script: timedelta
    is_solved: bool


def make(purpose: str, level: int, now: datetime) -> str:
    """A new puzzle, as the page carries it. `purpose` names the door that it opens, `level` says its price."""
    data = {
        "for": purpose,
        "born": int(now.timestamp()),
        "wait": WAIT_SECONDS[level],
        "waitWithoutScript": WITHOUT_SCRIPT_SECONDS[level],
    }
    challenge = create_challenge(
        "PBKDF2/SHA-256", ROUNDS[level], key_prefix=PREFIX, data=data, hmac_secret=_secret()
    )
    return json.dumps(challenge.to_dict(), separators=(",", ":"))


def read(sent: str, solution: str) -> Puzzle | None:
    """What came back with a form; `None` for anything that we did not sign."""
    if len(sent) > LONGEST or len(solution) > LONGEST:
        return None
    try:
        challenge = Challenge.from_dict(json.loads(sent))
        solved = Solution.from_dict(json.loads(solution) if solution else {"counter": 0, "derivedKey": ""})
        judged = verify_solution(Payload(challenge, solved), _secret())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if judged.invalid_signature is not False:
        return None
    return _ours(challenge, judged.verified)


def spend(puzzle: Puzzle, now: datetime) -> bool:
    """Whether the puzzle opens its door now, for the first and only time."""
    if now - puzzle.born >= LIFE:
        return False
    try:
        with transaction.atomic():
            SpentPuzzle.objects.create(nonce=puzzle.nonce, until=_whole_hour_after(puzzle.born + LIFE))
    except IntegrityError:
        return False
    return True


def _whole_hour_after(moment: datetime) -> datetime:
    """A whole hour: the row shall not tell when a card page was opened."""
    return moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def forget_old(now: datetime) -> None:
    """Deletes what was kept of puzzles that are too old to be used again."""
    SpentPuzzle.objects.filter(until__lte=now).delete()


def _ours(challenge: Challenge, is_solved: bool) -> Puzzle:
    data: dict[str, Any] = challenge.parameters.data or {}
    return Puzzle(
        purpose=data["for"],
        nonce=challenge.parameters.nonce,
        born=datetime.fromtimestamp(data["born"], UTC),
        wait=timedelta(seconds=data["wait"]),
        wait_without_script=timedelta(seconds=data["waitWithoutScript"]),
        is_solved=is_solved,
    )


def _secret() -> bytes:
    return salted_hmac("mainstay.puzzle", "", secret=settings.SECRET_KEY, algorithm="sha256").digest()
