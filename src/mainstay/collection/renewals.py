"""Turning due promises into installments, announcing annual ones, and ending what has run out. No money moves here."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from mainstay.contributions.actions import (
    locked,
    locked_installment,
    note,
    resume,
    set_installment,
    set_state,
    skip_open_installments,
    stop,
)
from mainstay.contributions.models import Contribution, Installment
from mainstay.contributions.retry import STANDARD
from mainstay.contributions.schedule import due_date
from mainstay.contributions.states import OPEN_ATTEMPT, RENEWING, ContributionState, InstallmentState
from mainstay.core.frequency import Frequency
from mainstay.core.search import Search, given_day, given_id, given_number
from mainstay.letters.models import Letter
from mainstay.letters.outbox import queue
from mainstay.newsrooms.models import Newsroom
from mainstay.newsrooms.searching import all_newsrooms, found_in, renewing

EARLY_NOTICE_DAYS = 30
NOTICE_DAYS = 7
LARGEST_CATCH_UP = 400
_RENEWS = Q(last_due_date__isnull=True) | Q(last_due_date__gte=F("next_due_date"))
"""It has no last day, or the next due date is not after it."""


def due_contributions(now: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Promises whose next due date has come, in newsrooms that collect renewals."""
    return found_in(renewing(), _due, limit, lambda newsroom: _near(newsroom, now))


def _near(newsroom: Newsroom, now: datetime) -> dict[str, date]:
    """The days that matter to a promise whose due date is near."""
    today = newsroom.today(now)
    week = timedelta(days=NOTICE_DAYS)
    return {
        "today": today,
        "week_ago": today - week,
        "in_a_week": today + week,
        "early": today + timedelta(days=EARLY_NOTICE_DAYS),
    }


@Search
def _due() -> QuerySet[Contribution, tuple[uuid.UUID]]:
    rows = Contribution.objects.filter(
        newsroom=given_id("newsroom"),
        state__in=RENEWING,
        frequency__in=(Frequency.MONTHLY, Frequency.ANNUAL),
        next_due_date__lte=given_day("today"),
    )
    return rows.exclude(_still_announced()).values_list("pk")


def _still_announced() -> Q:
    """Annual ones with an address that were not announced, or not seven days ago: nothing can be done about them."""
    announced = Q(noticed_number=F("next_number"), noticed_on__lte=given_day("week_ago"))
    return _RENEWS & Q(frequency=Frequency.ANNUAL, mail_sealed__isnull=False) & ~announced


def materialise(contribution_id: uuid.UUID, now: datetime) -> None:
    """Makes the installment that is due, if it is. After an outage the newest one alone; the others are skipped."""
    with transaction.atomic():
        row = locked(contribution_id)
        today = row.newsroom.today(now)
        for _turn in range(LARGEST_CATCH_UP):
            if row.state not in RENEWING or row.next_due_date is None or row.next_due_date > today:
                break
            if not _may_come_due(row, today, now):
                return
            _make_installment(row, today, now)
            row.save(update_fields=["next_number", "next_due_date"])


def _may_come_due(row: Contribution, today: date, now: datetime) -> bool:
    """Whether the next installment may be made. An annual one waits until 7 days after its notice went out."""
    if row.last_due_date and row.next_due_date and row.next_due_date > row.last_due_date:
        _complete(row, today, now)
        return False
    if row.frequency != Frequency.ANNUAL:
        return True
    if not row.mail_sealed:
        stop(row, why="no_address", actor="worker", day=today)
        return False
    if row.noticed_number != row.next_number or row.noticed_on is None:
        return False
    letter = Letter.objects.filter(dedupe_key=_notice_key(row, NOTICE_DAYS)).first()
    if letter is not None and letter.state == Letter.State.FAILED:
        stop(row, why="no_address", actor="worker", day=today)
        return False
    if letter is not None:
        row.noticed_on = today if letter.state == Letter.State.WAITING else letter.day
        row.save(update_fields=["noticed_on"])
    return row.noticed_on + timedelta(days=NOTICE_DAYS) <= today


def _complete(row: Contribution, today: date, now: datetime) -> None:
    skip_open_installments(row)
    row.next_due_date, row.ended_on, row.ended_why = None, today, "sunset"
    if row.state == ContributionState.FAILING:
        set_state(row, ContributionState.CANCELLED)
    else:
        set_state(row, ContributionState.COMPLETED)
    row.save()
    note(row, "completed", actor="worker", day=today)
    _tell_of_end(row, today, now)


def _tell_of_end(row: Contribution, today: date, now: datetime) -> None:
    """Queues the letter that says that the promise ended by itself, and why; only to who gave an address."""
    if row.mail_sealed:
        queue(
            kind="ended",
            newsroom=row.newsroom,
            language=row.language,
            dedupe_key=f"ended:{row.pk}:{today}",
            recipient_sealed=bytes(row.mail_sealed),
            payload={
                "amount_minor": row.amount_minor,
                "currency": row.currency,
                "frequency": row.frequency,
                "day": today.isoformat(),
                "why": row.ended_why,
            },
            day=today,
            now=now,
        )


