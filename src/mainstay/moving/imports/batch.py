"""One import: looking over its lines, taking them over, taking them out again.

The money that came before stays where it came in: the books follow what a payment company shows us, and an export of
another tool shows nothing of the kind. An import brings promises, not payments.
"""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from mainstay.audit import log
from mainstay.collection.checkout import decide_for, last_day_after_warning
from mainstay.collection.sealed import seal_method
from mainstay.contributions import imported
from mainstay.contributions.imported import Terms
from mainstay.contributions.models import Contribution
from mainstay.contributions.port import Method, Outcome, Processor
from mainstay.core.errors import MainstayError
from mainstay.core.ids import digest, new_code
from mainstay.core.money import Money
from mainstay.core.search import Given
from mainstay.letters.models import Letter
from mainstay.letters.outbox import queue
from mainstay.moving.models import Import, ImportedPromise
from mainstay.newsrooms.models import Newsroom, ProcessorAccount, PublicKey, sealing_key
from mainstay.newsrooms.policy import State
from mainstay.processors.registry import adapter_for
from mainstay.sealing.boxes import seal

from .lines import Line, Promise, Refused

KEPT_DAYS = 35


class NoSuchImport(MainstayError):
    """An import's id that is none, or whose 35 days are over."""

    def __init__(self) -> None:
        super().__init__("There is no import with that id, or it is older than 35 days and can't be undone.")


@dataclass(frozen=True, slots=True)
class Ready:
    """A promise that can be taken over. `method` is its card, where the account at the processor has it."""

    number: int
    promise: Promise
    method: Method | None
    warned: bool


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing came to: promises taken out, and those to which something has happened meanwhile."""

    taken_out: int
    kept: int


def look_over(
    account: ProcessorAccount, source: str, lines: Iterable[Line], *, with_cards: bool
) -> Iterator[Ready | Line]:
    """Each line as it would be taken over, or with why it is refused. Writes nothing, charges nothing.

    `with_cards` says that the other tool collects nothing any more: only then are cards used that the file names.
    """
    processor = adapter_for(account)
    for line in lines:
        if line.promise is None:
            yield line
            continue
        try:
            yield _ready(account, processor, source, line.number, line.promise, with_cards)
        except Refused as refusal:
            yield Line(line.number, why_not=str(refusal))


def _ready(
    account: ProcessorAccount,
    processor: Processor,
    source: str,
    number: int,
    promise: Promise,
    with_cards: bool,
) -> Ready:
    if ImportedPromise.objects.filter(
        origin_hash=origin_hash(account.newsroom, source, promise.origin)
    ).exists():
        raise Refused("It was imported before.")
    check_currency(account, processor, promise.amount)
    card = promise.method if with_cards else ""
    fact = processor.look_up_method(card) if card else None
    method = fact.method if fact and fact.outcome == Outcome.SUCCEEDED else None
    if method is not None and method.customer != promise.customer:
        raise Refused("Its card belongs to another customer at the payment company.")
    if method is None and not promise.mail:
        raise Refused("It has neither a card that can be used nor a mail address to ask for one.")
    return Ready(number, promise, method, warned=bool(method) and is_warned(account.newsroom, method))


def check_currency(account: ProcessorAccount, processor: Processor, amount: Money) -> None:
    """Raises `Refused` when newsroom or processor don't take the currency."""
    taken = set(account.newsroom.currencies) & set(processor.capabilities.currencies)
    if amount.currency not in taken:
        raise Refused(f"This account takes no {amount.currency}.")


def is_warned(newsroom: Newsroom, method: Method | None) -> bool:
    """Whether the card comes from a country with a warning. Raises `Refused` for one from which nothing is taken."""
    state = decide_for(newsroom, method.country if method else None).state
    if state == State.REFUSE:
        raise Refused("Its card comes from a country from which this newsroom takes nothing. Stop it there.")
    return state == State.WARN


def origin_hash(newsroom: Newsroom, source: str, origin: str) -> str:
    """By which a second import of the same promise is noticed. It is deleted after 35 days."""
    return digest(f"{newsroom.pk}:{source}:{origin}", "origin")


def begin(account: ProcessorAccount, source: str, *, actor: str, day: date) -> Import:
    """A new import, with its line in the log."""
    with transaction.atomic():
        batch = Import.objects.create(
            newsroom=account.newsroom, account=account, source=source, actor=actor, day=day
        )
        _record("import.begun", batch, actor, day)
    return batch


