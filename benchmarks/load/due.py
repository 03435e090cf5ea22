"""Makes promises that are due today at the practice payment company, with a card that is saved there."""

import json
from typing import TYPE_CHECKING

import httpx

from benchmarks.measuring import asked_of
from benchmarks.places import PUBLIC_KEY

from .promises import make_promises
from .world import make_world

if TYPE_CHECKING:
    from mainstay.contributions.port import Method
    from mainstay.newsrooms.models import ProcessorAccount

BACK = "http://127.0.0.1/back"
CARD = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"}


def main() -> None:
    """Asked for `count` promises at the company whose address is `company`."""
    asked = asked_of()
    world = make_world(asked["company"])
    method = _saved_card(asked["company"], world.company)
    make_promises(world, asked["count"], account=world.company, method=method)
    world.near.delete()  # No other process has that company.
    print(json.dumps({}))


def _saved_card(address: str, account: "ProcessorAccount") -> "Method":
    from mainstay.processors.registry import adapter_for

    shown = {"Authorization": f"Bearer {PUBLIC_KEY}"}
    typed = httpx.post(f"{address}/v1/tokens", json=CARD, headers=shown).raise_for_status()
    saved = adapter_for(account).save_method(typed.json()["id"], "the-card-of-all", BACK).method
    assert saved is not None
    return saved


if __name__ == "__main__":
    main()
