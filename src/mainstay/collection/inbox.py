"""Webhooks and polls are hints: stored first, then the object itself is fetched and what is true of it is applied.

A forged, repeated, late or reordered hint therefore changes nothing but the moment at which we ask. A hint about an
object that we don't know waits: its payment may be told later. After a day staff see it as a difference.
"""

import secrets
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from mainstay.contributions.port import EventRef, ObjectKind, Outcome, Processor, ProcessorRefused, RemoteFact
from mainstay.contributions.retry import STANDARD
from mainstay.core.search import Search
from mainstay.jobs.claims import claim, due, release
from mainstay.newsrooms.models import ProcessorAccount
from mainstay.processors.registry import adapter_for
from mainstay.sealing.keyring import KeyRing

from . import differences
from .card_ends import apply_method
from .disputes import apply_dispute
from .models import AccountWatch, Difference, Hint
from .news import Told, apply_payment, booked
from .payouts import apply_payout
from .refunds import apply_refund
from .watch import awake, rest

PARKED = timedelta(hours=24)
KEPT = timedelta(days=30)
POLL_MINUTES = 10
LARGEST_OBJECT_ID = 120


def receive(account: ProcessorAccount, events: Sequence[EventRef], now: datetime) -> None:
    """Stores hints, in one commit. Told again, about the same object, they are one row.

    What is told of a payment that is booked already, the usual case, is dropped: there is nothing to learn from it.
    """
    objects = {(event.kind, event.object_id[:LARGEST_OBJECT_ID]) for event in events}
    intents = [object_id for kind, object_id in objects if kind == ObjectKind.INTENT]
    objects -= {(ObjectKind.INTENT, object_id) for object_id in booked(account, intents)}
    if not objects:
        return
    with transaction.atomic():
        Hint.objects.bulk_create(
            [
                Hint(
                    account=account,
                    kind=kind,
                    object_id=object_id,
                    news=secrets.token_hex(16),
                    first_heard_at=now,
                    next_action_at=now,
                )
                for kind, object_id in sorted(objects)
            ],
            update_conflicts=True,
            unique_fields=["account", "kind", "object_id"],
            update_fields=["news", "next_action_at"],
        )


