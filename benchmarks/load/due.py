"""Makes promises that are due today at the practice payment company, with a card that is saved there."""

import json
from typing import Any

import httpx

from benchmarks.measuring import asked_of
from benchmarks.places import PUBLIC_KEY, SECRET_KEY

from .promises import make_promises
from .world import make_world

CARD = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"}


def main() -> None:
    """Asked for `count` promises at the company whose address is `company`."""
    from mainstay.contributions.port import Method

    asked = asked_of()
    world = make_world(asked["company"])
    saved = _saved_card(asked["company"])
    method = Method(saved["customer"], saved["id"], saved["country"], "2040-12")
    make_promises(world, asked["count"], account=world.company, method=method)
    world.near.delete()  # No other process has that company.
    print(json.dumps({}))


def _saved_card(company: str) -> dict[str, Any]:
    with httpx.Client(base_url=company) as client:
        shown = {"Authorization": f"Bearer {PUBLIC_KEY}"}
        token = client.post("/v1/tokens", json=CARD, headers=shown).raise_for_status().json()["id"]
        shown = {"Authorization": f"Bearer {SECRET_KEY}", "Idempotency-Key": "the-card-of-all"}
        saved: dict[str, Any] = (
            client.post("/v1/methods", json={"token": token}, headers=shown).raise_for_status().json()
        )
    return saved


if __name__ == "__main__":
    main()
