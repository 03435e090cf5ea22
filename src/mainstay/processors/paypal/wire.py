"""One call to PayPal under a token that is kept for its life, with a deadline for all of it, the body included.

https://developer.paypal.com/api/rest/authentication/, https://developer.paypal.com/api/rest/reference/idempotency/
"""

from collections.abc import Mapping
from threading import Lock
from time import monotonic
from typing import Any

import httpx

from mainstay.contributions.port import ProcessorRefused
from mainstay.processors import wire
from mainstay.processors.wire import LARGEST_ANSWER_BYTES, NoAnswer, NotSent

RENEW_BEFORE_SECONDS = 60
FILE_SECONDS = 5


class Reply(wire.Reply):
    """An answer. `body` is an object, empty when the answer has none."""

    __slots__ = ()
    body: Mapping[str, Any]

    @property
    def issue(self) -> str:
        """What is wrong, in PayPal's own word: the first issue, else the error's name."""
        details = self.body.get("details")
        first = details[0] if isinstance(details, list) and details else {}
        issue = first.get("issue") if isinstance(first, dict) else None
        return str(issue or self.body.get("name") or "")


class Wire:
    """Calls for one account. Threads share it: connections and the token are kept."""

    def __init__(self, address: str, client_id: str, client_secret: str, deadline_seconds: float) -> None:
        self._client = wire.new_client(base_url=address)
        self._login = (client_id, client_secret)
        self._deadline_seconds = deadline_seconds
        self._lock = Lock()
        self._token, self._token_until = "", 0.0

    def call(
        self, method: str, path: str, body: Mapping[str, Any] | list[Any] | None = None, key: str = ""
    ) -> Reply:
        """One call, under a `PayPal-Request-Id` if one is given. Raises `NotSent`, `NoAnswer`, `ProcessorRefused`.

        A token may end before its time: a call that is refused for its token did nothing, and is made once more.
        """
        headers = {"Prefer": "return=representation"}
        if key:
            headers["PayPal-Request-Id"] = key
        for fresh in (False, True):
            bearer = {"Authorization": f"Bearer {self._bearer(fresh=fresh)}"}
            reply = self._send(method, path, headers=headers | bearer, json=body)
            if reply.status != 401:
                break
        if reply.status == 401 or (
            reply.status == 403 and reply.issue in ("NOT_AUTHORIZED", "PERMISSION_DENIED")
        ):
            raise ProcessorRefused(
                "PayPal does not accept our key, or it may not do this. Check the app's rights."
            )
        return reply

    def fetch(self, address: str) -> bytes:
        """A public file, such as a certificate, for a call that waits for it. Raises `NoAnswer`."""
        try:
            answer = self._client.get(address, timeout=FILE_SECONDS)
        except httpx.HTTPError as error:
            raise NoAnswer from error
        if answer.status_code != 200 or len(answer.content) > LARGEST_ANSWER_BYTES:
            raise NoAnswer
        return answer.content

    def _bearer(self, *, fresh: bool) -> str:
        with self._lock:
            if fresh or monotonic() >= self._token_until:
                self._token, self._token_until = self._new_token()
            return self._token

    def _new_token(self) -> tuple[str, float]:
        try:
            reply = self._send(
                "POST", "/v1/oauth2/token", data={"grant_type": "client_credentials"}, auth=self._login
            )
        except NoAnswer as error:
            raise NotSent from error
        if reply.status in (401, 403):
            raise ProcessorRefused("PayPal does not accept our client id and secret. Check the secrets file.")
        try:
            life_seconds = int(reply.body["expires_in"])
            return str(reply.body["access_token"]), monotonic() + life_seconds - RENEW_BEFORE_SECONDS
        except (KeyError, TypeError, ValueError):
            raise NotSent from None

    def _send(self, method: str, path: str, **options: Any) -> Reply:
        answer = wire.exchange(self._client, self._deadline_seconds, method, path, **options)
        return Reply(answer.status, answer.object)
