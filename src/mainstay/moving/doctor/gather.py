"""Finding the facts out: files, the database, the payment companies, the name system, another machine's clock."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from mainstay.collection.sealed import read_method, seal_method
from mainstay.contributions.port import Method
from mainstay.core.errors import MainstayError, WrongSettings
from mainstay.jobs.heartbeat import locked_everywhere, workers_there
from mainstay.letters.send import domain_of
from mainstay.moving.models import CheckUp
from mainstay.newsrooms.countries import review_is_due, rules_of
from mainstay.newsrooms.keys import expiring
from mainstay.newsrooms.models import Newsroom, ProcessorAccount, PublicKey, Role
from mainstay.processors.check_up import AccountFacts, look_at
from mainstay.sealing.keyring import KeyRing

from .facts import Account, Facts
from .mail import Ask, records_of

SECONDS = 5.0
BACKUPS = "*.age"


def gather(
    newsroom: Newsroom,
    *,
    keys_root: Path,
    now: datetime,
    ask: Ask,
    web_secrets: Path | None = None,
    backups: Path | None = None,
) -> Facts:
    """Everything that can be found out from the worker's place. `ask` asks the name system,
    `web_secrets` is the web process's file.

    Raises `WrongSettings` when that file can't be read.
    """
    today, soon = newsroom.today(now), expiring(newsroom, newsroom.today(now))
    domain = domain_of(newsroom.letters_from)
    checked = CheckUp.objects.filter(newsroom=newsroom).first()
    return Facts(
        today=today,
        sandbox=newsroom.sandbox,
        address=settings.PUBLIC_URL,
        legal_name=newsroom.legal_name,
        statement_name=newsroom.statement_name,
        newsroom_words=_words(newsroom),
        currencies=tuple(newsroom.currencies),
        accounts=_accounts(newsroom, _web(web_secrets)),
        key_opens=_key_opens(newsroom, keys_root),
        alarms_go_somewhere=bool(settings.MAINSTAY_ALARM_MAIL or settings.MAINSTAY_ALARM_WEBHOOK),
        admins=Role.objects.filter(newsroom=newsroom, kind=Role.Kind.ADMIN, staff__is_active=True).count(),
        worker_there=workers_there(now) > 0,
        locked=locked_everywhere(now),
        keys_expire_on=soon[0].day if soon else None,
        clock_off_seconds=_clock_off(newsroom.site_url, now),
        mail_domain=domain,
        mail=records_of(domain, settings.MAINSTAY_DKIM_SELECTOR, ask),
        letters_are_signed=bool(settings.MAINSTAY_DKIM_KEY) and Path(settings.MAINSTAY_DKIM_KEY).is_file(),
        backup_keys=len(settings.MAINSTAY_BACKUP_FOR),
        newest_backup_hours=_newest_hours(backups, now),
        countries_listed=len(rules_of(newsroom)),
        review_is_due=review_is_due(newsroom, today),
        confirmed={
            name: datetime.fromisoformat(one["day"]).date()
            for name, one in (checked.confirmed if checked else {}).items()
        },
    )


def _words(newsroom: Newsroom) -> tuple[str, ...]:
    """What the newsroom is known by: its name, and the name in its own address."""
    host = (urlsplit(newsroom.site_url).hostname or "").removeprefix("www.")
    return tuple(word for word in (newsroom.name, host.rpartition(".")[0]) if len(word) > 3)


def _web(path: Path | None) -> Mapping[str, Any] | None:
    if path is None:
        return None
    try:
        found: Mapping[str, Any] = tomllib.loads(path.read_text(encoding="utf-8")).get("accounts", {})
    except (OSError, tomllib.TOMLDecodeError):
        raise WrongSettings("The file named by --web-secrets can't be read as TOML.") from None
    return found


def _accounts(newsroom: Newsroom, web: Mapping[str, Any] | None) -> tuple[Account, ...]:
    rows = newsroom.processor_accounts.filter(active=True).order_by("label")
    return tuple(_account(row, None if web is None else web.get(str(row.pk))) for row in rows)


def _account(row: ProcessorAccount, web: Mapping[str, Any] | None) -> Account:
    hook_url = f"{settings.PUBLIC_URL}/hooks/{row.processor}/{row.pk}/"
    try:
        facts = look_at(row, web, hook_url)
    except MainstayError as trouble:
        facts = AccountFacts(trouble=str(trouble))
    return Account(row.label, tuple(row.currencies), facts, _hook_answers(hook_url))


def _hook_answers(url: str) -> bool | None:
    """Whether a forged message is refused with 400, as our own page does; `None` when nobody answers at all."""
    try:
        return httpx.post(url, content=b"{}", timeout=SECONDS).status_code == 400
    except httpx.HTTPError:
        return None


def _key_opens(newsroom: Newsroom, keys_root: Path) -> bool:
    """Seals a made-up card and opens it again, with the key files that lie here."""
    made_up = Method("doctor", "doctor", None)
    try:
        return read_method(KeyRing(keys_root), newsroom, seal_method(newsroom, made_up)) == made_up
    except (MainstayError, PublicKey.DoesNotExist, OSError):
        return False


def _clock_off(url: str, now: datetime) -> int | None:
    """Seconds between our clock and that of the newsroom's own site, which is another machine."""
    try:
        there = parsedate_to_datetime(httpx.head(url, timeout=SECONDS).headers["date"])
        return round((now - there).total_seconds())
    except (httpx.HTTPError, httpx.InvalidURL, KeyError, ValueError, TypeError):
        return None


def _newest_hours(folder: Path | None, now: datetime) -> int | None:
    """The age of the newest backup in the folder; `None` without a folder or a file in it."""
    files = sorted(folder.glob(BACKUPS), key=lambda path: path.stat().st_mtime) if folder else []
    return round((now.timestamp() - files[-1].stat().st_mtime) / 3600) if files else None
