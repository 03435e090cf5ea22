"""The company's clock: it runs with the machine's, ahead of it or behind it, or stands still where a test put it."""

import sqlite3
from collections.abc import Callable
from typing import Any

from mainstay_sandbox.errors import Refused
from mainstay_sandbox.wire import Answer, Call, expect_only

FURTHEST = 4_102_444_800
"""The year 2100, in seconds since 1970."""


def read(connection: sqlite3.Connection, machine: Callable[[], float]) -> int:
    """The company's now, in whole seconds since 1970."""
    row = connection.execute("SELECT stands_at, ahead_seconds FROM clock").fetchone()
    if row is None:
        return int(machine())
    if row["stands_at"] is not None:
        return int(row["stands_at"])
    return int(machine()) + int(row["ahead_seconds"])


def show(call: Call) -> Answer:
    """`GET /v1/test/clock`."""
    return Answer(200, {"now": call.now}, "")


def move(call: Call) -> Answer:
    """`POST /v1/test/clock`: `now` makes it stand there, `forward_seconds` moves a standing or a running clock,
    `real` lets it run with the machine's again. What falls due on the way is carried out at the next call.
    """
    expect_only(call, "now", "forward_seconds", "real")
    if len(call.parameters) != 1:
        raise Refused(422, "parameter_not_accepted", "Name one of now, forward_seconds and real.")
    now = _moved(call)
    return Answer(200, {"now": now}, "The clock of the practice company was moved")


def _moved(call: Call) -> int:
    connection = call.connection
    if "real" in call.parameters:
        connection.execute("DELETE FROM clock")
        return call.now
    connection.execute("INSERT OR IGNORE INTO clock (only_row, ahead_seconds) VALUES (1, 0)")
    if "now" in call.parameters:
        stands_at = _seconds(call, "now", 0)
        connection.execute("UPDATE clock SET stands_at = ?, ahead_seconds = 0", (stands_at,))
        return stands_at
    forward = _seconds(call, "forward_seconds", -FURTHEST)
    connection.execute(
        "UPDATE clock SET stands_at = stands_at + ?1,"
        " ahead_seconds = ahead_seconds + CASE WHEN stands_at IS NULL THEN ?1 ELSE 0 END",
        (forward,),
    )
    return call.now + forward


def _seconds(call: Call, name: str, least: int) -> int:
    value: Any = call.parameters[name]
    if type(value) is not int or not least <= value <= FURTHEST:
        raise Refused(422, "parameter_not_accepted", f"{name} must be a whole number of seconds.")
    return value
