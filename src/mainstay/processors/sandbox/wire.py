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
    """No connection: the company can't have acted."""


class NoAnswer(Exception):
    """The request went out and no whole answer came back in time: the company may have acted."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. `body` is empty when it is no JSON object."""

    status: int
    body: Mapping[str, Any]

    @property
    def is_success(self) -> bool:
        """Whether the company says that it did what was asked."""
        return 200 <= self.status < 300

    @property
    def error(self) -> Mapping[str, str]:
        """The error's `code`, `message` and, for a decline, `decline_code`; empty when the answer has none."""
        error = self.body.get("error")
        return error if isinstance(error, dict) else {}


def send(
    client: httpx.Client,
    deadline_seconds: float,
    method: str,
    path: str,
    body: Mapping[str, Any] | None = None,
    key: str = "",
) -> Reply:
    """Makes one call, under an idempotency key if one is given. Raises `NotSent` and `NoAnswer`."""
    until = monotonic() + deadline_seconds
    headers = {"Idempotency-Key": key} if key else {}
    try:
        with client.stream(method, path, json=body, headers=headers, timeout=deadline_seconds) as answer:
            return Reply(answer.status_code, _object(_read(answer, until)))
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


def _object(content: bytes) -> Mapping[str, Any]:
    try:
        body = json.loads(content)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
