"""Taking over what a payment company collects by itself, without a double charge and without a month left out.

    write    the promise, paused, and from which subscription it came            commit
    prove    the sealed card opens with the worker's key, the company knows it, its country is allowed
    end      the company's own schedule ends with the period that is paid for    a call that can be repeated
    go       the company confirms it: ours begins on the day that period ends    commit, with the letter

Between "end" and "go" nobody would collect, and before "end" the company does: so a crash at any place charges nobody
twice, and starting again goes on. What the company says after "end" decides the day: if a month began meanwhile, the
company has charged it, and ours begins a month later.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from mainstay.collection.sealed import open_method, open_remote, seal_method, seal_remote
from mainstay.contributions import imported
from mainstay.contributions.imported import Terms
from mainstay.contributions.models import Contribution
from mainstay.contributions.port import Method, Outcome
from mainstay.core.errors import MainstayError
from mainstay.core.ids import code_hash, new_code
from mainstay.moving.models import Import, ImportedPromise
from mainstay.newsrooms.models import Newsroom, ProcessorAccount
from mainstay.processors.registry import adapter_for
from mainstay.processors.takeover import Schedule, Subscription, Takeover
from mainstay.sealing.keyring import KeyRing

from . import batch as one_import
from .lines import Promise, Refused


class Fate(StrEnum):
    """What came of one subscription."""

    TAKEN = "taken"
    WOULD = "would"
    REFUSED = "refused"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Result:
    """One subscription by the company's id, and what came of it; `why_not` where it was not taken over."""

    remote_id: str
    fate: Fate
    why_not: str = ""


def preview(account: ProcessorAccount, takeover: Takeover, now: datetime) -> Iterator[Result]:
    """What would be taken over and what not, and why. Changes nothing here or there."""
    for subscription in takeover.subscriptions():
        try:
            _check(account, subscription, now)
        except Refused as refusal:
            yield Result(subscription.remote_id, Fate.REFUSED, str(refusal))
        else:
            yield Result(subscription.remote_id, Fate.WOULD)


def take_over(
    account: ProcessorAccount, takeover: Takeover, ring: KeyRing, *, actor: str, now: datetime
) -> Iterator[Result]:
    """Finishes what an earlier run began, then takes over what still runs there; yields each as it is done."""
    for row in _unfinished(account):
        yield _finish(row, takeover, ring, now)
    batch: Import | None = None
    for subscription in takeover.subscriptions():
        try:
            terms, method = _check(account, subscription, now)
        except Refused as refusal:
            yield Result(subscription.remote_id, Fate.REFUSED, str(refusal))
            continue
        batch = batch or one_import.begin(
            account, account.processor, actor=actor, day=account.newsroom.today(now)
        )
        row = _write(batch, subscription, terms, method, now)
        yield _finish(row, takeover, ring, now)


def _unfinished(account: ProcessorAccount) -> list[ImportedPromise]:
    rows = ImportedPromise.objects.filter(batch__account=account, taken=False)
    return list(rows.select_related("batch__newsroom", "batch__account", "contribution__newsroom"))


def _check(account: ProcessorAccount, subscription: Subscription, now: datetime) -> tuple[Terms, Method]:
    """What it promises and its card. Raises `Refused`."""
    if subscription.why_not:
        raise Refused(subscription.why_not)
    ours = one_import.origin_hash(account.newsroom, str(account.pk), subscription.remote_id)
    taken_as = _our_id(subscription)
    known = taken_as is not None and Contribution.objects.filter(pk=taken_as).exists()
    if known or ImportedPromise.objects.filter(origin_hash=ours).exists():
        raise Refused("It was taken over before.")
    if subscription.schedule != Schedule.RUNNING and not subscription.taken_as:
        raise Refused("Its supporter has stopped it; it ends by itself.")
    processor = adapter_for(account)
    promise = _promise(account.newsroom, subscription)
    one_import.check_currency(account, processor, promise.amount)
    fact = processor.look_up_method(subscription.method)
    if fact.outcome != Outcome.SUCCEEDED or fact.method is None:
        raise Refused("Its card can't be used any more, or the payment company doesn't tell.")
    warned = one_import.is_warned(account.newsroom, fact.method)
    today = account.newsroom.today(now)
    return one_import.terms_of(promise, account.newsroom, warned, today), fact.method


def _promise(newsroom: Newsroom, subscription: Subscription) -> Promise:
    if subscription.amount is None or subscription.frequency is None:
        raise Refused("The payment company does not say how much it is, or how often.")
    return Promise(
        origin=subscription.remote_id,
        mail=subscription.mail,
        amount=subscription.amount,
        frequency=subscription.frequency,
        started_on=newsroom.today(subscription.started),
        next_due=newsroom.today(subscription.period_end),
        due_day=newsroom.today(subscription.anchor).day,
    )


