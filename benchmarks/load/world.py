"""A newsroom with keys and two accounts: the practice payment company, and the one in this process."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from benchmarks.places import NEWSROOM, PUBLIC_KEY, SECRET_KEY, WEBHOOK_SECRET


@dataclass(frozen=True)
class World:
    """What the loads work on. Rows are Django's, hence untyped here: Django is set up only when this is made."""

    newsroom: Any
    company: Any
    near: Any
    ring: Any

    def use(self, account: Any) -> None:
        """New gifts go to this account."""
        self.newsroom.processor_accounts.update(active=False)
        self.newsroom.processor_accounts.filter(pk=account.pk).update(active=True)


def make_world(company_address: str) -> World:
    """Migrates an empty database and founds the newsroom in it."""
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    from mainstay.processors.registry import adapters
    from mainstay.sealing.keyring import KeyRing

    from . import near_company

    adapters()["near"] = near_company
    newsroom = _found()
    company = newsroom.processor_accounts.create(
        processor="sandbox",
        label="Practice payments",
        settings={"address": company_address, "public_key": PUBLIC_KEY},
    )
    near = newsroom.processor_accounts.create(processor="near", label="Near", active=False)
    _write_secrets(company, near)
    return World(newsroom, company, near, KeyRing(Path(settings.MAINSTAY_KEYS)))


def _found() -> Any:
    from mainstay.core.clock import clock
    from mainstay.newsrooms.found import Founding, found_newsroom

    founding = Founding(
        slug=NEWSROOM,
        name="The Far Shore",
        legal_name="Far Shore Press",
        statement_name="FARSHORE PRESS",
        site_url="http://127.0.0.1/",
        mail_from="letters@farshore.example",
        languages=("en", "ru", "ar"),
        sandbox=True,
    )
    return found_newsroom(
        founding,
        keys_root=Path(settings.MAINSTAY_KEYS),
        passphrase="five quiet words by the sea",
        today=clock.now().date(),
    )


def _write_secrets(*accounts: Any) -> None:
    told = f'api_key = "{SECRET_KEY}"\nwebhook_secrets = ["{WEBHOOK_SECRET}"]\n'
    entries = [f'[accounts."{account.pk}"]\n{told}' for account in accounts]
    Path(settings.MAINSTAY_SECRETS_FILE).write_text("\n".join(entries), encoding="utf-8")


def database_facts() -> dict[str, str]:
    """The database's version, and what it promises about a commit."""
    questions = {"sqlite": ("SELECT sqlite_version()", "PRAGMA journal_mode", "PRAGMA synchronous")}
    asked = questions.get(connection.vendor, ("SHOW server_version", "SHOW fsync", "SHOW synchronous_commit"))
    with connection.cursor() as cursor:
        answers = [str(cursor.execute(question) and cursor.fetchone()[0]) for question in asked]
    return {"version": answers[0], **{q.split()[-1]: a for q, a in zip(asked[1:], answers[1:], strict=True)}}
