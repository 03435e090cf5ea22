"""The newsrooms of this installation, and searches that each of them is asked on a day of its own."""

import uuid
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet

from mainstay.core.search import Search, given_id

from .models import Newsroom, ProcessorAccount


@Search
def _all() -> QuerySet[Newsroom]:
    return Newsroom.objects.all()


@Search
def _newsroom() -> QuerySet[Newsroom]:
    return Newsroom.objects.filter(pk=given_id("pk"))


@Search
def _account() -> QuerySet[ProcessorAccount]:
    return ProcessorAccount.objects.filter(pk=given_id("pk"))


def newsroom_now(pk: uuid.UUID) -> Newsroom:
    """The newsroom as it is now."""
    return _newsroom.one(pk=pk)


def account_now(pk: uuid.UUID) -> ProcessorAccount:
    """The account as it is now."""
    return _account.one(pk=pk)


def all_newsrooms() -> list[Newsroom]:
    """All of them, as they are now."""
    return _all.all()


def renewing() -> list[Newsroom]:
    """Those that collect renewals."""
    return [newsroom for newsroom in all_newsrooms() if not newsroom.renewals_stopped_reason]


def found_in(
    newsrooms: Iterable[Newsroom],
    search: Search[Any],
    limit: int,
    values: Callable[[Newsroom], dict[str, Any]],
) -> list[Any]:
    """What `search` finds in all of them together, at most `limit`. It is told `newsroom`, and each one's `values`."""
    found: list[Any] = []
    for newsroom in newsrooms:
        if len(found) >= limit:
            break
        found += search.ids(limit - len(found), newsroom=newsroom.pk, **values(newsroom))
    return found
