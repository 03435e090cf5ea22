"""Files for the bank: gathering what waits to be debited, writing the bytes, and what a person says came of a file.

A stop, a pause or a tightened country counts until the file is written for the first time. Of one promise the newest
debit is taken; older ones that were never collected are left out. A debit is never in two files that stand.
"""

import hashlib
import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.utils.translation import gettext as _

from mainstay.contributions.actions import (
    locked,
    locked_attempt,
    locked_installment,
    note,
    set_installment,
    stop,
)
from mainstay.contributions.models import Attempt, Contribution, Installment
from mainstay.contributions.schedule import months_after
from mainstay.contributions.states import (
    ATTEMPT,
    LIVING,
    OPEN_ATTEMPT,
    RENEWING,
    AttemptState,
    ContributionState,
    InstallmentState,
    step,
)
from mainstay.core.errors import MainstayError
from mainstay.core.frequency import Frequency
from mainstay.core.money import Money
from mainstay.core.search import Given, Search, given_day, given_id
from mainstay.newsrooms.models import Newsroom, ProcessorAccount
from mainstay.newsrooms.policy import State
from mainstay.newsrooms.searching import all_newsrooms, found_in
from mainstay.processors.bank.reference import creditor_reference
from mainstay.processors.debit import pain
from mainstay.sealing.boxes import CannotOpen

from .checkout import decide_for
from .debit_models import Debit, DebitFile, Mandate
from .debit_signing import open_holder

DEBIT = "debit"
MOST_IN_FILE = 1_000
LEAD_DAYS = 3
KEPT_MONTHS = 13
_STANDING = (ContributionState.PENDING, ContributionState.ABANDONED, *RENEWING)
"""An abandoned checkout with a debit that waits was taken up again."""


class NotThisFile(MainstayError):
    """What was asked can't be done with this file."""


def debit_accounts(newsroom: Newsroom) -> list[ProcessorAccount]:
    """The newsroom's accounts that debits are paid to."""
    rows = ProcessorAccount.objects.filter(newsroom=newsroom, processor=DEBIT)
    return list(rows.select_related("newsroom").order_by("label"))


def waiting(account: ProcessorAccount) -> "QuerySet[Attempt]":
    """What was promised and is in no file yet; of what has been stopped too, until the worker took it back."""
    rows = Attempt.objects.filter(
        installment__contribution__account=account, state=AttemptState.PENDING, debit__isnull=True
    )
    return rows.select_related("installment__contribution")


def make_file(account: ProcessorAccount, *, actor: str, now: datetime) -> DebitFile:
    """A new file with what waits, at most a thousand debits.

    Raises `NotThisFile` when nothing does, or while the newsroom collects nothing.
    """
    today = account.newsroom.today(now)
    if account.newsroom.renewals_stopped_reason:
        raise NotThisFile(_("Renewals are stopped at the till. Open them again first."))
    with transaction.atomic():
        ProcessorAccount.objects.select_for_update().get(pk=account.pk)
        file = DebitFile.objects.create(
            account=account, made_on=today, made_by=actor, collect_on=collection_day(today)
        )
        newest_first = waiting(account).order_by("installment__contribution", "-installment__number")
        for attempt in newest_first[:MOST_IN_FILE]:
            _put_in(file, attempt, today)
        if not file.debits.exists():
            raise NotThisFile(_("Nothing waits to be debited."))
    return file


def collection_day(today: date) -> date:
    """The day that the file asks for: three days on, on a working day. Banks move their own holidays themselves."""
    day = today + timedelta(days=LEAD_DAYS)
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def _put_in(file: DebitFile, attempt: Attempt, today: date) -> None:
    """One debit, if its promise still stands and no newer one of it is in this file."""
    row = locked(attempt.installment.contribution_id)
    mandate = Mandate.objects.filter(contribution=row).first()
    newer = file.debits.filter(attempt__installment__contribution=row).exists()
    if mandate is None or newer or row.state not in _STANDING:
        _take_back(row, attempt.pk, today)
        return
    if not Attempt.objects.filter(pk=attempt.pk, state=AttemptState.PENDING).exists():
        return
    collected = mandate.debits.filter(attempt__state=AttemptState.SUCCEEDED).exists()
    Debit.objects.create(
        attempt=attempt,
        mandate=mandate,
        file=file,
        reference=creditor_reference(attempt.key),
        sequence=_sequence(row, collected),
    )


