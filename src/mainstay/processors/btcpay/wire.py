"""One HTTP call with a deadline for all of it, the body included: an answer that only dribbles is none."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

import httpx

LARGEST_ANSWER_BYTES = 4 * 1024 * 1024
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class NotSent(Exception):
    """No connection: the server can't have acted."""


class NoAnswer(Exception):
    """The request went out and no whole answer came back in time: the server may have acted."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. `body` is an object or a list, `None` when it is neither."""

    status: int
    body: Any

    @property
    def is_success(self) -> bool:
        """Whether the server says that it did what was asked."""
        return 200 <= self.status < 300

    @property
    def code(self) -> str:
        """The error's code, "" when the answer has none."""
        return str(self.body.get("code", "")) if isinstance(self.body, dict) else ""


def send(
    client: httpx.Client,
    deadline_seconds: float,
    method: str,
    path: str,
    body: Mapping[str, Any] | None = None,
) -> Reply:
    """Makes one call. Raises `NotSent` and `NoAnswer`."""
    until = monotonic() + deadline_seconds
    try:
        with client.stream(method, path, json=body, timeout=deadline_seconds) as answer:
            return Reply(answer.status_code, _read_json(_read(answer, until)))
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


def _read_json(content: bytes) -> Any:
    try:
        body = json.loads(content)
    except ValueError:
        return None
    return body if isinstance(body, dict | list) else None
