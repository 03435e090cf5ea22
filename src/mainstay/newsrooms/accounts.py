"""Adding and changing accounts at payment companies, with a line in the audit log. Secrets never pass here."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from mainstay.audit import log
from mainstay.core.errors import WrongSettings

from .models import Newsroom, ProcessorAccount


@dataclass(frozen=True)
class Change:
    """What shall become of an account; what is not given stays.

    `offered`: readers may choose it for new gifts. Promises that run through it go on either way.
    """

    label: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    without: Collection[str] = ()
    offered: bool | None = None
    currencies: Collection[str] = ()


@transaction.atomic
def add_account(
    newsroom: Newsroom, processor: str, change: Change, *, actor: str, day: date
) -> ProcessorAccount:
    """A new account, for all of the newsroom's currencies unless some are named."""
    account = ProcessorAccount.objects.create(
        newsroom=newsroom,
        processor=processor,
        label=change.label or processor,
        currencies=list(change.currencies) or newsroom.currencies,
        settings=dict(change.settings),
        active=change.offered is not False,
    )
    _record("account.added", account, {"settings": sorted(account.settings)}, actor, day)
    return account


@transaction.atomic
def change_account(
    newsroom: Newsroom, account_id: uuid.UUID, change: Change, *, actor: str, day: date
) -> ProcessorAccount:
    """Changes an account. Running processes take it over at once. Raises `WrongSettings` for an unknown account."""
    account = newsroom.processor_accounts.select_for_update().filter(pk=account_id).first()
    if account is None:
        raise WrongSettings(f"This newsroom has no account {account_id}.")
    kept = {name: value for name, value in account.settings.items() if name not in change.without}
    account.settings = {**kept, **change.settings}
    account.label = change.label or account.label
    account.currencies = list(change.currencies) or account.currencies
    if change.offered is not None:
        account.active = change.offered
    account.save()
    touched = sorted({*change.settings, *change.without})
    detail = {"settings": touched, "offered": account.active, "currencies": account.currencies}
    _record("account.changed", account, detail, actor, day)
    return account


def _record(action: str, account: ProcessorAccount, detail: dict[str, Any], actor: str, day: date) -> None:
    """Names of settings without their values: the log is read by more people than the settings are."""
    log.record(
        action, actor=actor, day=day, newsroom_id=account.newsroom_id, subject=account.label, detail=detail
    )
