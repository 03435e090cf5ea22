"""What goes over the wire: a request as the company reads it, an answer as it writes it."""

import json
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any
from urllib.parse import parse_qsl

from mainstay_sandbox.accounts import Caller
from mainstay_sandbox.errors import Refused
from mainstay_sandbox.store import Books

LARGEST_BODY_BYTES = 64 * 1024
LARGEST_DRAINED_BYTES = 1024 * 1024
LONGEST_LIST = 500
USUAL_LIST = 100


@dataclass(frozen=True)
class Request:
    """One HTTP request. `base_address` is how the outside reaches this server, without a closing slash."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    base_address: str


class Manner(Enum):
    """How an answer reaches the shop. Everything was written before, whatever becomes of the answer."""

    WHOLE = auto()
    CUT = auto()
    """The head and one byte of the body, then the connection closes."""
    SILENCE = auto()
    """Nothing for `hold_seconds`, then as `CUT`."""
    DRIP = auto()
    """Piece by piece, over `hold_seconds`."""
    MALFORMED = auto()
    """Status 200 and a body that is not the API's."""


@dataclass(frozen=True)
class Answer:
    """One answer of the API, and the plain sentence about it for the list of calls."""

    status: int
    body: dict[str, Any]
    what: str
    manner: Manner = Manner.WHOLE
    hold_seconds: float = 0

    @property
    def is_lost(self) -> bool:
        """Whether the shop can't learn from it what happened."""
        return self.manner in (Manner.CUT, Manner.SILENCE)


@dataclass(frozen=True)
class Call:
    """A request of the API whose key is known. `now` is the company's clock in whole seconds since 1970.

    `bank_says` is a decline that a test ordered for this call; empty when the card decides.
    """

    request: Request
    caller: Caller
    connection: sqlite3.Connection
    now: int
    names: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    bank_says: str = ""

    @property
    def books(self) -> Books:
        """The caller's rows, inside the call's transaction."""
        return Books(self.connection, self.caller.account_id, self.now)


@dataclass(frozen=True)
class Page:
    """An answer that is not the API's: a page, a script, a style sheet, a redirect."""

    status: int
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


def read_request(environ: Mapping[str, Any], public_address: str | None) -> Request:
    """Read one request out of a WSGI environment.

    Raises 411 for a body without a length and 413 for one that is too long. `public_address` replaces the
    address that the request itself names, for a server that is reached under another one.
    """
    host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    return Request(
        method=environ["REQUEST_METHOD"],
        path=environ.get("PATH_INFO", "/"),
        query=dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)),
        headers={
            name[5:].replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        },
        body=_read_body(environ),
        base_address=public_address or f"{environ['wsgi.url_scheme']}://{host}",
    )


def _read_body(environ: Mapping[str, Any]) -> bytes:
    if environ.get("HTTP_TRANSFER_ENCODING"):
        raise Refused(411, "length_required", "Send the body with a Content-Length.")
    length_text = environ.get("CONTENT_LENGTH") or "0"
    if not re.fullmatch(r"[0-9]{1,18}", length_text):
        raise Refused(400, "length_not_read", "The Content-Length is not a number.")
    length = int(length_text)
    if length > LARGEST_BODY_BYTES:
        # Read some of it, or a client that is still sending would see a reset instead of the answer.
        environ["wsgi.input"].read(min(length, LARGEST_DRAINED_BYTES))
        raise Refused(413, "body_too_long", "A body may have at most 64 kB.")
    body: bytes = environ["wsgi.input"].read(length) if length else b""
    return body


def read_parameters(body: bytes) -> dict[str, Any]:
    """The JSON object in a body (an empty body is an empty object), or 400 `json_not_read`."""
    try:
        parameters = json.loads(body) if body else {}
    except (ValueError, RecursionError) as error:
        raise Refused(400, "json_not_read", "The body must be one JSON object.") from error
    if not isinstance(parameters, dict):
        raise Refused(400, "json_not_read", "The body must be one JSON object.")
    return parameters


def expect_only(call: Call, *known: str) -> None:
    """Refuse parameters that the call does not have: a misspelt one must not pass in silence."""
    for name in call.parameters:
        if name not in known:
            raise Refused(422, "parameter_not_known", f"This call has no parameter “{name[:40]}”.")


def text_parameter(call: Call, name: str, longest: int, default: str | None = None) -> str:
    """A text of 1 to `longest` characters; `default` stands for one that was left out (or sent as null)."""
    value = call.parameters.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise Refused(422, "parameter_not_accepted", f"{name} must be a text of 1 to {longest} characters.")
    return value


def flag_parameter(call: Call, name: str) -> bool:
    """A true or false; false when left out."""
    value = call.parameters.get(name, False)
    if not isinstance(value, bool):
        raise Refused(422, "parameter_not_accepted", f"{name} must be true or false.")
    return value


def number_in_query(call: Call, name: str, default: int) -> int:
    """A whole number from 0 in the query; `default` when left out."""
    text = call.request.query.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,15}", text):
        raise Refused(422, "parameter_not_accepted", f"{name} must be a whole number from 0.")
    return int(text)


def list_limit(call: Call) -> int:
    """How many rows a list answers: `limit` in the query, at most 500, usually 100."""
    return max(1, min(number_in_query(call, "limit", USUAL_LIST), LONGEST_LIST))


def list_body(rows: list[dict[str, Any]], limit: int) -> dict[str, Any]:
    """A list's answer. `rows` holds up to one row more than `limit`, which says whether there is more."""
    return {"data": rows[:limit], "has_more": len(rows) > limit}
