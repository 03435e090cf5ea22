"""What must hold on every day of a simulated year, and at its end. `I4` and so on: docs/explanation/money.md."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta

from .company import APPROVED, Charge
from .readers import Reader


@dataclass(frozen=True)
class Books:
    """The company's books on one day."""

    charges: list[Charge]
    balances: dict[str, int]


def daily(theirs: Books) -> Iterator[str]:
    """The invariants that hold on any day, also while an outcome is not known yet."""
    yield from _each_charge_once(theirs)
    yield from _same_money(theirs)
    yield from _paid_means_paid()
    yield from _receipts()
    yield from _dates()


def _each_charge_once(theirs: Books) -> Iterator[str]:
    """I5, I10: the company charged no installment twice."""
    counted = Counter(charge.reference for charge in theirs.charges)
    for reference, count in counted.items():
        if count > 1:
            yield f"The company charged {reference} {count} times."


def _same_money(theirs: Books) -> Iterator[str]:
    """I8, I15: what we booked, the company has, to the cent. What it has and we have not is still open with us."""
    from mainstay.collection.models import Payment
    from mainstay.contributions.models import Attempt
    from mainstay.contributions.states import OPEN_ATTEMPT
    from mainstay.core.ids import remote_hash

    ours = set(Payment.objects.values_list("remote_hash", "gross_minor", "currency"))
    known = {(remote_hash(one.id), one.amount_minor, one.currency): one.reference for one in theirs.charges}
    for payment in ours - known.keys():
        yield f"We booked a payment that the company has not: {payment[1]} {payment[2]}."
    attempts = Attempt.objects.filter(state__in=OPEN_ATTEMPT).select_related("installment")
    open_ones = {attempt.installment.reference for attempt in attempts}
    for charge in known.keys() - ours:
        if known[charge] not in open_ones:
            yield f"The company charged {known[charge]}, and nobody here will ever find out."


def _paid_means_paid() -> Iterator[str]:
    """I4: a paid installment has exactly one payment and one attempt that succeeded, and the other way round."""
    from mainstay.collection.models import Payment
    from mainstay.contributions.models import Attempt, Installment

    paid = set(Installment.objects.filter(state="paid").values_list("pk", flat=True))
    collected = set(Attempt.objects.filter(state="succeeded").values_list("installment", flat=True))
    if paid != collected:
        yield f"{len(paid ^ collected)} installments are paid without a succeeded attempt, or the other way round."
    linked = set(Payment.objects.exclude(installment=None).values_list("installment", flat=True))
    if not linked <= paid:
        yield "A payment belongs to an installment that is not paid."
    if Payment.objects.count() != len(paid):
        yield f"{Payment.objects.count()} payments for {len(paid)} paid installments."


def _receipts() -> Iterator[str]:
    """I14: no receipt without a payment, and one at most."""
    from mainstay.collection.models import Payment
    from mainstay.letters.models import Letter

    keys = Counter(Letter.objects.filter(kind="receipt").values_list("dedupe_key", flat=True))
    ids = {f"receipt:{pk}" for pk in Payment.objects.values_list("pk", flat=True)}
    if keys.keys() - ids or any(count > 1 for count in keys.values()):
        yield "There is a receipt without a payment, or two for one."


def _dates() -> Iterator[str]:
    """I9: installments are numbered without a gap, and their due dates only go forward."""
    from mainstay.contributions.models import Installment

    before: dict[Any, tuple[int, date | None]] = {}
    rows = Installment.objects.order_by("contribution", "number")
    for promise, number, due in rows.values_list("contribution", "number", "due_date"):
        last_number, last_due = before.get(promise, (0, None))
        if number != last_number + 1 or (last_due and due <= last_due):
            yield f"Installment {number} of {promise} is due on {due}, after {last_number} on {last_due}."
        before[promise] = number, due


def at_the_end(theirs: Books, readers: list[Reader], today: date) -> Iterator[str]:
    """What must hold once everything has settled: nothing open, the same balance, and nobody forgotten."""
    from mainstay.contributions.models import Attempt
    from mainstay.contributions.states import OPEN_ATTEMPT, AttemptState

    from .judging import ledger_balances

    unanswered = Attempt.objects.filter(state__in=OPEN_ATTEMPT).exclude(state=AttemptState.ACTION_REQUIRED)
    if unanswered.exists():
        yield f"{unanswered.count()} attempts are still open."
    if ledger_balances() != theirs.balances:
        yield f"The ledger holds {ledger_balances()}, the company {theirs.balances}."
    for reader in readers:
        yield from _as_promised(reader, today)


def _as_promised(reader: Reader, today: date) -> Iterator[str]:
    """An untouched monthly promise with a good card is paid on every one of its days, by dateutil's reckoning."""
    from mainstay.contributions.models import Contribution, Installment

    if reader.promise is None or reader.touched or reader.frequency != "monthly" or reader.card != APPROVED:
        return
    anchor = Contribution.objects.get(pk=reader.promise.pk).anchor
    due: list[date] = []
    while anchor and (day := anchor + relativedelta(months=len(due))) <= today:
        due.append(day)
    paid = Installment.objects.filter(contribution=reader.promise, number__gt=1, state="paid").order_by(
        "number"
    )
    collected = list(paid.values_list("due_date", flat=True))
    if collected != due[1:]:
        yield f"A promise of {anchor} was collected for {collected[:3]}..., {len(collected)} of {len(due) - 1} times."
