"""Stripe's adapter before the practice company, which speaks Stripe's protocol here."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stripe import WebhookSignature

from mainstay.contributions.port import AccountConfig
from mainstay.processors.stripe.adapter import Stripe, make
from mainstay_sandbox.near import running_company
from mainstay_sandbox.store import Store
from mainstay_sandbox.stripe_face import StripeFace
from tests.contract.practice import DEADLINE_SECONDS, HASTY_SECONDS, KEYS, START, Clock, PracticeBench
from tests.contract.shapes.stripe import expect_shapes

SECRET = "whsec_contract"


@dataclass
class StripeBench(PracticeBench):
    """The practice company with Stripe's face."""

    faces: list[StripeFace] = field(default_factory=list)

    @property
    def face(self) -> StripeFace:
        """The side that Stripe's library talks to."""
        return self.faces[0]

    def heard(self) -> list[str]:
        """Every request in Stripe's protocol."""
        return [f"{one.method} {one.path}" for one in self.face.heard]

    def webhook(self, object_id: str) -> tuple[dict[str, str], bytes, object]:
        """As Stripe sends and signs it."""
        about = {"object": "payment_intent", "id": object_id}
        event = {
            "id": "evt_1",
            "object": "event",
            "type": "payment_intent.succeeded",
            "data": {"object": about},
        }
        text = json.dumps(event)
        header = WebhookSignature.generate_signature_header(text, SECRET, START)
        return {"stripe-signature": header}, text.encode(), datetime.fromtimestamp(START, UTC)


def adapter(address: str, api_key: str = KEYS.secret_key, **more: Any) -> Stripe:
    """The adapter of the account."""
    settings = {"address": address, "public_key": "pk_contract", "deadline_seconds": DEADLINE_SECONDS, **more}
    made = make(AccountConfig(settings, {"api_key": api_key, "webhook_secrets": ["whsec_old", SECRET]}))
    assert isinstance(made, Stripe)
    return made


@contextmanager
def bench(folder: Path) -> Iterator[StripeBench]:
    """A running company with Stripe's face, and the adapter. In the end, the shape of each request is checked."""
    clock, file = Clock(), folder / "company.sqlite3"
    faces: list[StripeFace] = []

    def application(store: Store, machine_clock: Callable[[], float]) -> StripeFace:
        faces.append(StripeFace(store, machine_clock))
        return faces[0]

    with running_company(file, [KEYS], clock, application) as (address, _store):
        hasty = adapter(address, deadline_seconds=HASTY_SECONDS)
        yield StripeBench(adapter(address), hasty, address, file, clock, adapter, faces=faces)
        expect_shapes(faces[0].heard)
