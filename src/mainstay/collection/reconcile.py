"""Reconciliation: our books against a processor's own, in both directions, every day at six and whenever staff ask.

A run reads the processor's lines from where the last one ended; what we lack is fetched and booked, what the processor
lacks is looked up and shown. It never charges. The cursor is kept page by page, so that a long run that is interrupted
goes on where it was, and a restored backup reads again everything since its own moment.
"""

import logging
import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import islice

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce

from mainstay.contributions.models import Attempt, Contribution
from mainstay.contributions.port import BalanceLine, Outcome
from mainstay.contributions.states import ContributionState
from mainstay.core.errors import MainstayError
from mainstay.core.ids import remote_hash
from mainstay.core.search import Search, given_day, given_id, given_moment
from mainstay.jobs.claims import FREE, claim, release
from mainstay.ledger.post import balances, processor_code
from mainstay.newsrooms.models import Newsroom, ProcessorAccount
from mainstay.newsrooms.searching import all_newsrooms, found_in
from mainstay.processors.registry import adapter_for
from mainstay.sealing.keyring import KeyRing

from . import differences
from .lines import Comparing, NotYet, compare, moved
from .models import AccountCheck, Difference, Payment
from .payouts import apply_payout, on_their_way
from .sealed import open_remote

log = logging.getLogger("mainstay.reconcile")
CHECK_HOUR = 6
NEVER = date.min
OUTAGE = timedelta(hours=1)
SOON_MINUTES = 1
UNREACHABLE_MINUTES = 30
PAGE = 200
LATEST_LINE_DAYS = 2
LARGEST_QUESTION = 500
UNRESOLVED_DAYS = 3
ROUNDS = 3
Kind = Difference.Kind
_EXPLAINS = (
    Kind.AMOUNT,
    Kind.FEE,
    Kind.UNKNOWN_LINE,
    Kind.MISSING_THERE,
    Kind.REFUND,
    Kind.DISPUTE,
)
"""What makes the balances differ by itself: while one is open, that they differ is no news."""
_RESULT = ("problem", "held", "checked_on", "checked_at", "lines_read", "payments_booked", "promises_rebuilt")


