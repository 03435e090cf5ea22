"""Random journeys through the checkout with refused cards: the company hears of the token, and of nothing else.

Readers answer the question or don't, go back, choose anew, press Pay twice, send a token again, come with one that has
expired, accept warnings that were meant for others, and open pages in any order. Afterwards no row is there, and the
company was asked nothing that could reach a bank. The control is one reader whose card is allowed.
"""

import json
import random
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.measuring import asked_of, in_child
from benchmarks.places import environment

from . import countries
from .report import Report

JOURNEYS, VISITORS, SEED = 10_000, 50, 4
MOST_STEPS = 8
AT = f"/support/{countries.SLUG}/"
PAGES = (
    "",
    "card/",
    "warned/",
    "status/",
    "thanks/",
    "return/",
    "refused/",
    "ways/",
    "receipt/",
    "dates.ics",
)


def run(part: float = 1.0) -> Report:
    """All journeys, in a process of their own, on a database that vanishes."""
    with tempfile.TemporaryDirectory(prefix="mainstay-drill-") as name:
        told = environment(Path(name), f"sqlite:///{name}/drill.sqlite3")
        told["DJANGO_SETTINGS_MODULE"] = "drills.settings"
        answer = in_child("drills.policy", told, journeys=max(50, round(JOURNEYS * part)))
    return Report("policy", answer["counts"], answer["differences"])


def _in_the_child(journeys: int) -> dict[str, Any]:
    newsroom = countries.set_up()
    from mainstay.collection.models import Payment
    from mainstay.contributions.models import Contribution

    newsroom.country_rules.create(country="RU", state="refuse")
    newsroom.country_rules.create(country="KZ", state="warn")
    newsroom.strict_countries = True
    newsroom.save()
    company, seen = countries.company(), Counter[str]()
    for number in range(journeys):
        _journey(random.Random(SEED * 1_000_003 + number), number, seen)
    rows, calls = Contribution.objects.count(), company.asked.total()
    forms = len({_refusal(number) for number in range(VISITORS)})
    _control()
    paid = Payment.objects.count()
    checks = {
        f"{rows} rows were kept of refused journeys": rows == 0,
        f"the company was asked {calls} times after the token": calls == 0,
        "no journey ever came to the refusal": seen["refused"] > 0,
        f"the refusal had {forms} different forms": forms == 1,
        f"the allowed card made {paid} payments, so the drill would see nothing": paid == 1,
    }
    counts = {
        "journeys": journeys,
        "refused cards sent": seen["cards"],
        "refusals shown": seen["refused"],
        "calls after the token": calls,
        "rows kept": rows,
        "forms of the refusal, of 50 visitors": forms,
        "payments of the control": paid,
    }
    return {"counts": counts, "differences": [what for what, well in checks.items() if not well]}


def _journey(chance: random.Random, number: int, seen: Counter[str]) -> None:
    from django.test import Client

    browser = Client(REMOTE_ADDR=f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")
    tokens: list[str] = []
    _choose(browser, chance)
    for _step in range(chance.randint(2, MOST_STEPS)):
        act = chance.choice((_pay, _pay, _pay_twice, _send_again, None, None, None))
        other = chance.choice((_choose, _understand, _open))
        for answer in act(browser, chance, tokens, seen) if act else [other(browser, chance)]:
            seen["refused"] += answer.headers.get("Location", "").split("?")[0] == AT + "refused/"


def _choose(browser: Any, chance: random.Random) -> Any:
    fields = {
        "frequency": chance.choice(("once", "monthly", "annual")),
        "currency": "USD",
        **{f"amount_{name}": "500" for name in ("once", "monthly")},
        "amount_annual": "5000",
        "answer": chance.choice(("", "", "home", "ties")),
        "country": chance.choice(("RU", "KZ", "")),
        "for_another": chance.choice(("", "yes")),
    }
    return browser.post(AT, fields)


def _pay(browser: Any, chance: random.Random, tokens: list[str], seen: Counter[str]) -> list[Any]:
    country = chance.choice(("RU", "RU", "RU", countries.NOWHERE, "gone"))
    tokens.append(f"{country}.{chance.choice(('card', 'wallet'))}.{chance.getrandbits(40)}")
    seen["cards"] += 1
    return [_send(browser, tokens[-1])]


def _pay_twice(browser: Any, chance: random.Random, tokens: list[str], seen: Counter[str]) -> list[Any]:
    return [*_pay(browser, chance, tokens, seen), _send(browser, tokens[-1])]


def _send_again(browser: Any, chance: random.Random, tokens: list[str], seen: Counter[str]) -> list[Any]:
    return [_send(browser, chance.choice(tokens))] if tokens else []


def _send(browser: Any, token: str) -> Any:
    return browser.post(AT + "pay/", {"mark": _mark(browser), "token": token, "mail": "r@example.org"})


def _mark(browser: Any) -> str:
    """What the card page would have written into its form."""
    from types import SimpleNamespace

    from mainstay.newsrooms.models import newsroom_by_slug
    from mainstay.site.support import cookie

    kept = {name: morsel.value for name, morsel in browser.cookies.items()}
    checkout = cookie.read(SimpleNamespace(COOKIES=kept), newsroom_by_slug(countries.SLUG))  # type: ignore[arg-type]
    return checkout.mark if checkout else ""


def _understand(browser: Any, chance: random.Random) -> Any:
    return browser.post(AT + "warned/", {"frequency": chance.choice(("once", "monthly"))})


def _open(browser: Any, chance: random.Random) -> Any:
    return browser.get(AT + chance.choice(PAGES))


def _refusal(number: int) -> bytes:
    from django.test import Client

    told = {"User-Agent": f"Browser/{number}", "Referer": f"https://{number}.example/"}
    answer = Client(REMOTE_ADDR=f"192.0.2.{number}", headers=told).get(AT + "refused/")
    return bytes(answer.content) + str(sorted(answer.headers.items())).encode() + str(answer.cookies).encode()


def _control() -> None:
    from django.test import Client

    browser = Client()
    browser.post(AT, {"frequency": "once", "currency": "USD", "amount_once": "500"})
    _send(browser, "DE.card.1")


if __name__ == "__main__":
    print(json.dumps(_in_the_child(**asked_of())))