def _sequence(row: Contribution, collected: bool) -> str:
    if row.frequency == Frequency.ONCE:
        return "OOFF"
    return "RCUR" if collected else "FRST"


def _take_back(row: Contribution, attempt_id: uuid.UUID, today: date) -> None:
    """A debit that no bank heard of comes to nothing. Inside the caller's transaction, with the promise locked."""
    attempt = locked_attempt(attempt_id)
    if attempt.state != AttemptState.PENDING:
        return
    attempt.state = step(ATTEMPT, "attempt", attempt.state, AttemptState.CANCELLED)
    attempt.save(update_fields=["state"])
    installment = locked_installment(attempt.installment_id)
    set_installment(installment, InstallmentState.SKIPPED)
    installment.next_action_at, installment.remote_id = None, ""
    installment.save()
    note(row, "skipped", actor="worker", day=today, due=installment.due_date.isoformat())


def file_content(file: DebitFile, people_key: bytes, now: datetime) -> bytes:
    """The bytes for the bank, the same each time. Only where the people key is.

    At the first writing each promise and its account's country are looked at once more. Raises `NotThisFile` for a file
    that was sent or withdrawn, that has become another one, or that can't be opened.
    """
    if file.state != DebitFile.State.MADE:
        raise NotThisFile(_("This file was sent or withdrawn. It is not given out again."))
    try:
        content = _written(file, people_key, now)
    except CannotOpen:
        raise NotThisFile(_("An account in this file can’t be opened: its key is not here.")) from None
    except pain.BadFile as problem:
        raise NotThisFile(str(problem)) from None
    hashed = _fingerprint(content, people_key)
    with transaction.atomic():
        row = DebitFile.objects.select_for_update().get(pk=file.pk)
        if row.state != DebitFile.State.MADE or row.content_hash not in ("", hashed):
            raise NotThisFile(_("This file would not be the same as before. Withdraw it and make another."))
        row.content_hash = hashed
        row.save(update_fields=["content_hash"])
    return content


def _fingerprint(content: bytes, people_key: bytes) -> str:
    """Keyed, so that nobody who has the database can try names and account numbers on it."""
    key = hashlib.blake2b(people_key, person=b"debit-file-key").digest()
    return hashlib.blake2b(content, key=key, digest_size=32, person=b"debit-file").hexdigest()


def _written(file: DebitFile, people_key: bytes, now: datetime) -> bytes:
    newsroom, collections = file.account.newsroom, []
    debits = file.debits.filter(attempt__state=AttemptState.PENDING)
    for debit in debits.select_related("mandate__contribution", "attempt"):
        holder = open_holder(people_key, debit.mandate, newsroom)
        if not file.content_hash and not _stays(debit, holder.country, newsroom, now):
            continue
        mandate = debit.mandate
        collections.append(
            pain.Collection(
                debit.reference,
                debit.attempt.amount,
                debit.sequence,
                mandate.reference,
                mandate.signed_on,
                holder,
            )
        )
    if not collections:
        raise NotThisFile(_("Nothing is left in this file. Withdraw it."))
    creditor = pain.Creditor.of(file.account.settings)
    return pain.written(
        creditor, collections, message=file.message, made_on=file.made_on, collect_on=file.collect_on
    )


def _stays(debit: Debit, country: str, newsroom: Newsroom, now: datetime) -> bool:
    """Whether a debit may still go to the bank; else it is taken out, and a promise from a refused country ends."""
    refused, today = decide_for(newsroom, country).state == State.REFUSE, newsroom.today(now)
    with transaction.atomic():
        row = locked(debit.mandate.contribution_id)
        if row.state in _STANDING and not refused:
            return True
        attempt_id = debit.attempt_id
        debit.delete()
        _take_back(row, attempt_id, today)
        if refused:
            stop(row, why="country", actor="worker", day=today)
    return False


def total(debits: "QuerySet[Attempt]") -> Money:
    """What some attempts come to. Direct debits are in euro alone."""
    return Money(debits.aggregate(sum=Sum("amount_minor"))["sum"] or 0, "EUR")


def mark_sent(file: DebitFile) -> None:
    """A person took the file to the bank. It is not given out again. Raises `NotThisFile`."""
    rows = DebitFile.objects.filter(pk=file.pk, state=DebitFile.State.MADE).exclude(content_hash="")
    if not rows.update(state=DebitFile.State.SENT):
        raise NotThisFile(_("Fetch the file first. Then send it, and say so here."))


