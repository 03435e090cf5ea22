"""One call by Stripe's library: our transport with a deadline for all of it, and what a refusal says.

The library by itself tries again, measures us, keeps an id for that on our disk, and tells Stripe what machine this is.
None of it happens here: no retry, no telemetry, and of its headers only those that a call needs.
"""

import logging
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any, ClassVar

import httpx
import stripe

from mainstay.contributions.port import ProcessorRefused

LARGEST_ANSWER_BYTES = 4 * 1024 * 1024
NEEDED_HEADERS = frozenset({"authorization", "content-type", "idempotency-key", "stripe-version"})
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

stripe.enable_telemetry = False
# It would log each call with its address.
logging.getLogger("stripe").disabled = True


class NotSent(Exception):
    """No connection: Stripe can't have acted."""


class NoAnswer(Exception):
    """The request went out and no whole answer came back in time: Stripe may have acted."""


class Refused(Exception):
    """Stripe answered with an error."""

    def __init__(self, status: int, error: Mapping[str, Any]) -> None:
        super().__init__(status)
        self.status = status
        self.error = error

    @property
    def code(self) -> str:
        """The error's code, else its type."""
        return str(self.error.get("code") or self.error.get("type") or "")

    @property
    def is_missing(self) -> bool:
        """Whether the object that was asked for does not exist."""
        return self.status == 404 or self.error.get("code") == "resource_missing"


class Transport(stripe.HTTPClient):
    """The library's way out. Connections are kept; an answer that only dribbles is none."""

    name: ClassVar[str] = "httpx"

    def __init__(self, deadline_seconds: float) -> None:
        super().__init__()
        self._deadline_seconds = deadline_seconds
        self._client = httpx.Client()

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """Raises `NotSent` and `NoAnswer`, which the library lets through."""
        until = monotonic() + self._deadline_seconds
        kept = {name: value for name, value in (headers or {}).items() if name.lower() in NEEDED_HEADERS}
        kept["User-Agent"] = "Mainstay"
        try:
            with self._client.stream(
                method, url, content=post_data, headers=kept, timeout=self._deadline_seconds
            ) as answer:
                return _read(answer, until), answer.status_code, answer.headers
        except _NOT_SENT as error:
            raise NotSent from error
        except httpx.HTTPError as error:
            raise NoAnswer from error

    def close(self) -> None:
        """Gives the connections back."""
        self._client.close()


def ask(call: Callable[[], stripe.StripeObject]) -> dict[str, Any]:
    """What a call answers, as plain data. Raises `NotSent`, `NoAnswer`, `Refused` and `ProcessorRefused`."""
    try:
        answer = call()
    except (stripe.AuthenticationError, stripe.PermissionError):
        raise ProcessorRefused("Stripe does not accept our key. Check the secrets file.") from None
    except stripe.StripeError as error:
        raise _refusal(error) from None
    if not isinstance(answer, stripe.StripeObject):
        raise NoAnswer
    return answer.to_dict()


def _refusal(error: stripe.StripeError) -> Exception:
    """An error that came with a success is no answer: the library could not read it."""
    status = error.http_status or 0
    if status < 300:
        return NoAnswer()
    body = error.json_body if isinstance(error.json_body, dict) else {}
    told = body.get("error")
    return Refused(status, told if isinstance(told, dict) else {})


def _read(answer: httpx.Response, until: float) -> str:
    content = bytearray()
    for part in answer.iter_bytes():
        content += part
        if monotonic() > until or len(content) > LARGEST_ANSWER_BYTES:
            raise NoAnswer
    return content.decode("utf-8", "replace")
