"""The practice company in its own protocol."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from mainstay.contributions.port import AccountConfig
from mainstay.processors.sandbox.adapter import Sandbox, make
from mainstay_sandbox.near import running_company
from mainstay_sandbox.webhooks import sign
from tests.contract.practice import DEADLINE_SECONDS, HASTY_SECONDS, KEYS, START, Clock, PracticeBench

SECRET = "contract"


class SandboxBench(PracticeBench):
    """The practice company."""

    def heard(self) -> list[str]:
        """From the company's own list of calls, without those of browsers and of this bench."""
        rows = self.processor._page("/v1/calls?limit=500")["data"]  # type: ignore[attr-defined]
        calls = [f"{row['method']} {row['path']}" for row in rows]
        return [call for call in calls if call != "POST /v1/tokens" and "/v1/test/" not in call]

    def webhook(self, object_id: str) -> tuple[dict[str, str], bytes, object]:
        """As the company sends it."""
        event = {"id": "evt_1", "type": "intent.succeeded", "object": {"kind": "intent", "id": object_id}}
        body = json.dumps(event).encode()
        return {"sandbox-signature": sign([SECRET], START, body)}, body, datetime.fromtimestamp(START, UTC)


def adapter(address: str, deadline_seconds: float = DEADLINE_SECONDS) -> Sandbox:
    """The adapter of the account."""
    settings = {"address": address, "public_key": KEYS.publishable_key, "deadline_seconds": deadline_seconds}
    made = make(AccountConfig(settings, {"api_key": KEYS.secret_key, "webhook_secrets": [SECRET]}))
    assert isinstance(made, Sandbox)
    return made


@contextmanager
def bench(folder: Path) -> Iterator[SandboxBench]:
    """A running company and its adapter."""
    clock, file = Clock(), folder / "company.sqlite3"
    with running_company(file, [KEYS], clock) as (address, _store):
        hasty = adapter(address, HASTY_SECONDS)
        yield SandboxBench(adapter(address), hasty, address, file, clock, adapter)