@transaction.atomic
def take_over(batch: Import, ready: Ready, now: datetime) -> Contribution:
    """Writes one promise down, and the letter to its supporter. With a card it goes on by itself, else it waits."""
    promise, newsroom, code = ready.promise, batch.newsroom, new_code()
    today = newsroom.today(now)
    row = imported.write_down(
        newsroom,
        batch.account,
        terms_of(promise, newsroom, ready.warned, today),
        code=code,
        mail_sealed=seal_person(newsroom, promise.mail) if promise.mail else None,
        method_sealed=seal_method(newsroom, ready.method) if ready.method else None,
        actor=batch.actor,
        day=today,
    )
    if ready.method:
        row = imported.set_going(row, promise.next_due, promise.due_day, actor=batch.actor, day=today)
    ImportedPromise.objects.create(
        batch=batch,
        contribution=row,
        origin_hash=origin_hash(newsroom, batch.source, promise.origin),
        day=today,
    )
    if promise.mail:
        tell(row, promise.mail, code, promise.next_due, needs_card=ready.method is None, now=now)
    return row


def terms_of(promise: Promise, newsroom: Newsroom, warned: bool, today: date) -> Terms:
    """What was promised, in the newsroom's languages, with an end where its card's country has a warning."""
    return Terms(
        frequency=promise.frequency,
        amount=promise.amount,
        started_on=promise.started_on,
        next_due=promise.next_due,
        due_day=promise.due_day,
        language=promise.language if promise.language in newsroom.languages else newsroom.language,
        last_due_date=last_day_after_warning(today) if warned else None,
    )


def seal_person(newsroom: Newsroom, mail: str, **beside: str) -> bytes:
    """A mail address, and what only its letter shall say, sealed to the people key."""
    return seal(sealing_key(newsroom.pk, PublicKey.Kind.PEOPLE), {"mail": mail, **beside})


def tell(row: Contribution, mail: str, code: str, next_due: date, *, needs_card: bool, now: datetime) -> None:
    """Queues the letter with the new code. The code is sealed with the address, and nowhere else."""
    queue(
        kind="imported",
        newsroom=row.newsroom,
        language=row.language,
        dedupe_key=f"imported:{row.pk}",
        recipient_sealed=seal_person(row.newsroom, mail, code=code),
        payload={
            "amount_minor": row.amount_minor,
            "currency": row.currency,
            "frequency": row.frequency,
            "due": next_due.isoformat(),
            "needs_card": needs_card,
        },
        day=row.newsroom.today(now),
        now=now,
    )


def undo(batch_id: uuid.UUID, *, actor: str, now: datetime) -> Undone:
    """Takes the promises of a file out again; their letters that have not gone are dropped. Raises `NoSuchImport`.

    A promise is kept when something has happened to it: a payment, another card, a word of its supporter's.
    """
    batch = undoable(batch_id)
    results = [take_out(one) for one in batch.promises.select_related("contribution")]
    return finish_undo(batch, sum(results), len(results) - sum(results), actor=actor, now=now)


def undoable(batch_id: uuid.UUID) -> Import:
    """The import with that id. Raises `NoSuchImport` when there is nothing to undo in it any more."""
    batch = Import.objects.select_related("newsroom", "account").filter(pk=batch_id).first()
    if batch is None or batch.undone_on or not batch.promises.exists():
        raise NoSuchImport
    return batch


@transaction.atomic
def take_out(one: ImportedPromise) -> bool:
    """Deletes one promise and its waiting letter; `False`, and nothing done, when something has happened to it."""
    key = f"imported:{one.contribution_id}"
    if not imported.undo(one.contribution):
        return False
    Letter.objects.filter(dedupe_key=key, state=Letter.State.WAITING).delete()
    return True


@transaction.atomic
def finish_undo(batch: Import, taken_out: int, kept: int, *, actor: str, now: datetime) -> Undone:
    """Writes down that the import was undone, as far as it could be."""
    day = batch.newsroom.today(now)
    if not kept:
        Import.objects.filter(pk=batch.pk).update(undone_on=day)
    _record("import.undone", batch, actor, day, taken_out=taken_out, kept=kept)
    return Undone(taken_out, kept)


def older(newsroom: Newsroom | Given, before: date | Given) -> "QuerySet[ImportedPromise]":
    """What ties promises to the lines that they came from, where that was before `before`."""
    return ImportedPromise.objects.filter(batch__newsroom=newsroom, taken=True, day__lt=before)


def _record(action: str, batch: Import, actor: str, day: date, **detail: int) -> None:
    log.record(
        action,
        actor=actor,
        day=day,
        newsroom_id=batch.newsroom_id,
        subject=str(batch.pk),
        detail={"source": batch.source, **detail},
    )