def _make_installment(row: Contribution, today: date, now: datetime) -> None:
    """One installment, and the date after it. It is skipped when a later one is due too, or an earlier one fails."""
    assert row.anchor is not None
    assert row.next_due_date is not None
    number, due = row.next_number, row.next_due_date
    row.next_number = number + 1
    row.next_due_date = due_date(row.anchor, row.next_number - row.anchor_number, row.frequency)
    outdated = row.next_due_date <= today or row.state == ContributionState.FAILING
    if _made.any(contribution=row.pk, number=number):
        return
    Installment.objects.create(
        contribution=row,
        number=number,
        due_date=due,
        amount_minor=row.amount_minor,
        currency=row.currency,
        state=InstallmentState.SKIPPED if outdated else InstallmentState.DUE,
        next_action_at=None if outdated else now,
    )
    if outdated:
        note(row, "skipped", actor="worker", day=today, due=due.isoformat())


@Search
def _made() -> QuerySet[Installment, tuple[uuid.UUID]]:
    rows = Installment.objects.filter(contribution=given_id("contribution"), number=given_number("number"))
    return rows.values_list("pk")


def notices_due(now: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Annual promises with an address whose renewal is near and not announced yet."""
    return found_in(renewing(), _to_announce, limit, lambda newsroom: _near(newsroom, now))


@Search
def _to_announce() -> QuerySet[Contribution, tuple[uuid.UUID]]:
    early = ~Q(noticed_early_number=F("next_number"))
    late = Q(next_due_date__lte=given_day("in_a_week")) & ~Q(noticed_number=F("next_number"))
    rows = Contribution.objects.filter(
        early | late,
        _RENEWS,
        newsroom=given_id("newsroom"),
        frequency=Frequency.ANNUAL,
        next_due_date__lte=given_day("early"),
        state__in=RENEWING,
        mail_sealed__isnull=False,
    )
    return rows.values_list("pk")


def give_notice(contribution_id: uuid.UUID, now: datetime) -> None:
    """Queues the letter that announces an annual renewal, 30 and 7 days ahead."""
    with transaction.atomic():
        row = locked(contribution_id)
        if row.next_due_date is None or not row.mail_sealed or row.state not in RENEWING:
            return
        today = row.newsroom.today(now)
        last_call = row.next_due_date <= today + timedelta(days=NOTICE_DAYS)
        row.noticed_early_number = row.next_number
        if last_call:
            row.noticed_number, row.noticed_on = row.next_number, today
        row.save()
        days = NOTICE_DAYS if last_call else EARLY_NOTICE_DAYS
        _queue_notice(row, days, today, now)
        note(row, "noticed", actor="worker", day=today, due=row.next_due_date.isoformat())


def _notice_key(row: Contribution, days: int) -> str:
    return f"notice:{row.pk}:{row.next_number}:{days}"


def _queue_notice(row: Contribution, days: int, today: date, now: datetime) -> None:
    assert row.next_due_date is not None
    assert row.mail_sealed is not None
    queue(
        kind="renewal_notice",
        newsroom=row.newsroom,
        language=row.language,
        dedupe_key=_notice_key(row, days),
        recipient_sealed=bytes(row.mail_sealed),
        payload={
            "amount_minor": row.amount_minor,
            "currency": row.currency,
            "due": max(row.next_due_date, today + timedelta(days=NOTICE_DAYS)).isoformat(),
            "days": days,
        },
        day=today,
        now=now,
    )


def pauses_over(now: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Paused promises whose pause has ended."""
    return found_in(all_newsrooms(), _pauses_over, limit, lambda newsroom: {"today": newsroom.today(now)})


@Search
def _pauses_over() -> QuerySet[Contribution, tuple[uuid.UUID]]:
    rows = Contribution.objects.filter(newsroom=given_id("newsroom"), state=ContributionState.PAUSED)
    return rows.filter(resume_on__lte=given_day("today")).values_list("pk")


def end_pause(contribution_id: uuid.UUID, now: datetime) -> None:
    """The pause is over: the promise goes on."""
    with transaction.atomic():
        row = locked(contribution_id)
        if row.state == ContributionState.PAUSED and row.resume_on:
            resume(row, actor="worker", day=row.resume_on)


def lapsing(now: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Installments that could not be collected for three weeks."""
    tried = timedelta(days=STANDARD.lapse_after_days)
    return found_in(all_newsrooms(), _stuck, limit, lambda newsroom: {"ended": newsroom.today(now) - tried})


@Search
def _stuck() -> QuerySet[Installment, tuple[uuid.UUID]]:
    rows = Installment.objects.filter(
        contribution__newsroom=given_id("newsroom"),
        contribution__state=ContributionState.FAILING,
        state__in=(InstallmentState.RETRYING, InstallmentState.ACTION_REQUIRED),
        due_date__lte=given_day("ended"),
    )
    return rows.values_list("pk")


def lapse(installment_id: uuid.UUID, now: datetime) -> None:
    """Gives an installment up, and the promise with it, until its supporter gives another card."""
    with transaction.atomic():
        installment = Installment.objects.get(pk=installment_id)
        row = locked(installment.contribution_id)
        installment = locked_installment(installment_id)
        if (
            row.state != ContributionState.FAILING
            or installment.attempts.filter(state__in=OPEN_ATTEMPT).exists()
        ):
            return
        today = row.newsroom.today(now)
        set_installment(installment, InstallmentState.UNCOLLECTIBLE)
        installment.next_action_at = installment.next_try_on = None
        installment.save()
        set_state(row, ContributionState.LAPSED)
        row.next_due_date, row.ended_on, row.ended_why = None, today, "uncollectible"
        row.save()
        note(row, "lapsed", actor="worker", day=today)
        _tell_of_end(row, today, now)
