"""First payments as the web process makes them, in four threads: with the company over HTTP, and with one in here."""

import json
from collections.abc import Sequence
from typing import Any

import httpx

from benchmarks.measuring import LoadFailed, asked_of, beside, taken_by
from benchmarks.places import PUBLIC_KEY

from .floor import bare_sql, counting, in_threads
from .world import World, database_facts, make_world

THREADS = 4
WARM_UP = 20
CARD = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2039, "cvc": "123"}


def main() -> None:
    """Measures and prints one line of JSON."""
    asked = asked_of()
    world = make_world(asked["company"])
    count: int = asked["count"]
    near = _near(world, count)
    far = _far(world, asked["company"], count)
    print(json.dumps({"database": database_facts(), "our_own_part": near, "with_the_company_over_http": far}))


def _near(world: World, count: int) -> dict[str, Any]:
    world.use(world.near)
    with counting() as counted:
        for _turn in range(WARM_UP):
            _pay(world, "tok_near")
    commits, writes = counted.commits / WARM_UP, counted.writes / WARM_UP
    ours = _rates(world, ["tok_near"] * count)
    floor = bare_sql(count, commits, writes, THREADS)
    return {"commits_each": commits, "statements_that_write_each": writes, **beside(ours, floor)}


def _far(world: World, address: str, count: int) -> dict[str, Any]:
    world.use(world.company)
    _rates(world, _tokens(address, WARM_UP))
    ours = _rates(world, _tokens(address, count))
    return beside(ours, _company_alone(world, _tokens(address, count)))


def _rates(world: World, tokens: Sequence[str]) -> dict[str, float]:
    taken = taken_by(lambda: in_threads(lambda token: _pay(world, token), tokens, THREADS))
    return taken.rates(len(tokens), "checkouts")


def _pay(world: World, token: str) -> None:
    from mainstay.collection.checkout import Draft, Step, pay
    from mainstay.core.clock import clock
    from mainstay.core.ids import new_checkout_key
    from mainstay.core.money import Money

    draft = Draft(frequency="monthly", amount=Money(500, "USD"), language="en", mail="reader@letters.example")
    progress = pay(world.newsroom, draft, new_checkout_key(), token, "http://127.0.0.1/", clock.now())
    if progress.step != Step.PAID:
        raise LoadFailed(f"A checkout ended as {progress.step}.")


def _company_alone(world: World, tokens: Sequence[str]) -> dict[str, float]:
    """The same three calls, and nothing of ours around them."""
    from mainstay.contributions.port import Order, Source
    from mainstay.core.money import Money
    from mainstay.processors.registry import adapter_for

    adapter = adapter_for(world.company)

    def calls(token: str) -> None:
        adapter.read_token(token)
        order = Order(Money(500, "USD"), f"alone:{token}", {}, save_method=True)
        made = adapter.prepare(order, f"alone:{token}")
        adapter.execute(made.remote_id, Source(token=token), f"pay:{token}", "http://127.0.0.1/", True)

    return taken_by(lambda: in_threads(calls, tokens, THREADS)).rates(len(tokens), "same_calls_alone")


def _tokens(address: str, count: int) -> list[str]:
    """Tokens, as the card page gets them."""
    with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {PUBLIC_KEY}"}) as browser:
        return [str(browser.post("/v1/tokens", json=CARD).json()["id"]) for _turn in range(count)]


if __name__ == "__main__":
    main()
