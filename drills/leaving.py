"""What the leave drill asks of a house from inside: fill it, keep writing to it, tell its books, look for people in it.

Each is one process with the house's settings: `python -m drills.leaving '{"do": "fill", "people": 200}'`.
"""

import base64
import json
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

from benchmarks.measuring import asked_of

SLUG, PASSPHRASE, PASSWORD = "far-shore", "five quiet words by the sea", "a long enough password"
ADMINS = ("admin-1", "admin-2")
PLANTED = "quiet-heron"


def mail_of(number: int) -> str:
    """The planted address of one supporter: a word that is nowhere else."""
    return f"{PLANTED}-{number:04}@planted-{number * 7919 % 10_007:05}.example"


def fill(people: int) -> dict[str, Any]:
    """A newsroom with so many supporters: addresses, cards, payments, books, reminders, letters that wait."""
    from django.conf import settings

    from mainstay.core.clock import clock
    from mainstay.newsrooms.found import Founding, found_newsroom, make_staff

    founding = Founding(
        slug=SLUG,
        name="The Far Shore",
        legal_name="Far Shore Press",
        statement_name="FARSHORE PRESS",
        site_url="https://farshore.example/",
        mail_from="letters@farshore.example",
    )
    today = clock.now().date()
    root = Path(settings.MAINSTAY_KEYS)
    newsroom = found_newsroom(
        founding, keys_root=root, passphrase=PASSPHRASE, today=today - timedelta(days=40)
    )
    for pseudonym in ADMINS:
        make_staff(pseudonym, PASSWORD, newsroom, "admin")
    newsroom.processor_accounts.create(processor="sandbox", label="Practice", currencies=newsroom.currencies)
    for number in range(people):
        _support(newsroom, number)
    return {"people": people}


def _support(newsroom: Any, number: int) -> None:
    from django.db import transaction

    from mainstay.audit.log import record
    from mainstay.collection.sealed import seal_mail
    from mainstay.core.clock import clock
    from mainstay.core.ids import code_hash, new_code
    from mainstay.core.money import Money
    from mainstay.ledger.post import post
    from mainstay.letters.outbox import queue
    from mainstay.newsrooms.models import PublicKey, sealing_key
    from mainstay.sealing.boxes import seal
    from mainstay.supporters.reminders import request_reminder

    now = clock.now()
    today, account = newsroom.today(now), newsroom.processor_accounts.get()
    with transaction.atomic():
        mail = seal_mail(newsroom, mail_of(number))
        newsroom.contributions.create(
            account=account,
            frequency="monthly",
            amount_minor=500 + number,
            currency="USD",
            language="en",
            started_on=today,
            code_hash=code_hash(new_code()),
            mail_sealed=mail,
            method_sealed=seal(
                sealing_key(newsroom.pk, PublicKey.Kind.COLLECTION), {"token": f"tok_{number}"}
            ),
        )
        money = Money(500 + number, ("USD", "EUR", "JPY")[number % 3])
        post(newsroom, "income:spring", f"processor:{account.pk}", money, f"payment:drill-{number}", today)
        queue(
            kind="stopped",
            newsroom=newsroom,
            language="en",
            dedupe_key=f"drill-{number}",
            recipient_sealed=mail,
            payload={},
            day=today,
            now=now,
        )
        record(
            "contribution.stopped", actor=ADMINS[0], day=today, newsroom_id=newsroom.pk, subject=str(number)
        )
    request_reminder(newsroom, mail_of(number), "monthly", Money(500, "USD"), "en", now)


def keep_writing(seconds: float) -> dict[str, Any]:
    """More supporters, one after another, while a backup is made: each is one commit with its money."""
    from mainstay.newsrooms.models import newsroom_by_slug

    newsroom, number, end = newsroom_by_slug(SLUG), 5_000, time.monotonic() + seconds
    while time.monotonic() < end:
        _support(newsroom, number)
        number += 1
    return {"written": number - 5_000}


