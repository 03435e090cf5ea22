"""What bank statements read, asked of each company once a day: somebody may have changed it there.

A name that readers were not told makes them dispute what they gave; a telling one may put them in danger.
"""

import logging
import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from mainstay.core.errors import MainstayError
from mainstay.core.search import Search, given_day, given_id
from mainstay.jobs.claims import claim, release
from mainstay.newsrooms.models import Newsroom, ProcessorAccount
from mainstay.newsrooms.searching import all_newsrooms
from mainstay.processors.check_up import statement_of, tells_statement

from .models import AccountWatch
from .watch import awake

log = logging.getLogger("mainstay.statement")
LONGEST = 60


def accounts_to_ask(now: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Active accounts whose company tells, and was not asked today. Those that rest wait."""
    due = (
        account.pk
        for newsroom in all_newsrooms()
        for account in _not_asked.all(newsroom=newsroom.pk, now=now, today=newsroom.today(now))
        if tells_statement(account)
    )
    return list(due)[:limit]


@Search
def _not_asked() -> QuerySet[ProcessorAccount]:
    asked = AccountWatch.objects.filter(account=OuterRef("pk"), statement_asked_on=given_day("today"))
    watched = AccountWatch.objects.filter(account=OuterRef("pk"))
    rows = ProcessorAccount.objects.filter(Exists(watched), newsroom=given_id("newsroom"), active=True)
    return awake(rows.exclude(Exists(asked)), "pk")


def ask(account_id: uuid.UUID, now: datetime) -> None:
    """Keeps what the company says. When it can't be asked, what it said last stays, and it is asked tomorrow."""
    token = claim(AccountWatch, account_id, now)
    if token is None:
        return
    watch = AccountWatch.objects.select_related("account__newsroom").get(pk=account_id)
    told: dict[str, object] = {"statement_asked_on": watch.account.newsroom.today(now)}
    try:
        told |= {"statement": statement_of(watch.account)[:LONGEST]}
    except MainstayError as error:
        log.warning("statement name not told: %s", type(error).__name__)
    AccountWatch.objects.filter(pk=account_id).update(**told)
    release(AccountWatch, account_id, token)


def told_names(newsroom: Newsroom) -> list[tuple[str, str, bool]]:
    """Of each active account whose company told: its label, the name, and whether readers are told the same."""
    rows = AccountWatch.objects.filter(account__newsroom=newsroom, account__active=True).exclude(statement="")
    return [
        (row.account.label, row.statement, row.statement.casefold() == newsroom.statement_name.casefold())
        for row in rows.select_related("account").order_by("account__label")
    ]
