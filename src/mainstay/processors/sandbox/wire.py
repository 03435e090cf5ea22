"""One call to the practice company, and where its errors stand."""

from collections.abc import Mapping
from typing import Any

import httpx

from mainstay.processors import wire


class Reply(wire.Reply):
    """An answer. `body` is an object, empty when the answer has none."""

    __slots__ = ()
    body: Mapping[str, Any]

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
    headers = {"Idempotency-Key": key} if key else {}
    answer = wire.exchange(client, deadline_seconds, method, path, json=body, headers=headers)
    return Reply(answer.status, answer.object)