def remind(people: int) -> dict[str, Any]:
    """New month keys at the new place, and a reminder for everybody."""
    from django.conf import settings

    from mainstay.core.clock import clock
    from mainstay.core.money import Money
    from mainstay.newsrooms.found import make_month_keys
    from mainstay.newsrooms.models import newsroom_by_slug
    from mainstay.sealing.keyfiles import KeyFolder
    from mainstay.supporters.reminders import request_reminder

    newsroom, now = newsroom_by_slug(SLUG), clock.now()
    make_month_keys(newsroom, KeyFolder(Path(settings.MAINSTAY_KEYS), SLUG), newsroom.today(now))
    for number in range(people):
        request_reminder(newsroom, mail_of(number), "monthly", Money(500, "USD"), "en", now)
    return {"reminders": people}


def books() -> dict[str, Any]:
    """The house's figures, as a move compares them; nothing that a restore itself writes."""
    from mainstay.moving.figures import all_figures

    figures = all_figures()
    return {"books": figures["books"], "contributions": figures["counts"]["contributions.Contribution"]}


def look(people: int) -> dict[str, Any]:
    """How many planted addresses somebody finds who has the house's whole folder, and how many with the passphrase."""
    from django.conf import settings

    keys = Path(settings.MAINSTAY_KEYS)
    files = {path: path.read_bytes() for path in settings.STATE.rglob("*") if path.is_file()}
    planted = {mail_of(number) for number in range(people)}
    in_clear = {
        mail for mail in planted if any(form in data for data in files.values() for form in forms(mail))
    }
    opened = _opened_with(list(_keys_in(files))) & planted
    return {
        "in clear": len(in_clear),
        "opened": len(opened),
        "with the passphrase": len(_opened_with(_unlocked(keys)) & planted),
        "files": len(files),
    }


def forms(word: str) -> Iterator[bytes]:
    """The forms in which a word may lie in a file."""
    for text in (word, word.casefold(), word[::-1]):
        for data in (text.encode(), text.encode("utf-16-le")):
            yield data
            yield data.hex().encode()
            yield base64.b64encode(data).rstrip(b"=")[:-1]


def _keys_in(files: dict[Path, bytes]) -> Iterator[bytes]:
    """What may be a private key: each file of 32 bytes."""
    yield from (data for data in files.values() if len(data) == 32)


def _unlocked(keys: Path) -> list[bytes]:
    from mainstay.core.errors import MainstayError
    from mainstay.sealing.boxes import private_keys
    from mainstay.sealing.keyfiles import KeyFolder

    try:
        return private_keys(KeyFolder(keys, SLUG).people_key(PASSPHRASE))
    except MainstayError:
        return []


def _opened_with(private: list[bytes]) -> set[str]:
    """Every address in any sealed value of the database that one of these keys opens."""
    from uuid import UUID

    from mainstay.sealing.boxes import CannotOpen, open_sealed
    from mainstay.vault.rotation import sealed_fields

    found = set()
    for model, name in sealed_fields():
        for value in model._default_manager.exclude(**{name: None}).values_list(name, flat=True):
            for key in private:
                try:
                    opened = open_sealed(key, UUID(bytes=bytes(value)[1:17]), bytes(value))
                except CannotOpen:
                    continue
                found.add(str(opened.get("mail", "")))
    return found


def tidy() -> dict[str, Any]:
    """The database's own files hold only what it still holds."""
    from django.db import connection

    if connection.vendor == "sqlite":
        with sqlite3.connect(connection.settings_dict["NAME"]) as link:
            link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return {}


ACTS: dict[str, Callable[..., dict[str, Any]]] = {
    "fill": fill,
    "keep_writing": keep_writing,
    "remind": remind,
    "books": books,
    "look": look,
    "tidy": tidy,
}

if __name__ == "__main__":
    django.setup()
    asked = asked_of()
    print(json.dumps(ACTS[asked.pop("do")](**asked)))
    sys.exit(0)
