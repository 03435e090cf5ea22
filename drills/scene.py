"""The newsroom that is drilled: founded in an empty database, with real keys and an account at the company."""

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import django
from django.core import signing

from .company import Shared
from .mailbox import FILE
from .side import drilled


class Moving(Protocol):
    """Something that holds the present moment, in seconds since 1970."""

    moment: float


SLUG = "far-shore"
PASSPHRASE = "five quiet words by the sea"
BEGUN = datetime(2026, 1, 31, 12, tzinfo=UTC)


def set_up(folder: Path, shared: Shared, database_url: str) -> None:
    """Makes this process the program: Django's settings, and one clock for everything that asks it."""
    os.environ["DATABASE_URL"] = database_url
    os.environ["DJANGO_SETTINGS_MODULE"] = "drills.settings"
    os.environ["MAINSTAY_STATE"] = str(folder)
    os.environ["MAINSTAY_KEYS"] = str(folder / "keys")
    os.environ["MAINSTAY_SECRETS_FILE"] = str(folder / "secrets.toml")
    os.environ[FILE] = str(folder / "mails")
    django.setup()
    one_clock(shared)


def one_clock(shared: Moving) -> None:
    """From now on the program, and Django's signatures with it, ask `shared` for the time."""
    from mainstay.core.clock import SystemClock

    class Signing:
        """What Django's signatures take for the module `time`: cookies age with the drill."""

        @staticmethod
        def time() -> float:
            return shared.moment

    SystemClock.now = lambda self: datetime.fromtimestamp(shared.moment, UTC)  # type: ignore[method-assign]
    signing.time = Signing  # type: ignore[attr-defined]


@dataclass
class Scene:
    """What a story is told with. `errors` are the names of errors that the program logged."""

    shared: Shared
    folder: Path
    ring: Any
    errors: list[str] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """The moment, for the program and for the company."""
        return datetime.fromtimestamp(self.shared.moment, UTC)

    def pass_time(self, wait: timedelta) -> None:
        """Moves all clocks on."""
        self.shared.moment += wait.total_seconds()

    def work(self, *, money_alone: bool = False) -> None:
        """One pass of the worker, one thing at a time: all that it does, or what moves money and tells of it."""
        from mainstay.cli.works import all_work
        from mainstay.collection.work import due_work as collection_work
        from mainstay.core.clock import clock
        from mainstay.jobs.worker import Worker
        from mainstay.letters.work import due_work as letters_work

        money = [*collection_work(self.ring), *letters_work(self.ring)]
        Worker(money if money_alone else all_work(self.ring), clock, threads=1).run_once()


def found(company_address: str) -> None:
    """Founds the newsroom in the database that is in use, which is empty."""
    from django.conf import settings
    from django.core.management import call_command

    from mainstay.newsrooms.found import Founding, found_newsroom

    call_command("migrate", interactive=False, verbosity=0)
    founding = Founding(
        slug=SLUG,
        name="The Far Shore",
        legal_name="Far Shore Press",
        statement_name="FARSHORE PRESS",
        site_url="http://127.0.0.1/",
        mail_from="letters@farshore.example",
        sandbox=True,
    )
    newsroom = found_newsroom(
        founding, keys_root=Path(settings.MAINSTAY_KEYS), passphrase=PASSPHRASE, today=BEGUN.date()
    )
    side = drilled()
    account = newsroom.processor_accounts.create(
        processor=side.processor, label="Practice", settings=side.settings(company_address)
    )
    lines = [f'[accounts."{account.pk}"]']
    lines += [f"{name} = {json.dumps(value)}" for name, value in side.secrets.items()]
    Path(settings.MAINSTAY_SECRETS_FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")


def unlocked_ring() -> Any:
    """What an unlocked worker holds."""
    from django.conf import settings

    from mainstay.sealing.keyring import KeyRing

    ring = KeyRing(Path(settings.MAINSTAY_KEYS))
    ring.unlock(SLUG, PASSPHRASE)
    ring.collection_key(SLUG)
    return ring


class _Errors(logging.Handler):
    """Keeps the names of errors that the program logs, instead of printing them."""

    def __init__(self, kept: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._kept = kept

    def emit(self, record: logging.LogRecord) -> None:
        """One logged error."""
        name = record.exc_info[1] if record.exc_info else ""
        self._kept.append(f"{record.getMessage()}: {name!r}"[:300])


@contextmanager
def listening(kept: list[str]) -> Iterator[None]:
    """Errors that the program logs in this block go into `kept`."""
    log = logging.getLogger("mainstay")
    usual, log.handlers = log.handlers, [_Errors(kept)]
    try:
        yield
    finally:
        log.handlers = usual
