"""A newsroom with real keys and the practice payment company behind the port, for this room's tests."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from mainstay.collection.work import COMPARING, due_work
from mainstay.contributions.models import Contribution
from mainstay.core.clock import FixedClock
from mainstay.core.ids import new_checkout_key
from mainstay.core.money import Money
from mainstay.jobs.worker import Worker
from mainstay.ledger.models import Transfer
from mainstay.ledger.post import balance, processor_code
from mainstay.newsrooms.models import CountryRule, Newsroom, ProcessorAccount
from mainstay.processors import registry
from mainstay.processors.bank import adapter as bank_adapter
from mainstay.processors.bank.example_statement import IBAN, Entry, camt
from mainstay.processors.debit import adapter as debit_adapter
from mainstay.processors.debit.holder import Holder
from mainstay.processors.registry import forget_adapters
from mainstay.sealing.keyring import KeyRing
from mainstay_sandbox.conftest import CLIENT, SHOP, Company

from . import bank_import, debit_files
from .bank_models import BankLine
from .checkout import Draft, Progress, Step, pay
from .debit_models import Debit, DebitFile
from .debit_signing import sign
from .example_processor import Memory

READER = "FR7630006000011234567890189"
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


class Time:
    """What a story's days do: they pass, and a worker works."""

    clock: FixedClock
    work: Callable[[], int]

    def days(self, count: int, every: int = 1) -> None:
        """Lets days go by, the worker working on each, or on one in so many and on the last."""
        for day in range(1, count + 1):
            self.clock.moment += timedelta(days=1)
            if day % every == 0 or day == count:
                self.work()

    def quiet_days(self, count: int) -> None:
        """Lets days go by in which nothing falls due; the worker works once, at their end."""
        self.clock.moment += timedelta(days=count)
        self.work()

    def later(self, **passed: float) -> None:
        """Lets time go by, then the worker works once."""
        self.clock.moment += timedelta(**passed)
        self.work()


@dataclass
class World(Time):
    """Everything one story needs."""

    newsroom: Newsroom
    account: ProcessorAccount
    company: Company
    ring: KeyRing
    clock: FixedClock

    def token(self, number: str) -> str:
        """A card number exchanged for a token, as a browser does it."""
        return self.company.token(number, exp_year=2040)

    def pay(self, number: str, key: str = "", **changes: Any) -> tuple[str, Progress]:
        """Pays with a practice card; returns the checkout key and where the checkout stands."""
        key = key or new_checkout_key()
        fields = {"frequency": "monthly", "amount": Money(500, "USD"), "language": "en", **changes}
        progress = pay(
            self.newsroom, Draft(**fields), key, self.token(number), "http://127.0.0.1/back", self.clock.now()
        )
        return key, progress

    def calls(self) -> list[dict[str, Any]]:
        """What the company was asked, oldest first."""
        return list(self.company.get("/v1/calls?limit=500").json()["data"])

    def answer_at_bank(self, url: str, button: str) -> None:
        """Presses a button on the bank's page."""
        CLIENT.post(url, data={"result": button})

    def work(self) -> int:
        """One pass of the worker's money work, in this thread."""
        return Worker(due_work(self.ring), self.clock, threads=1).run_once()


@pytest.fixture
def world(
    newsroom: Newsroom, ring: KeyRing, sandbox: Company, tmp_path: Path, settings: Any
) -> Iterator[World]:
    """The Far Shore, with an account at the practice company; cards from RU are refused, from KZ warned about."""
    account = ProcessorAccount.objects.create(
        newsroom=newsroom,
        processor="sandbox",
        label="Practice",
        settings={"address": sandbox.address, "public_key": SHOP.publishable_key},
    )
    for country, state in (("RU", "refuse"), ("KZ", "warn")):
        CountryRule.objects.create(newsroom=newsroom, country=country, state=state)
    secrets = tmp_path / "secrets.toml"
    secrets.write_text(f'[accounts."{account.pk}"]\napi_key = "{SHOP.secret_key}"\n', encoding="utf-8")
    settings.MAINSTAY_SECRETS_FILE = str(secrets)
    forget_adapters()
    yield World(newsroom, account, sandbox, ring, FixedClock(NOW))
    forget_adapters()


@dataclass
class Story(Time):
    """A newsroom whose processor is in memory: whatever a test wants to happen there happens."""

    newsroom: Newsroom
    account: ProcessorAccount
    processor: Memory
    ring: KeyRing
    clock: FixedClock

    @property
    def now(self) -> datetime:
        """The machine clock."""
        return self.clock.now()

    def give(self, key: str = "", **changes: Any) -> Progress:
        """A reader gives; monthly 5 dollars unless told otherwise."""
        fields = {"frequency": "monthly", "amount": Money(500, "USD"), "language": "en", **changes}
        key = key or new_checkout_key()
        return pay(self.newsroom, Draft(**fields), key, "tok", "http://127.0.0.1/back", self.now)

    def work(self) -> int:
        """One pass of the worker's money work, in this thread. Books are compared elsewhere: this company has none."""
        works = [work for work in due_work(self.ring) if work.name != COMPARING]
        return Worker(works, self.clock, threads=1).run_once()