def due_checks(now: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Accounts that staff asked to compare, that could not be, or that were not compared since six today."""
    _make_rows()
    return found_in(all_newsrooms(), _due, limit, lambda newsroom: {"now": now, "day": _since(newsroom, now)})


def _since(newsroom: Newsroom, now: datetime) -> date:
    """What was last compared before this day is due: from six on what was not yet today, and nothing before six."""
    return newsroom.today(now) if newsroom.calendar(now).hour >= CHECK_HOUR else NEVER


@Search
def _due() -> QuerySet[AccountCheck, tuple[uuid.UUID]]:
    rows = AccountCheck.objects.filter(account__newsroom=given_id("newsroom"))
    rows = rows.alias(last=Coalesce("checked_on", Value(NEVER)))
    unasked = Q(next_action_at__isnull=True) & (Q(held=True) | Q(last__lt=given_day("day")))
    return rows.filter(FREE, Q(next_action_at__lte=given_moment("now")) | unasked).values_list("pk")


def _make_rows() -> None:
    for account in _without_row.ids(LARGEST_QUESTION):
        AccountCheck.objects.get_or_create(account_id=account)


@Search
def _without_row() -> QuerySet[ProcessorAccount, tuple[uuid.UUID]]:
    return ProcessorAccount.objects.filter(check_row__isnull=True).values_list("pk")


def ask_for_check(account: ProcessorAccount, now: datetime, *, from_the_beginning: bool = False) -> None:
    """The worker compares the account in its next pass; on wish it reads all lines again, not only the new ones."""
    AccountCheck.objects.get_or_create(account=account)
    changes: dict[str, object] = {"next_action_at": now}
    if from_the_beginning:
        changes |= {"cursor": "", "sums": {}}
    AccountCheck.objects.filter(account=account).update(**changes)


def hold_all(now: datetime) -> None:
    """After an outage or a restored backup: nothing is collected on any account before it has been compared."""
    while _without_row.any():
        _make_rows()
    AccountCheck.objects.update(held=True, next_action_at=now)


def hold_after_outage(seen: datetime | None, now: datetime) -> bool:
    """Holds all accounts when no worker has been there for an hour (`seen`: the newest beat, `None` when none ever)."""
    out = seen is not None and now - seen > OUTAGE
    if out:
        hold_all(now)
    return out


def reconcile(account_id: uuid.UUID, ring: KeyRing, now: datetime) -> None:
    """Compares one account and keeps what came of it, unless another process is at it.

    A processor that can't be asked is written down as the check's `problem`. The next try is half an hour later; a
    minute later while collecting waits for it, or while only a payment under way stood in the way.
    """
    token = claim(AccountCheck, account_id, now)
    if token is None:
        return
    # What is asked for from here on is asked for again: it stays for the next run.
    AccountCheck.objects.filter(pk=account_id).update(next_action_at=None)
    check = AccountCheck.objects.select_related("account__newsroom").get(pk=account_id)
    check.lines_read = check.payments_booked = check.promises_rebuilt = 0
    try:
        _compare_all(check, ring, now)
        check.problem, check.held = "", False
        check.checked_on, check.checked_at = check.account.newsroom.today(now), now
    except MainstayError as error:
        log.warning("reconciliation not finished: %s", type(error).__name__)
        check.problem = str(error)[:200]
        soon = check.held or isinstance(error, NotYet)
        minutes = SOON_MINUTES if soon else UNREACHABLE_MINUTES
        again = now + timedelta(minutes=minutes)
        AccountCheck.objects.filter(pk=account_id).update(next_action_at=again)
    check.save(update_fields=_RESULT)
    release(AccountCheck, account_id, token)


def open_differences(account: ProcessorAccount) -> int:
    """How many differences staff have to look at."""
    return account.differences.filter(state=Difference.State.OPEN).count()


def _compare_all(check: AccountCheck, ring: KeyRing, now: datetime) -> None:
    at = Comparing(check.account, adapter_for(check.account), ring, now)
    promises = _lost_promises(check.account).count()
    try:
        _read_lines(check, at)
    finally:
        check.payments_booked = at.payments_booked
        check.promises_rebuilt = _lost_promises(check.account).count() - promises
    for payout_id in on_their_way(check.account, ring):
        apply_payout(check.account, at.processor.look_up_payout(payout_id), now)
    _ask_about_ours(at)
    _settle_promises(at)
    _show_unresolved(at)
    if at.processor.capabilities.keeps_books:
        _compare_balances(check, at)
    differences.forget_settled(check.account, at.today)


def _lost_promises(account: ProcessorAccount) -> "QuerySet[Difference]":
    return Difference.objects.filter(account=account, kind=Kind.MISSING_PROMISE)


def _read_lines(check: AccountCheck, at: Comparing) -> None:
    """Theirs against ours, page by page. What was read stays read when the rest can't be."""
    lines = at.processor.balance_lines(check.cursor)
    while page := list(islice(lines, PAGE)):
        done: list[BalanceLine] = []
        try:
            for line in page:
                compare(line, at)
                done.append(line)
        finally:
            _keep(check, done, at)


def _keep(check: AccountCheck, done: Sequence[BalanceLine], at: Comparing) -> None:
    """How far reading has come, with what was found until there."""
    if not done:
        return
    Payment.objects.filter(pk__in=at.matched).update(matched_on=at.today)
    at.matched.clear()
    for line in done:
        check.sums[line.currency] = check.sums.get(line.currency, 0) + moved(line).minor
    check.cursor = done[-1].cursor
    check.lines_read += len(done)
    check.save(update_fields=["cursor", "sums", "lines_read"])


def _ask_about_ours(at: Comparing) -> None:
    """Ours against theirs: payments without a line after two days are looked up one by one."""
    latest = at.today - timedelta(days=LATEST_LINE_DAYS)
    rows = Payment.objects.filter(account=at.account, matched_on__isnull=True, day__lt=latest)
    for payment in rows.order_by("day")[:LARGEST_QUESTION]:
        ids = open_remote(at.ring, at.account.newsroom, bytes(payment.remote_sealed))
        fact = at.processor.look_up_charge(ids["charge_id"])
        if fact.outcome == Outcome.SUCCEEDED:
            Payment.objects.filter(pk=payment.pk).update(matched_on=at.today)
            at.settle(Kind.MISSING_THERE, ids["charge_id"])
        elif fact.outcome in (Outcome.NOT_FOUND, Outcome.CANCELLED, Outcome.EXECUTABLE):
            detail = {"payment": str(payment.pk), "minor": payment.gross_minor, "currency": payment.currency}
            at.report(Kind.MISSING_THERE, ids["charge_id"], **detail)


def _settle_promises(at: Comparing) -> None:
    """A rebuilt promise that the desk let go on or stopped is no difference any more."""
    for row in _lost_promises(at.account).filter(state=Difference.State.OPEN)[:LARGEST_QUESTION]:
        promise = Contribution.objects.filter(pk=row.detail.get("contribution")).first()
        waits = promise is not None and promise.state == ContributionState.PAUSED and not promise.resume_on
        if not waits:
            rows = Difference.objects.filter(pk=row.pk)
            rows.update(state=Difference.State.SETTLED, settled_on=at.today)


def _show_unresolved(at: Comparing) -> None:
    """Attempts without an answer for three days."""
    since = at.today - timedelta(days=UNRESOLVED_DAYS)
    attempts = Attempt.objects.filter(
        installment__contribution__account=at.account, state="unknown"
    ).select_related("installment")
    still = set()
    for attempt in attempts.filter(opened_on__lt=since).order_by("opened_on")[:LARGEST_QUESTION]:
        contribution, reference = str(attempt.installment.contribution_id), attempt.installment.reference
        at.report(Kind.UNRESOLVED, reference, contribution=contribution, since=attempt.opened_on.isoformat())
        still.add(remote_hash(reference))
    over = Difference.objects.filter(account=at.account, kind=Kind.UNRESOLVED, state=Difference.State.OPEN)
    over.exclude(object_hash__in=still).update(state=Difference.State.SETTLED, settled_on=at.today)


def _compare_balances(check: AccountCheck, at: Comparing) -> None:
    """What the processor holds, what its lines come to, and what our books say: all three, for each currency."""
    for _round in range(ROUNDS):
        told, ours = at.processor.balance(), balances(at.account.newsroom, processor_code(at.account.pk))
        currencies = {*told, *ours, *check.sums}
        sides = {name: (told.get(name, 0), check.sums.get(name, 0), ours.get(name, 0)) for name in currencies}
        if all(len(set(side)) == 1 for side in sides.values()):
            break
        _read_lines(check, at)
    explained = at.account.differences.filter(state=Difference.State.OPEN, kind__in=_EXPLAINS).exists()
    for currency, side in sides.items():
        if len(set(side)) == 1 or explained:
            at.settle(Kind.BALANCE, currency)
        else:
            detail = dict(zip(("told", "lines", "ours"), side, strict=True))
            at.report(Kind.BALANCE, currency, currency=currency, **detail)
