"""Looking over the payment company's shoulder: its own file, read and never written.

Mainstay's web process has a key that may not list what the company knows. The story may show it because it reads the
company's database here, beside the program, as nobody outside a demonstration could.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Call:
    """One call that the company received. `what` is its own plain sentence; status 0 is a cut connection."""

    number: int
    method: str
    path: str
    status: int
    what: str


def calls_since(company: Path, number: int) -> list[Call]:
    """The calls after that number, the oldest first; the company keeps its last 500."""
    query = "SELECT number, method, path, status, what FROM calls WHERE number > ? ORDER BY number"
    return [Call(**row) for row in _read(company, query, (number,))]


def last_call_number(company: Path) -> int:
    """The number of the newest call, 0 when there is none."""
    found = _read(company, "SELECT max(number) AS number FROM calls", ())
    return int(found[0]["number"] or 0) if found else 0


def tokens_of(company: Path, countries: Sequence[str]) -> dict[str, bool]:
    """The tokens of cards of these countries, and whether each was ever used to pay or to save a card."""
    marks = ", ".join("?" * len(countries))
    query = f"SELECT id, used FROM tokens WHERE country IN ({marks})"
    return {row["id"]: bool(row["used"]) for row in _read(company, query, tuple(countries))}


def references(company: Path) -> set[str]:
    """The references of all payments that the company was ever told to make."""
    return {row["reference"] for row in _read(company, "SELECT reference FROM intents", ())}


def charges_of(company: Path, reference: str) -> int:
    """How often money moved for a payment of ours."""
    query = (
        "SELECT count(*) AS number FROM charges JOIN intents ON intents.id = intent_id WHERE reference = ?"
    )
    found = _read(company, query, (reference,))
    return int(found[0]["number"]) if found else 0


def faults_to_come(company: Path) -> list[tuple[str, str]]:
    """The call and the fault of each that was ordered and has not struck, as often as it will."""
    rows = _read(company, "SELECT call, fault, times FROM faults ORDER BY number", ())
    return [(row["call"], row["fault"]) for row in rows for _time in range(min(row["times"], 20))]


def intents_of(company: Path, promise: str) -> list[str]:
    """The company's own names of a promise's payments: their references begin with ours."""
    query = "SELECT id FROM intents WHERE reference LIKE ? || ':%' ORDER BY number"
    return [row["id"] for row in _read(company, query, (promise,))] if promise else []


def about_token(calls: Sequence[Call], token: str) -> list[Call]:
    """The calls about one card: the one that made its token, and those that name it. Others' calls lie between them."""
    named = [call for call in calls if call.path == f"/v1/tokens/{token}"]
    return [*_last_before(calls, named, "/v1/tokens"), *named] if named else []


def about_payments(calls: Sequence[Call], intents: Sequence[str]) -> list[Call]:
    """The calls about some payments: the one that prepared each, and those that name it."""
    found = []
    for intent in intents:
        named = [call for call in calls if intent in call.path.split("/")]
        found += [*_last_before(calls, named, "/v1/intents"), *named]
    return found


def _last_before(calls: Sequence[Call], named: Sequence[Call], path: str) -> list[Call]:
    """The call that made what the `named` calls name: its own path names nothing yet."""
    first = named[0].number if named else 0
    made = [call for call in calls if (call.method, call.path) == ("POST", path) and call.number < first]
    return made[-1:]


def _read(company: Path, query: str, values: tuple[str | int, ...]) -> list[dict[str, Any]]:
    if not company.exists():
        return []
    with closing(sqlite3.connect(f"file:{company}?mode=ro", uri=True, timeout=5)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(query, values).fetchall()]
