"""What must hold on every day of a simulated year, and at its end. `I4` and so on: docs/explanation/money.md."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from dateutil.relativedelta import relativedelta

from .company import APPROVED, Charge
from .readers import Reader

# In SQLite's own words, since every simulated day asks: each costs a hundredth of what an ORM's query does.
PAID_AND_NOT = """
    SELECT
        (SELECT COUNT(*) FROM contributions_installment AS one WHERE state = 'paid' AND NOT EXISTS (
            SELECT 1 FROM contributions_attempt WHERE installment_id = one.id AND state = 'succeeded')),
        (SELECT COUNT(*) FROM contributions_attempt AS attempt
            JOIN contributions_installment AS one ON one.id = attempt.installment_id
            WHERE attempt.state = 'succeeded' AND one.state != 'paid'),
        (SELECT COUNT(*) FROM collection_payment AS payment
            JOIN contributions_installment AS one ON one.id = payment.installment_id WHERE one.state != 'paid'),
        (SELECT COUNT(*) FROM collection_payment),
        (SELECT COUNT(*) FROM contributions_installment WHERE state = 'paid')
"""
WRONG_RECEIPTS = """
    SELECT payment FROM (
        SELECT replace(substr(dedupe_key, 9), '-', '') AS payment, COUNT(*) AS receipts
        FROM letters_letter WHERE kind = 'receipt' GROUP BY payment
    ) WHERE receipts > 1 OR payment NOT IN (SELECT id FROM collection_payment)
"""
"""A receipt's key is "receipt:" and the payment's id; the id is stored without its dashes."""
WRONG_DATES = """
    SELECT * FROM (
        SELECT number, contribution_id, due_date, LAG(number, 1, 0) OVER earlier AS last_number,
            LAG(due_date) OVER earlier AS last_due
        FROM contributions_installment WINDOW earlier AS (PARTITION BY contribution_id ORDER BY number)
    ) WHERE number != last_number + 1 OR due_date <= last_due
"""


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

    ours = set(Payment.objects.values_list("remote_hash", "gross_minor", "currency"))
    known = {(_hash_of(one.id), one.amount_minor, one.currency): one.reference for one in theirs.charges}
    for payment in ours - known.keys():
        yield f"We booked a payment that the company has not: {payment[1]} {payment[2]}."
    attempts = Attempt.objects.filter(state__in=OPEN_ATTEMPT).select_related("installment")
    open_ones = {attempt.installment.reference for attempt in attempts}
    for charge in known.keys() - ours:
        if known[charge] not in open_ones:
            yield f"The company charged {known[charge]}, and nobody here will ever find out."


@cache
def _hash_of(charge_id: str) -> str:
    """Every day the same charges are judged again."""
    from mainstay.core.ids import remote_hash

    return remote_hash(charge_id)


def _paid_means_paid() -> Iterator[str]:
    """I4: a paid installment has exactly one payment and one attempt that succeeded, and the other way round."""
    ((uncollected, unpaid, strange, payments, paid),) = _rows(PAID_AND_NOT)
    if uncollected or unpaid:
        yield f"{uncollected + unpaid} installments are paid without a succeeded attempt, or the other way round."
    if strange:
        yield "A payment belongs to an installment that is not paid."
    if payments != paid:
        yield f"{payments} payments for {paid} paid installments."


def _receipts() -> Iterator[str]:
    """I14: no receipt without a payment, and one at most."""
    if _rows(WRONG_RECEIPTS):
        yield "There is a receipt without a payment, or two for one."


def _dates() -> Iterator[str]:
    """I9: installments are numbered without a gap, and their due dates only go forward."""
    for number, promise, due, last_number, last_due in _rows(WRONG_DATES):
        yield f"Installment {number} of {promise} is due on {due}, after {last_number} on {last_due}."


def _rows(statement: str) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        return list(cursor.execute(statement).fetchall())


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
