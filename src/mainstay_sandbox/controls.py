"""The company's switches for tests and the demonstration, in Python: each method is one call under `/v1/test/`."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

DEADLINE_SECONDS = 30
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class SwitchRefused(Exception):
    """The company did not take a switch; the message is its own sentence."""


class Controls:
    """The switches of one account. `secret_key` is the account's. Every method raises `SwitchRefused`."""

    def __init__(self, address: str, secret_key: str) -> None:
        self._address = address.rstrip("/")
        self._secret_key = secret_key

    def fault(
        self, call: str, fault: str, *, times: int = 1, match: str = "", hold_seconds: float | None = None
    ) -> None:
        """Make the next calls go wrong; with `call="webhook"`, the next webhooks. The README lists both."""
        body: dict[str, Any] = {"call": call, "fault": fault, "times": times}
        if match:
            body["match"] = match
        if hold_seconds is not None:
            body["hold_seconds"] = hold_seconds
        self._post("faults", body)

    def faults(self) -> list[dict[str, Any]]:
        """The faults that are still to come."""
        return list(self._call("GET", "/v1/test/faults")["data"])

    def call_off_faults(self) -> None:
        """No more faults; webhooks that waited for others go out."""
        self._call("DELETE", "/v1/test/faults")

    def change_settings(self, **settings: Any) -> dict[str, Any]:
        """Change the named settings. Returns all of them."""
        return self._post("settings", settings)

    def stop_clock(self, now: int) -> None:
        """Let the company's clock stand at this moment, in seconds since 1970."""
        self._post("clock", {"now": now})

    def forward(self, seconds: int) -> int:
        """Move the company's clock, standing or running. Returns its now; what fell due is done."""
        now = int(self._post("clock", {"forward_seconds": seconds})["now"])
        self._call("GET", "/v1/test/clock")
        return now

    def real_clock(self) -> None:
        """Let the company's clock run with the machine's."""
        self._post("clock", {"real": True})

    def reset(self) -> None:
        """Forget the account's objects, faults and settings, and let the clock run with the machine's."""
        self._post("reset", {})
        self.real_clock()

    def dispute(
        self, charge: str, *, amount_minor: int | None = None, stage: str = "opened", reason: str = "dispute"
    ) -> str:
        """Begin a dispute about a charge, all of it unless an amount is given. Returns its id."""
        begun = {"stage": stage} if reason == "dispute" else {}
        body = {"charge": charge, "amount_minor": amount_minor, "reason": reason, **begun}
        return str(self._post("disputes", body)["id"])

    def move_dispute(self, dispute: str, stage: str, *, fee_returned: bool = False) -> None:
        """`opened` after an inquiry; then `won` or `lost`."""
        self._post(f"disputes/{dispute}", {"stage": stage, "fee_returned": fee_returned})

    def pay_out(self, currency: str, amount_minor: int | None = None) -> str:
        """Send a payout now, of all that is held unless an amount is given. Returns its id."""
        return str(self._post("payouts", {"currency": currency, "amount_minor": amount_minor})["id"])

    def end_payout(self, payout: str, stage: str) -> None:
        """`arrived` or `failed`."""
        self._post(f"payouts/{payout}", {"stage": stage})

    def adjust(self, currency: str, amount_minor: int) -> str:
        """Correct the balance, up or down. Returns the id of what the line is about."""
        return str(self._post("adjustments", {"currency": currency, "amount_minor": amount_minor})["id"])

    def end_refund(self, refund: str, result: str) -> None:
        """`succeeded` or `failed`."""
        self._post(f"refunds/{refund}", {"result": result})

    def end_debit(self, intent: str, result: str) -> None:
        """`succeeded` or `failed`."""
        self._post(f"intents/{intent}", {"result": result})

    def change_method(self, method: str, change: str, country: str | None = None) -> None:
        """`replaced`, `expired` or `detached`."""
        self._post(f"methods/{method}", {"change": change, "country": country})

    def deliver(self) -> int:
        """Send the webhooks that are due, and say how many that were."""
        return int(self._post("deliveries", {})["sent"])

    def webhooks(self) -> list[dict[str, Any]]:
        """The last deliveries and what came of them, at most 500."""
        return list(self._call("GET", "/v1/test/webhooks?limit=500")["data"])

    def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._call("POST", f"/v1/test/{path}", body)

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        content = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self._secret_key}"}
        request = urllib.request.Request(self._address + path, content, headers, method=method)  # noqa: S310
        try:
            with OPENER.open(request, timeout=DEADLINE_SECONDS) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as refused:
            raise SwitchRefused(json.load(refused)["error"]["message"]) from refused
