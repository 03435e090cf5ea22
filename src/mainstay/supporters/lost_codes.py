"""The desk's queue of lost codes: what a reader remembers, the promises that fit, and the one thing to do: stop."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from mainstay.audit import log
from mainstay.collection.models import Payment
from mainstay.contributions.models import Contribution
from mainstay.contributions.states import LIVING
from mainstay.core.errors import MainstayError
from mainstay.core.frequency import Frequency
from mainstay.newsrooms.models import Newsroom

from .leaving import stop_and_tell
from .models import LostCode

AT_MOST = 50
FITTING_AT_MOST = 200


class DoesNotFit(MainstayError):
    """The promise has no payment of the reported day and amount."""

    def __init__(self) -> None:
        super().__init__(
            "This contribution does not have a payment of that day and amount. Nothing was stopped."
        )


def waiting(newsroom: Newsroom) -> list[LostCode]:
    """The open reports, oldest first, at most fifty: dealing with these brings the next ones."""
    found = LostCode.objects.filter(newsroom=newsroom, state=LostCode.State.OPEN)
    return list(found.order_by("day", "pk")[:AT_MOST])


def fitting(newsroom: Newsroom, reports: Sequence[LostCode]) -> dict[uuid.UUID, list[Contribution]]:
    """For each report, the living promises that renew and have a payment of that day and amount. One query."""
    found: dict[uuid.UUID, list[Contribution]] = {report.pk: [] for report in reports}
    if not reports:
        return found
    wanted = Q()
    for report in reports:
        wanted |= _told(report)
    for payment in _payments(newsroom).filter(wanted).order_by("day", "pk")[:FITTING_AT_MOST]:
        for report in reports:
            if (
                _fits(report, payment)
                and payment.contribution
                and payment.contribution not in found[report.pk]
            ):
                found[report.pk].append(payment.contribution)
    return found


def _payments(newsroom: Newsroom) -> QuerySet[Payment]:
    renewing = Payment.objects.filter(newsroom=newsroom, contribution__state__in=LIVING)
    return renewing.exclude(frequency=Frequency.ONCE).select_related("contribution")


@transaction.atomic
def stop_fitting(report: LostCode, contribution: Contribution, *, actor: str, now: datetime) -> None:
    """Stops a promise that fits the report and closes the report. Raises `DoesNotFit`."""
    if not _payments(report.newsroom).filter(_told(report), contribution=contribution).exists():
        raise DoesNotFit
    stop_and_tell(contribution, why="lost_code", actor=actor, now=now)
    _close(report, "lost_code.stopped", actor, report.newsroom.today(now))


@transaction.atomic
def close(report: LostCode, *, actor: str, day: date) -> None:
    """Closes a report that nothing fits."""
    _close(report, "lost_code.closed", actor, day)


def _close(report: LostCode, action: str, actor: str, day: date) -> None:
    report.state = LostCode.State.DONE
    report.save(update_fields=["state"])
    log.record(action, actor=actor, day=day, newsroom_id=report.newsroom_id, subject=str(report.pk))


def _told(report: LostCode) -> Q:
    return Q(day=report.paid_on, gross_minor=report.amount_minor, currency=report.currency)


def _fits(report: LostCode, payment: Payment) -> bool:
    told = (report.paid_on, report.amount_minor, report.currency)
    return told == (payment.day, payment.gross_minor, payment.currency)
