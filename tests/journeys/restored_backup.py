"""The story of a lost database, told by a process of its own: a backup, six hours of business, and the backup put back.

`python -m tests.journeys.restored_backup <folder>` prints what came of it as JSON; `DATABASE_URL` names a SQLite file
in that folder. `test_restored_backup.py` reads it.
"""

import json
import os
import shutil
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django
import httpx

from mainstay.core.clock import FixedClock
from mainstay_sandbox.accounts import AccountKeys
from mainstay_sandbox.near import running_company
from mainstay_sandbox.store import Store

BEGINNING = datetime(2026, 2, 28, 12, tzinfo=UTC)
BACKUP = datetime(2026, 3, 27, 23, 30, tzinfo=UTC)
SHOP = AccountKeys("The Far Shore", "sk_shop", "rk_shop", "pk_shop")
APPROVED, UNKNOWN = "4242424242424242", "4000000000008880"


class House:
    """A newsroom with its worker, its payment company, and a file that can be copied and put back."""

    def __init__(self, folder: Path, address: str, store: Store, clock: FixedClock) -> None:
        from mainstay.newsrooms.found import Founding, found_newsroom
        from mainstay.newsrooms.models import ProcessorAccount
        from mainstay.sealing.keyring import KeyRing

        founding = Founding(
            slug="far-shore",
            name="The Far Shore",
            legal_name="Far Shore Press",
            statement_name="FARSHORE PRESS",
            site_url="http://127.0.0.1:8001/",
            mail_from="letters@farshore.example",
            sandbox=True,
        )
        self.folder, self.address, self.store, self.clock = folder, address, store, clock
        keys = folder / "keys"
        self.newsroom = found_newsroom(
            founding, keys_root=keys, passphrase="five quiet words here", today=BEGINNING.date()
        )
        self.account = ProcessorAccount.objects.create(
            newsroom=self.newsroom,
            processor="sandbox",
            label="Practice",
            settings={"address": address, "public_key": SHOP.publishable_key},
        )
        secrets = f'[accounts."{self.account.pk}"]\napi_key = "{SHOP.secret_key}"\n'
        Path(os.environ["MAINSTAY_SECRETS_FILE"]).write_text(secrets, encoding="utf-8")
        self.ring = KeyRing(keys)

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None, key: str = "") -> Any:
        """A call to the company, as its own pages make it."""
        headers = {
            "Authorization": f"Bearer {key or SHOP.secret_key}",
            "Idempotency-Key": os.urandom(8).hex(),
        }
        answer = httpx.request(method, self.address + path, json=body, headers=headers)
        answer.raise_for_status()
        return answer.json()

    def give(self, checkout: str, card: str = APPROVED, frequency: str = "monthly") -> None:
        """A reader gives five dollars."""
        from mainstay.collection.checkout import Draft, pay
        from mainstay.core.money import Money

        body = {"number": card, "exp_month": 12, "exp_year": 2040, "cvc": "123"}
        token = self.ask("POST", "/v1/tokens", body, SHOP.publishable_key)["id"]
        draft = Draft(frequency=frequency, amount=Money(500, "USD"), language="en")
        pay(self.newsroom, draft, checkout, token, "http://127.0.0.1/back", self.clock.now())

    def work(self) -> None:
        """A worker starts, works once, and is gone."""
        from mainstay.collection.reconcile import hold_after_outage
        from mainstay.collection.work import due_work
        from mainstay.jobs.heartbeat import beat, last_seen
        from mainstay.jobs.worker import Worker

        now = self.clock.now()
        hold_after_outage(last_seen(now), now)
        beat("worker-1", now)
        Worker(due_work(self.ring), self.clock, threads=1).run_once()

    def until(self, moment: datetime, step: timedelta) -> None:
        """Time goes by, the worker working."""
        while self.clock.moment < moment:
            self.clock.moment = min(moment, self.clock.moment + step)
            self.work()

    def charges(self) -> Counter[str]:
        """How often the company took money for each of our references."""
        rows = self.store.connection().execute("SELECT reference FROM intents WHERE status = 'succeeded'")
        return Counter(row["reference"] for row in rows)


