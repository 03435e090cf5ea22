"""What the worker keeps in mind about an account: that it rests, and when news last came.

It rests when its key is refused, and when one payment after the other is declined.
"""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet

from mainstay.contributions.port import ProcessorRefused
from mainstay.core.search import Search, given_id, given_moment
from mainstay.newsrooms.models import ProcessorAccount

from .models import AccountCheck, AccountWatch

REST_MINUTES = 15
Answer = TypeVar("Answer")
Row = TypeVar("Row")


def awake(rows: QuerySet[Any, Row], account: str = "account") -> QuerySet[Any, Row]:
    """Without those whose account no call is made to for a while: for a `Search` at the moment `now`.

    The account's key was refused, or it must be compared first.
    """
    refused = AccountWatch.objects.filter(account=OuterRef(account), resting_until__gt=given_moment("now"))
    held = AccountCheck.objects.filter(account=OuterRef(account), held=True)
    return rows.exclude(Exists(refused) | Exists(held))


def is_awake(account_id: uuid.UUID, now: datetime) -> bool:
    """Whether calls are made to the account at this moment."""
    return _awake.any(account=account_id, now=now)


@Search
def _awake() -> QuerySet[ProcessorAccount, tuple[uuid.UUID]]:
    return awake(ProcessorAccount.objects.filter(pk=given_id("account")), "pk").values_list("pk")


def rest(account: ProcessorAccount, now: datetime) -> datetime:
    """No call for a quarter of an hour, until the moment that is returned; then one tries again."""
    until = now + timedelta(minutes=REST_MINUTES)
    AccountWatch.objects.update_or_create(
        account=account,
        defaults={"resting_until": until},
        create_defaults={"resting_until": until, "next_action_at": until},
    )
    return until


def unless_refused(
    account: ProcessorAccount,
    call: Callable[[], Answer],
    otherwise: Answer,
    now: datetime,
    *,
    rests: bool = True,
) -> Answer:
    """What the call answers; `otherwise` when the key is refused. Then the account rests, if `rests`.

    The web's key is another one than the worker's: its trouble does not stop renewals.
    """
    try:
        return call()
    except ProcessorRefused:
        if rests:
            rest(account, now)
        return otherwise


def heard(account: ProcessorAccount, now: datetime) -> None:
    """A webhook with a true signature came. Written at most once an hour, and to the hour."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    AccountWatch.objects.get_or_create(account=account, defaults={"next_action_at": now})
    old = Q(heard_at__isnull=True) | Q(heard_at__lt=hour)
    AccountWatch.objects.filter(old, account=account).update(heard_at=hour)
