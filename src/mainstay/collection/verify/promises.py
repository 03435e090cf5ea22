"""I4, I5, I9, I10, I12 and I15: promises, their installments, and the attempts at them."""

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncMonth, TruncYear

from mainstay.collection.models import Payment
from mainstay.contributions.models import Attempt, Contribution, Installment
from mainstay.contributions.schedule import due_date
from mainstay.contributions.states import OPEN_ATTEMPT, AttemptState, InstallmentState
from mainstay.core.frequency import Frequency

from .invariant import Faults

CHUNK = 2000


def paid_means_paid() -> Faults:
    """I4. An installment is paid if and only if one attempt at it succeeded, or a payment by hand stands for it."""
    succeeded = Attempt.objects.filter(installment=OuterRef("pk"), state=AttemptState.SUCCEEDED)
    payment = Payment.objects.filter(installment=OuterRef("pk"))
    for row in _installments().filter(~Exists(succeeded), ~Exists(payment), state="paid").iterator(CHUNK):
        yield f"{_named(row)} is paid, and nothing paid it."
    for row in (
        _installments().filter(Exists(succeeded) | Exists(payment)).exclude(state="paid").iterator(CHUNK)
    ):
        yield f"{_named(row)} was paid for, and its state is {row.state}."
    yield from _too_many(_attempts(state=AttemptState.SUCCEEDED), "has {times} attempts that succeeded")


def one_open_attempt() -> Faults:
    """I5. At most one attempt at an installment is open, and no remote object serves two installments."""
    yield from _too_many(_attempts(state__in=OPEN_ATTEMPT), "has {times} open attempts")
    shared = Installment.objects.exclude(remote_id="").values("remote_id").annotate(times=Count("pk"))
    for row in shared.filter(times__gt=1).iterator(CHUNK):
        yield f"{row['times']} installments share one object at the processor."


def numbers_and_dates() -> Faults:
    """I9. Installments are numbered without gaps, their dates go up, and the next date is counted from the anchor."""
    yield from _gaps()
    later = Installment.objects.filter(
        contribution=OuterRef("contribution"),
        number__lt=OuterRef("number"),
        due_date__gt=OuterRef("due_date"),
    )
    for row in _installments().filter(Exists(later)).iterator(CHUNK):
        yield f"{_named(row)} is due before one that comes earlier."
    rows = Contribution.objects.filter(next_due_date__isnull=False, anchor__isnull=False)
    for promise in rows.iterator(CHUNK):
        assert promise.anchor is not None
        counted = due_date(promise.anchor, promise.next_number - promise.anchor_number, promise.frequency)
        if counted != promise.next_due_date:
            yield f"The promise {promise.pk} is due on {promise.next_due_date}; counted from its anchor, {counted}."


def _gaps() -> Faults:
    rows = Installment.objects.values("contribution").annotate(times=Count("pk"))
    for row in rows.filter(~Q(times=F("contribution__next_number") - 1)).iterator(CHUNK):
        promise = Contribution.objects.get(pk=row["contribution"])
        expected = promise.next_number - 1
        first = promise.installments.order_by("number").values_list("number", flat=True)[0]
        if promise.frequency != Frequency.ONCE and promise.anchor and row["times"] != expected - first + 1:
            yield f"The promise {promise.pk} has {row['times']} installments instead of {expected - first + 1}."


def once_in_a_period() -> Faults:
    """I10. No promise was collected twice for one month, or one year, unless its supporter was there."""
    for frequency, period in ((Frequency.MONTHLY, TruncMonth), (Frequency.ANNUAL, TruncYear)):
        rows = (
            Attempt.objects.filter(
                state=AttemptState.SUCCEEDED,
                reader_present=False,
                installment__payment__frequency=frequency,
                installment__number__gte=F("installment__contribution__anchor_number"),
            )
            .values("installment__contribution", period=period("installment__due_date"))
            .annotate(times=Count("pk"))
        )
        for row in rows.filter(times__gt=1).iterator(CHUNK):
            yield (
                f"The {frequency} promise {row['installment__contribution']} was collected"
                f" {row['times']} times for the period from {row['period']}."
            )


def nothing_left_lying() -> Faults:
    """I12. Whatever was interrupted goes on by itself: open attempts and due installments have their next moment."""
    waiting = Q(next_action_at__isnull=True)
    open_ones = Attempt.objects.filter(installment=OuterRef("pk"), state__in=OPEN_ATTEMPT)
    for row in _installments().filter(waiting, Exists(open_ones)).iterator(CHUNK):
        yield f"{_named(row)} has an open attempt, and nothing will ask what became of it."
    for row in (
        _installments().filter(waiting, ~Exists(open_ones), state=InstallmentState.DUE).iterator(CHUNK)
    ):
        yield f"{_named(row)} is due, and nothing will collect it."
    for row in _installments().filter(~Exists(open_ones), state=InstallmentState.COLLECTING).iterator(CHUNK):
        yield f"{_named(row)} is being collected by no attempt."


def booked_as_asked() -> Faults:
    """I15. What succeeded was of the amount and currency that were asked for; anything else is in quarantine."""
    rows = Attempt.objects.filter(state=AttemptState.SUCCEEDED, installment__payment__isnull=False)
    wrong = rows.exclude(
        amount_minor=F("installment__payment__gross_minor"), currency=F("installment__payment__currency")
    )
    for attempt in wrong.select_related("installment").iterator(CHUNK):
        yield f"{_named(attempt.installment)} was booked with another amount than was asked for."


def _installments() -> QuerySet[Installment]:
    return Installment.objects.order_by("contribution", "number")


def _attempts(**states: object) -> QuerySet[Attempt]:
    return Attempt.objects.filter(**states)


def _too_many(attempts: QuerySet[Attempt], words: str) -> Faults:
    rows = attempts.values("installment").annotate(times=Count("pk")).filter(times__gt=1)
    for row in rows.iterator(CHUNK):
        named = _named(Installment.objects.get(pk=row["installment"]))
        yield f"{named} {words.format(times=row['times'])}."


def _named(installment: Installment) -> str:
    return f"Installment {installment.number} of the promise {installment.contribution_id}"
