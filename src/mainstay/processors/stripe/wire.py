"""One call by Stripe's library: our transport with a deadline for all of it, and what a refusal says.

The library by itself tries again, measures us, keeps an id for that on our disk, and tells Stripe what machine this is.
None of it happens here: no retry, no telemetry, and of its headers only those that a call needs.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import stripe

from mainstay.contributions.port import ProcessorRefused
from mainstay.processors.wire import NoAnswer, exchange, new_client

NEEDED_HEADERS = frozenset({"authorization", "content-type", "idempotency-key", "stripe-version"})

stripe.enable_telemetry = False
# It would log each call and what it says. Setting logging up anew would undo `disabled`; a filter stays.
logging.getLogger("stripe").addFilter(lambda record: False)


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
        self._client = new_client()

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
        kept = {name: value for name, value in (headers or {}).items() if name.lower() in NEEDED_HEADERS}
        kept["User-Agent"] = "Mainstay"
        answer = exchange(self._client, self._deadline_seconds, method, url, content=post_data, headers=kept)
        return answer.content.decode("utf-8", "replace"), answer.status, answer.headers

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
