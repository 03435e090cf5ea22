"""One call to a BTCPay Server, and where its errors stand."""

from collections.abc import Mapping
from typing import Any

import httpx

from mainstay.processors import wire


class Reply(wire.Reply):
    """An answer. `body` is an object or a list, `None` when it is neither."""

    __slots__ = ()

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
    answer = wire.exchange(client, deadline_seconds, method, path, json=body)
    return Reply(answer.status, answer.data)