@pytest.fixture
def story(
    newsroom: Newsroom, ring: KeyRing, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Story]:
    """The Far Shore with a processor in memory."""
    processor = Memory()
    account = ProcessorAccount.objects.create(newsroom=newsroom, processor="memory", label="Memory")
    for country, state in (("RU", "refuse"), ("KZ", "warn")):
        CountryRule.objects.create(newsroom=newsroom, country=country, state=state)
    secrets = tmp_path / "secrets.toml"
    secrets.write_text(f'[accounts."{account.pk}"]\napi_key = "sk"\n', encoding="utf-8")
    settings.MAINSTAY_SECRETS_FILE = str(secrets)
    monkeypatch.setattr(registry, "adapters", lambda: {"memory": processor})
    forget_adapters()
    yield Story(newsroom, account, processor, ring, FixedClock(NOW))
    forget_adapters()


@pytest.fixture
def books_can_go(transactional_db: None) -> Iterator[None]:
    """For a test with threads, which needs real commits: the ledger refuses to be emptied, and here it must be."""
    yield
    triggers = import_module("mainstay.ledger.migrations.0002_append_only")
    with connection.schema_editor() as editor:
        triggers.backwards(apps, editor)
    Transfer.objects.all().delete()
    with connection.schema_editor() as editor:
        triggers.forwards(apps, editor)


@dataclass
class Till:
    """A newsroom that collects debits, with its people key unlocked."""

    story: Story
    account: ProcessorAccount
    bank: ProcessorAccount
    people_key: bytes

    def sign(self, iban: str = READER, key: str = "", **changes: Any) -> tuple[str, Progress]:
        """A reader signs; monthly five euros unless told otherwise."""
        key = key or new_checkout_key()
        fields: dict[str, Any] = {"frequency": "monthly", "amount": Money(500, "EUR"), "language": "en"}
        draft = Draft(**fields | changes, way=str(self.account.pk))
        return key, sign(self.story.newsroom, draft, key, Holder("Ada Reader", iban), self.story.now)

    def promise(self, **changes: Any) -> Contribution:
        """The promise that came of it."""
        progress = self.sign(**changes)[1]
        assert progress.step == Step.PENDING
        assert progress.contribution is not None
        return progress.contribution

    def file(self) -> DebitFile:
        """A file with what waits."""
        return debit_files.make_file(self.account, actor="finance", now=self.story.now)

    def content(self, file: DebitFile) -> bytes:
        """Its bytes, as the worker makes them."""
        file.refresh_from_db()
        return debit_files.file_content(file, self.people_key, self.story.now)

    def send(self) -> Debit:
        """A file that was taken to the bank; its last debit."""
        file = self.file()
        self.content(file)
        debit_files.mark_sent(file)
        debit = file.debits.order_by("pk").last()
        assert debit is not None
        return debit

    def book(self, *entries: Entry) -> list[BankLine]:
        """Reads a statement with these entries in and books it."""
        statement = bank_import.read_statement(self.bank, camt(*entries), actor="finance", now=self.story.now)
        bank_import.confirm(statement, [], now=self.story.now)
        return list(statement.lines.order_by("day", "outgoing", "pk"))

    def collected(self) -> Debit:
        """A debit that came in."""
        debit = self.send()
        self.book(Entry(end_to_end=debit.reference, bank_ref="in"))
        return debit

    def held(self, code: str) -> int:
        """What an account of the ledger holds, in cents."""
        return balance(self.story.newsroom, "EUR", code).minor

    @property
    def in_bank(self) -> int:
        """What debits brought in."""
        return self.held(processor_code(self.account.pk))


@pytest.fixture
def till(story: Story, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Till:
    """The Far Shore with one account number, for transfers and for debits."""
    settings_of = {"name": "Far Shore Press", "iban": IBAN}
    bank, debit = (
        ProcessorAccount.objects.create(
            newsroom=story.newsroom, processor=name, label=name, settings=settings_of | more
        )
        for name, more in (("bank", {}), ("debit", {"creditor_id": "DE98ZZZ09999999999"}))
    )
    found = {"memory": story.processor, "bank": bank_adapter, "debit": debit_adapter}
    monkeypatch.setattr(registry, "adapters", lambda: found)
    secrets = tmp_path / "secrets.toml"
    sections = "".join(f'[accounts."{row.pk}"]\n' for row in (bank, debit))
    secrets.write_text(secrets.read_text(encoding="utf-8") + sections, encoding="utf-8")
    registry.forget_adapters()
    people_key = story.ring.people_key(story.newsroom.slug)
    assert people_key is not None
    return Till(story, debit, bank, people_key)


def outcome(row: Contribution) -> tuple[str, str]:
    """How a promise and its newest installment stand."""
    row.refresh_from_db()
    return row.state, row.installments.order_by("-number").first().state  # type: ignore[union-attr]