def due_hints(now: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Objects to fetch, those said first first. Those of a resting account wait."""
    return _due.ids(limit, now=now)


@Search
def _due() -> QuerySet[Hint, tuple[uuid.UUID]]:
    return awake(due(Hint.objects.all()))


def follow(hint_id: uuid.UUID, ring: KeyRing, now: datetime) -> None:
    """Fetches one object and applies what is true of it."""
    token = claim(Hint, hint_id, now)
    if token is None:
        return
    hint = Hint.objects.select_related("account__newsroom").get(pk=hint_id)
    try:
        told = _FETCH[ObjectKind(hint.kind)](hint.account, hint.object_id, ring, now)
    except ProcessorRefused:
        rest(hint.account, now)
        told = Told.LATER
    if told == Told.DONE or _shown_to_staff(hint, told, now):
        Hint.objects.filter(pk=hint.pk, news=hint.news).delete()
    else:
        _again(hint, now)
    release(Hint, hint_id, token)


def _again(hint: Hint, now: datetime) -> None:
    """Asks again later, unless there is newer news, which is due at once."""
    wait = min(STANDARD.look_up_after(hint.tries), timedelta(hours=6))
    rows = Hint.objects.filter(pk=hint.pk, news=hint.news)
    rows.update(tries=hint.tries + 1, next_action_at=now + wait)


def _shown_to_staff(hint: Hint, told: Told, now: datetime) -> bool:
    """After a day an object that nothing of ours belongs to becomes a difference; the hint has done its work.

    One that can't be fetched, because nobody answers or our key is refused, is kept for thirty days.
    """
    if hint.first_heard_at + (PARKED if told == Told.NOT_OURS else KEPT) > now:
        return False
    kind = Difference.Kind.UNRESOLVED
    if told == Told.NOT_OURS:
        paid = hint.kind in (ObjectKind.INTENT, ObjectKind.CHARGE)
        kind = Difference.Kind.UNKNOWN_PAYMENT if paid else Difference.Kind.UNKNOWN_OBJECT
    today = hint.account.newsroom.today(now)
    differences.report(hint.account, kind, hint.object_id, day=today, about=hint.kind)
    return True


def due_polls(now: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Accounts to be asked for news: the backstop for webhooks that were lost."""
    for account in _not_watched.ids(limit):
        AccountWatch.objects.get_or_create(account_id=account, defaults={"next_action_at": now})
    return _to_poll.ids(limit, now=now)


@Search
def _not_watched() -> QuerySet[ProcessorAccount, tuple[uuid.UUID]]:
    return ProcessorAccount.objects.exclude(pk__in=AccountWatch.objects.values("account_id")).values_list(
        "pk"
    )


@Search
def _to_poll() -> QuerySet[AccountWatch, tuple[uuid.UUID]]:
    return awake(due(AccountWatch.objects.all()))


def poll(account_id: uuid.UUID, now: datetime) -> None:
    """Asks one account for the news since the last time, and keeps both hints and cursor in one commit."""
    token = claim(AccountWatch, account_id, now)
    if token is None:
        return
    watch = AccountWatch.objects.select_related("account").get(pk=account_id)
    try:
        events, cursor = adapter_for(watch.account).poll(watch.cursor)
    except ProcessorRefused:
        rest(watch.account, now)
        events, cursor = [], watch.cursor
    wait = timedelta(0) if events and cursor != watch.cursor else timedelta(minutes=POLL_MINUTES)
    with transaction.atomic():
        receive(watch.account, events, now)
        rows = AccountWatch.objects.filter(pk=account_id)
        rows.update(cursor=cursor, next_action_at=now + wait)
        release(AccountWatch, account_id, token)


def _payment(account: ProcessorAccount, object_id: str, ring: KeyRing, now: datetime) -> Told:
    if booked(account, [object_id]):
        return Told.DONE
    return _money(account, lambda processor: processor.look_up(object_id), now)


def _charge(account: ProcessorAccount, object_id: str, ring: KeyRing, now: datetime) -> Told:
    return _money(account, lambda processor: processor.look_up_charge(object_id), now)


def _money(account: ProcessorAccount, look_up: Callable[[Processor], RemoteFact], now: datetime) -> Told:
    fact = look_up(adapter_for(account))
    if fact.outcome == Outcome.UNKNOWN:
        return Told.LATER
    return Told.NOT_OURS if fact.outcome == Outcome.NOT_FOUND else apply_payment(account, fact, now)


def _refund(account: ProcessorAccount, object_id: str, ring: KeyRing, now: datetime) -> Told:
    return apply_refund(account, adapter_for(account).look_up_refund(object_id), now)


def _dispute(account: ProcessorAccount, object_id: str, ring: KeyRing, now: datetime) -> Told:
    return apply_dispute(account, adapter_for(account).look_up_dispute(object_id), now)


def _method(account: ProcessorAccount, object_id: str, ring: KeyRing, now: datetime) -> Told:
    return apply_method(account, object_id, adapter_for(account).look_up_method(object_id), ring, now)


def _payout(account: ProcessorAccount, object_id: str, ring: KeyRing, now: datetime) -> Told:
    return apply_payout(account, adapter_for(account).look_up_payout(object_id), now)


_FETCH: dict[ObjectKind, Callable[[ProcessorAccount, str, KeyRing, datetime], Told]] = {
    ObjectKind.INTENT: _payment,
    ObjectKind.CHARGE: _charge,
    ObjectKind.REFUND: _refund,
    ObjectKind.DISPUTE: _dispute,
    ObjectKind.METHOD: _method,
    ObjectKind.PAYOUT: _payout,
}