def withdraw(file: DebitFile) -> None:
    """The bank has not taken the file: its debits wait for the next one. Raises `NotThisFile` when it has."""
    with transaction.atomic():
        row = DebitFile.objects.select_for_update().get(pk=file.pk)
        if not can_be_withdrawn(row):
            raise NotThisFile(_("Debits of this file are settled. It can’t be withdrawn any more."))
        row.debits.filter(attempt__state=AttemptState.PENDING).delete()
        row.state = DebitFile.State.WITHDRAWN
        row.save(update_fields=["state"])


def can_be_withdrawn(file: DebitFile) -> bool:
    """Whether it stands, and nothing shows that the bank has taken it."""
    settled = file.debits.exclude(attempt__state=AttemptState.PENDING)
    not_taken = file.state == DebitFile.State.SENT and not settled.exists()
    return file.state == DebitFile.State.MADE or not_taken


def stopped_debits(now: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Debits in no file whose promise has been stopped or paused."""
    return _stopped.ids(limit)


@Search
def _stopped() -> QuerySet[Attempt, tuple[uuid.UUID]]:
    # Whatever is open has its next look-up: that index is short, and attempts are many.
    waiting = Installment.objects.filter(
        next_action_at__isnull=False,
        state=InstallmentState.PENDING,
        contribution__account__processor=DEBIT,
    ).exclude(contribution__state__in=_STANDING)
    rows = Attempt.objects.filter(
        ~Exists(Debit.objects.filter(attempt=OuterRef("pk"))),
        installment__in=waiting,
        state=AttemptState.PENDING,
    )
    return rows.values_list("pk")


def take_back(attempt_id: uuid.UUID, now: datetime) -> None:
    """Lets one such debit go, unless it is in a file or its promise goes on by now."""
    with transaction.atomic():
        row = locked(Attempt.objects.values_list("installment__contribution", flat=True).get(pk=attempt_id))
        if row.state not in _STANDING and not Debit.objects.filter(attempt=attempt_id).exists():
            _take_back(row, attempt_id, row.newsroom.today(now))


def outlived(now: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Mandates with debits that no bank can ask about any more, or whose promise is over and left none."""
    return found_in(all_newsrooms(), _outlived, limit, lambda newsroom: {"day": _kept_since(newsroom, now)})


@Search
def _outlived() -> QuerySet[Mandate, tuple[uuid.UUID]]:
    # Asked for each mandate: a join would begin with the newsroom's promises, which are many.
    promise = Contribution.objects.filter(pk=OuterRef("contribution"), newsroom=given_id("newsroom"))
    old = Exists(_old_debits(given_day("day")).filter(mandate=OuterRef("pk")))
    open_ones = Attempt.objects.filter(
        installment__contribution=OuterRef("contribution"), state__in=OPEN_ATTEMPT
    )
    left = Debit.objects.filter(mandate=OuterRef("pk"))
    over = ~Exists(promise.filter(state__in=LIVING)) & ~Exists(left) & ~Exists(open_ones)
    return Mandate.objects.filter(Exists(promise), old | over).values_list("pk")


def forget(mandate_id: uuid.UUID, now: datetime) -> None:
    """Deletes what is 13 months old of a mandate, and the mandate when its promise is over and nothing is left."""
    with transaction.atomic():
        mandate = Mandate.objects.select_related("contribution__newsroom").get(pk=mandate_id)
        row = locked(mandate.contribution_id)
        _old_debits(_kept_since(row.newsroom, now)).filter(mandate=mandate).delete()
        open_ones = Attempt.objects.filter(installment__contribution=row, state__in=OPEN_ATTEMPT)
        if row.state not in LIVING and not mandate.debits.exists() and not open_ones.exists():
            mandate.delete()


def _kept_since(newsroom: Newsroom, now: datetime) -> date:
    """The first day whose debits a reader's bank may still ask about or send back."""
    return months_after(newsroom.today(now), -KEPT_MONTHS)


def _old_debits(kept_since: date | Given) -> "QuerySet[Debit]":
    """Debits of days before, but those that are still open: no bank asks about them or sends them back any more."""
    rows = Debit.objects.filter(file__collect_on__lt=kept_since)
    return rows.exclude(attempt__state__in=OPEN_ATTEMPT)