def _our_id(subscription: Subscription) -> uuid.UUID | None:
    """The promise that it was taken over as, as the company kept it; it survives a restored backup."""
    try:
        return uuid.UUID(subscription.taken_as)
    except ValueError:
        return None


@transaction.atomic
def _write(
    batch: Import, subscription: Subscription, terms: Terms, method: Method, now: datetime
) -> ImportedPromise:
    """The promise, paused, whose code nobody has yet: `_go` makes the one that goes into the letter."""
    newsroom = batch.newsroom
    contribution = imported.write_down(
        newsroom,
        batch.account,
        terms,
        code=new_code(),
        mail_sealed=one_import.seal_person(newsroom, subscription.mail) if subscription.mail else None,
        method_sealed=seal_method(newsroom, method),
        actor=batch.actor,
        day=newsroom.today(now),
        pk=_our_id(subscription),
    )
    return ImportedPromise.objects.create(
        batch=batch,
        contribution=contribution,
        origin_hash=one_import.origin_hash(newsroom, str(batch.account_id), subscription.remote_id),
        origin_sealed=seal_remote(newsroom, subscription.remote_id, ""),
        taken=False,
        day=newsroom.today(now),
    )


def _finish(row: ImportedPromise, takeover: Takeover, ring: KeyRing, now: datetime) -> Result:
    """Proves ours, ends theirs, sets ours going. `UNCLEAR` leaves the row for the next run."""
    newsroom = row.batch.newsroom
    remote_id = open_remote(ring, newsroom, bytes(row.origin_sealed or b""))["remote_id"]
    try:
        _prove(row, ring)
        there = takeover.look_up(remote_id)
        if there is not None and there.schedule in (Schedule.RUNNING, Schedule.ENDING):
            there = takeover.end_with_period(remote_id, str(row.contribution_id))
    except MainstayError as trouble:
        return Result(remote_id, Fate.UNCLEAR, str(trouble))
    if there is None or there.schedule == Schedule.STOPPED:
        imported.undo(row.contribution)
        return Result(remote_id, Fate.REFUSED, "Its supporter stopped it meanwhile.")
    if there.schedule == Schedule.RUNNING or there.taken_as != str(row.contribution_id):
        return Result(remote_id, Fate.UNCLEAR, "The payment company has not confirmed that it ends.")
    _go(row, there, now)
    return Result(remote_id, Fate.TAKEN)


def _prove(row: ImportedPromise, ring: KeyRing) -> None:
    """Ours can collect: the worker's key opens the card, and the company still knows it. Raises `Refused`."""
    method = open_method(ring, row.contribution)
    fact = adapter_for(row.batch.account).look_up_method(method.method) if method else None
    if fact is None or fact.outcome != Outcome.SUCCEEDED:
        raise Refused("Its card can't be used just now. Nothing was ended; start again later.")


@transaction.atomic
def _go(row: ImportedPromise, there: Subscription, now: datetime) -> None:
    newsroom, code = row.batch.newsroom, new_code()
    next_due = newsroom.today(there.period_end)
    due_day = newsroom.today(there.anchor).day
    Contribution.objects.filter(pk=row.contribution_id).update(code_hash=code_hash(code))
    contribution = imported.set_going(
        row.contribution, next_due, due_day, actor=row.batch.actor, day=newsroom.today(now)
    )
    ImportedPromise.objects.filter(pk=row.pk).update(taken=True)
    if there.mail:
        one_import.tell(contribution, there.mail, code, next_due, needs_card=False, now=now)


def undo(
    batch_id: uuid.UUID, takeover: Takeover, ring: KeyRing, *, actor: str, now: datetime
) -> one_import.Undone:
    """Gives the subscriptions of one import back to the company, as long as their period lasts; the others are kept.

    Ours stops first, so that a crash in the middle leaves nobody with two; then starting again goes on.
    """
    batch = one_import.undoable(batch_id)
    rows = list(batch.promises.select_related("batch__newsroom", "contribution__newsroom"))
    given_back = sum(_give_back(row, takeover, ring) for row in rows)
    return one_import.finish_undo(batch, given_back, len(rows) - given_back, actor=actor, now=now)


def _give_back(row: ImportedPromise, takeover: Takeover, ring: KeyRing) -> bool:
    remote_id = open_remote(ring, row.batch.newsroom, bytes(row.origin_sealed or b""))["remote_id"]
    there = takeover.look_up(remote_id)
    if there is None or there.schedule in (Schedule.ENDED, Schedule.STOPPED):
        return False
    with transaction.atomic():
        if not imported.hold(row.contribution):
            return False
        ImportedPromise.objects.filter(pk=row.pk).update(taken=False)
    if takeover.run_again(remote_id).schedule != Schedule.RUNNING:
        return False
    return one_import.take_out(row)