def first_month(house: House) -> None:
    """Two monthly gifts, and one that is given once."""
    house.give("ada")
    house.give("bea")
    house.give("cas", frequency="once")
    house.until(BACKUP, timedelta(days=1))


def six_hours(house: House) -> None:
    """What the backup will not know: two renewals, new gifts, refunds, a payout, and one whose outcome is unknown."""
    from mainstay.collection.models import Payment
    from mainstay.collection.refunds import request_refund
    from mainstay.core.money import Money

    house.until(BACKUP + timedelta(hours=2), timedelta(minutes=30))
    house.give("dov")
    house.give("eli", frequency="once")
    once = Payment.objects.filter(frequency="once").order_by("day").first()
    assert once is not None
    request_refund(
        once, Money(200, "USD"), request_token="t", reason="", actor="harbour", now=house.clock.now()
    )
    house.until(BACKUP + timedelta(hours=5), timedelta(minutes=30))
    charge = house.ask("GET", "/v1/balance_lines")["data"][0]["source"]
    house.ask("POST", "/v1/refunds", {"charge": charge, "amount_minor": 100})
    house.ask("POST", "/v1/test/payouts", {"currency": "USD", "amount_minor": 300})
    house.clock.moment = BACKUP + timedelta(hours=6)
    house.give("fay", UNKNOWN)


@contextmanager
def forgetting(house: House, database: Path) -> Iterator[None]:
    """Copies the database, lets the block happen, and puts the copy back."""
    from django.db import connections

    connections.close_all()
    copy = house.folder / "copy.sqlite3"
    source, target = sqlite3.connect(database), sqlite3.connect(copy)
    source.backup(target)
    source.close()
    target.close()
    yield
    connections.close_all()
    for ending in ("-wal", "-shm"):
        Path(f"{database}{ending}").unlink(missing_ok=True)
    shutil.copyfile(copy, database)


def tell(house: House, expected: Counter[str]) -> dict[str, Any]:
    """What is true now."""
    from mainstay.collection.models import AccountCheck, Difference, Payment
    from mainstay.collection.verify.run import verify
    from mainstay.contributions.models import Contribution

    check = AccountCheck.objects.get()
    return {
        "problem": check.problem,
        "held": check.held,
        "charged_as_before": house.charges() == expected,
        "charged_once_each": set(house.charges().values()) == {1},
        "charges": house.charges().total(),
        "payments": Payment.objects.count(),
        "refunded_minor": sum(Payment.objects.values_list("refunded_minor", flat=True)),
        "paused": Contribution.objects.filter(state="paused").count(),
        "differences": sorted(Difference.objects.filter(state="open").values_list("kind", flat=True)),
        "faults": [fault for finding in verify() for fault in finding.faults],
    }


def story(folder: Path, database: Path) -> dict[str, Any]:
    """Everything, told at three moments: before the loss, after the first pass, and a month later."""
    clock = FixedClock(BEGINNING)
    with running_company(folder / "company.sqlite3", [SHOP], lambda: clock.moment.timestamp()) as (
        address,
        store,
    ):
        house = House(folder, address, store, clock)
        first_month(house)
        with forgetting(house, database):
            six_hours(house)
            house.until(BACKUP + timedelta(hours=6, minutes=10), timedelta(minutes=2))
            before, expected = tell(house, house.charges()), house.charges()
        house.clock.moment += timedelta(minutes=30)
        house.work()
        after = tell(house, expected)
        house.until(BACKUP + timedelta(days=33), timedelta(days=1))
        return {"before": before, "after": after, "a_month_later": tell(house, house.charges())}


def main(folder: Path) -> None:
    """Sets Django up and prints the story."""
    database = folder / "mainstay.sqlite3"
    os.environ["DATABASE_URL"] = f"sqlite:///{database}"
    os.environ["MAINSTAY_SECRETS_FILE"] = str(folder / "secrets.toml")
    os.environ["DJANGO_SETTINGS_MODULE"] = "mainstay.settings.test"
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    print(json.dumps(story(folder, database)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
