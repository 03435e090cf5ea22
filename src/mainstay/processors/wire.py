"""One HTTP call to a payment company, with a deadline for all of it: an answer that only dribbles is none.

Every adapter needs to tell three ends apart: a whole answer, no connection, and a silence in which anything may have
happened. What an answer says is each adapter's own matter.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from ssl import SSLContext
from time import monotonic
from typing import Any

import httpx

LARGEST_ANSWER_BYTES = 4 * 1024 * 1024
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class NotSent(Exception):
    """The call was not made: the company can't have acted."""


class NoAnswer(Exception):
    """The request went out and no whole answer came back in time: the company may have acted."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, as it came."""

    status: int
    content: bytes
    headers: Mapping[str, str]

    @property
    def data(self) -> dict[str, Any] | list[Any] | None:
        """The object or list in it, `None` when it is no JSON or neither."""
        try:
            data = json.loads(self.content)
        except ValueError:
            return None
        return data if isinstance(data, dict | list) else None

    @property
    def object(self) -> Mapping[str, Any]:
        """The object in it, empty when there is none."""
        data = self.data
        return data if isinstance(data, dict) else {}


@dataclass(frozen=True, slots=True)
class Reply:
    """What a company that speaks JSON answered. Each adapter adds where its errors stand."""

    status: int
    body: Any

    @property
    def is_success(self) -> bool:
        """Whether the company says that it did what was asked."""
        return 200 <= self.status < 300


def new_client(**options: Any) -> httpx.Client:
    """A client of httpx, made with its own `options`.

    All share one list of trusted authorities, because reading it costs more than a call.
    """
    return httpx.Client(verify=_trusted(), **options)


@cache
def _trusted() -> SSLContext:
    return httpx.create_ssl_context()


def exchange(
    client: httpx.Client, deadline_seconds: float, method: str, address: str, **options: Any
) -> Answer:
    """Makes one call; `options` are httpx's own. Raises `NotSent` and `NoAnswer`."""
    until = monotonic() + deadline_seconds
    try:
        with client.stream(method, address, timeout=deadline_seconds, **options) as answer:
            return Answer(answer.status_code, _read(answer, until), answer.headers)
    except _NOT_SENT as error:
        raise NotSent from error
    except httpx.HTTPError as error:
        raise NoAnswer from error


def _read(answer: httpx.Response, until: float) -> bytes:
    content = bytearray()
    for part in answer.iter_bytes():
        content += part
        if monotonic() > until or len(content) > LARGEST_ANSWER_BYTES:
            raise NoAnswer
    return bytes(content)
