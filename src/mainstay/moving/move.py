"""Changing the payment company: promises go from one account of a newsroom to another one.

By letter: the supporter is asked for a card, and their own page takes it for the new account. Until then the old one
goes on collecting. By tokens: where the old company has handed its saved cards to the new one, a table says which card
became which. Both go in batches; declines at the new account stop the next batch; both can be taken back.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from django.db import transaction
from django.db.models import QuerySet

from mainstay.audit import log
from mainstay.collection.checkout import decide_for
from mainstay.collection.models import Detachment
from mainstay.collection.sealed import open_method, seal_method
from mainstay.contributions.models import Attempt, Contribution
from mainstay.contributions.moved import await_card, change_account, is_under_way
from mainstay.contributions.port import Flow, Method, Outcome
from mainstay.contributions.states import AttemptState, ContributionState, InstallmentState
from mainstay.core.errors import MainstayError, WrongSettings
from mainstay.core.frequency import Frequency
from mainstay.core.search import Given
from mainstay.letters.models import Letter
from mainstay.letters.outbox import queue
from mainstay.newsrooms.models import Newsroom, ProcessorAccount
from mainstay.newsrooms.policy import State
from mainstay.processors.registry import adapter_for
from mainstay.sealing.keyring import KeyRing

from .models import MovedPromise

FEWEST_TO_JUDGE = 10
_S, _I = ContributionState, InstallmentState
_STANDING = (_S.ACTIVE, _S.FAILING, _S.PAUSED, _S.LAPSED)
_OPEN = (_I.SCHEDULED, _I.DUE, _I.COLLECTING, _I.RETRYING, _I.ACTION_REQUIRED, _I.PENDING, _I.UNKNOWN)


class Fate(StrEnum):
    """What came of one promise."""

    ASKED = "asked"
    NO_ADDRESS = "no address"
    MOVED = "moved"
    UNDER_WAY = "payment under way"
    NOT_IN_TABLE = "not in the table"
    NOT_THERE = "card not at the new company"
    OTHER_CURRENCY = "currency not taken there"
    REFUSED = "country refused"
    BACK = "back"
    STAYS = "stays"


class TooManyDeclines(MainstayError):
    """The promises that moved are declined more often than was allowed: no further batch."""

    def __init__(self, watch: "Watch") -> None:
        super().__init__(
            f"{watch.declined} of {watch.judged} payments at the new account were declined. Nothing more was moved. "
            "Look for the reason there; --back takes back what has not paid."
        )


@dataclass(frozen=True, slots=True)
class Watch:
    """How the promises that moved have fared at the new account: payments that ended, and those that were declined."""

    judged: int
    declined: int

    def is_worse_than(self, percent: int) -> bool:
        """Whether more than that share was declined, of at least ten."""
        return self.judged >= FEWEST_TO_JUDGE and 100 * self.declined > percent * self.judged


def check_pair(old: ProcessorAccount, new: ProcessorAccount) -> None:
    """Raises `WrongSettings` for two accounts between which nothing can move.

    Where readers send the money, or sign for each account, nothing can be given that a promise goes on with.
    """
    if old.pk == new.pk or old.newsroom_id != new.newsroom_id:
        raise WrongSettings("--from and --to are two accounts of one newsroom.")
    able = adapter_for(new).capabilities
    if not new.active or not able.recurring:
        raise WrongSettings("The account to move to is switched off or can't renew.")
    if able.flow in (Flow.PUSH, Flow.MANDATE):
        raise WrongSettings(
            f"At {able.name} nothing is saved that a promise could go on with. Ask your supporters to begin anew there."
        )


def standing(old: ProcessorAccount) -> "QuerySet[Contribution]":
    """The promises that the old account collects."""
    rows = Contribution.objects.filter(account=old, state__in=_STANDING).exclude(frequency=Frequency.ONCE)
    return rows.select_related("newsroom", "account").order_by("pk")


def watch(old: ProcessorAccount, new: ProcessorAccount) -> Watch:
    """What became of payments at the new account."""
    judged = declined = 0
    for moved in MovedPromise.objects.filter(from_account=old, to_account=new):
        attempts = Attempt.objects.filter(
            installment__contribution=moved.contribution_id, installment__number__gte=moved.number
        )
        ended = attempts.filter(state__in=(AttemptState.SUCCEEDED, AttemptState.DECLINED))
        last = ended.order_by("-installment__number", "-number").first()
        judged += last is not None
        declined += last is not None and last.state == AttemptState.DECLINED
    return Watch(judged, declined)


def ask_by_letter(
    old: ProcessorAccount, new: ProcessorAccount, *, most: int, actor: str, now: datetime, dry_run: bool
) -> Iterator[Fate]:
    """Asks the next `most` supporters for a card for the new account. One without an address is told on their page."""
    rows = standing(old).filter(moving_to__isnull=True)
    _record("move.asked", old, new, actor, now, dry_run)
    for row in rows[:most]:
        if not dry_run:
            _ask(row, new, now)
        yield Fate.ASKED if row.mail_sealed else Fate.NO_ADDRESS


@transaction.atomic
def _ask(row: Contribution, new: ProcessorAccount, now: datetime) -> None:
    today = row.newsroom.today(now)
    await_card(row, new)
    if row.mail_sealed:
        queue(
            kind="new_card",
            newsroom=row.newsroom,
            language=row.language,
            dedupe_key=_letter_key(row, new),
            recipient_sealed=bytes(row.mail_sealed),
            payload={
                "amount_minor": row.amount_minor,
                "currency": row.currency,
                "frequency": row.frequency,
            },
            day=today,
            now=now,
        )


def _letter_key(row: Contribution, new: ProcessorAccount) -> str:
    return f"new_card:{row.pk}:{new.pk}"


def read_table(path: Path) -> dict[str, Method]:
    """The table of tokens: columns `old_method`, `new_customer`, `new_method`. Raises `WrongSettings`."""
    needed = {"old_method", "new_customer", "new_method"}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not needed <= set(rows.fieldnames or ()):
                raise WrongSettings(f"The table's first line must name {', '.join(sorted(needed))}.")
            return {row["old_method"]: Method(row["new_customer"], row["new_method"], None) for row in rows}
    except (OSError, UnicodeDecodeError, csv.Error):
        raise WrongSettings("The table can't be read as CSV in UTF-8.") from None


def move_by_tokens(
    old: ProcessorAccount,
    new: ProcessorAccount,
    table: Mapping[str, Method],
    ring: KeyRing,
    *,
    most: int,
    actor: str,
    now: datetime,
    dry_run: bool,
) -> Iterator[Fate]:
    """Moves the next `most` promises whose card the table knows, and says of each other one why it stays."""
    moved = 0
    _record("move.begun", old, new, actor, now, dry_run)
    for row in standing(old).iterator(chunk_size=200):
        if moved >= most:
            return
        fate, card = _card_there(row, new, table, ring)
        if card is not None and not dry_run:
            _move(row, new, card, actor, now)
        moved += fate == Fate.MOVED
        yield fate


def _card_there(
    row: Contribution, new: ProcessorAccount, table: Mapping[str, Method], ring: KeyRing
) -> tuple[Fate, Method | None]:
    """The card as the new company has it, asked there and decided by country; else why the promise stays."""
    method = open_method(ring, row)
    wanted = table.get(method.method) if method else None
    if wanted is None:
        return Fate.NOT_IN_TABLE, None
    if is_under_way(row) or row.installments.filter(state__in=_OPEN).exists():
        return Fate.UNDER_WAY, None
    processor = adapter_for(new)
    if row.currency not in processor.capabilities.currencies:
        return Fate.OTHER_CURRENCY, None
    fact = processor.look_up_method(wanted.method)
    if fact.outcome != Outcome.SUCCEEDED or fact.method is None or fact.method.customer != wanted.customer:
        return Fate.NOT_THERE, None
    if decide_for(row.newsroom, fact.method.country).state == State.REFUSE:
        return Fate.REFUSED, None
    return Fate.MOVED, fact.method


@transaction.atomic
def _move(row: Contribution, new: ProcessorAccount, card: Method, actor: str, now: datetime) -> None:
    """The old card stays at the old company for 35 days, so that the promise can go back."""
    today = row.newsroom.today(now)
    MovedPromise.objects.create(
        contribution=row,
        from_account=row.account,
        to_account=new,
        method_sealed=row.method_sealed,
        number=row.next_number,
        day=today,
    )
    change_account(row, new, seal_method(row.newsroom, card), actor=actor, day=today)


def back(old: ProcessorAccount, new: ProcessorAccount, *, actor: str, now: datetime) -> Iterator[Fate]:
    """Takes back what was asked and has not been answered, and what was moved and has not paid at the new account."""
    _record("move.back", old, new, actor, now, dry_run=False)
    for row in standing(old).filter(moving_to=new):
        with transaction.atomic():
            await_card(row, None)
            Letter.objects.filter(dedupe_key=_letter_key(row, new), state=Letter.State.WAITING).delete()
        yield Fate.BACK
    moved = MovedPromise.objects.filter(from_account=old, to_account=new)
    for one in moved.select_related("contribution__newsroom", "from_account"):
        yield Fate.BACK if _take_back(one, actor, now) else Fate.STAYS


@transaction.atomic
def _take_back(one: MovedPromise, actor: str, now: datetime) -> bool:
    row = one.contribution
    paid = row.installments.filter(number__gte=one.number, state=InstallmentState.PAID).exists()
    changed = row.account_id != one.to_account_id or row.state not in _STANDING
    if paid or changed or is_under_way(row) or not one.method_sealed:
        return False
    today = row.newsroom.today(now)
    change_account(row, one.from_account, bytes(one.method_sealed), actor=actor, day=today)
    one.delete()
    return True


def older(newsroom: Newsroom | Given, before: date | Given) -> "QuerySet[MovedPromise]":
    """Promises that moved before that day."""
    return MovedPromise.objects.filter(to_account__newsroom=newsroom, day__lt=before)


def let_old_cards_go(rows: Sequence[MovedPromise], now: datetime) -> None:
    """Has the old company forget the cards of promises that won't go back any more."""
    for one in rows:
        with transaction.atomic():
            if one.method_sealed:
                Detachment.objects.create(
                    account=one.from_account, method_sealed=bytes(one.method_sealed), next_action_at=now
                )
            one.delete()


def _record(
    action: str, old: ProcessorAccount, new: ProcessorAccount, actor: str, now: datetime, dry_run: bool
) -> None:
    if not dry_run:
        log.record(
            action,
            actor=actor,
            day=old.newsroom.today(now),
            newsroom_id=old.newsroom_id,
            subject=str(old.pk),
            detail={"to": str(new.pk)},
        )
