"""All invariants in their order, and a run of them on live data: it reads, and changes nothing."""

from collections.abc import Iterator
from itertools import islice

from .invariant import Finding, Invariant
from .ledger import books_follow_payments, one_currency, one_transfer_per_reference, sums_to_nothing
from .money import no_more_back_than_paid, receipts_for_payments, whole_numbers
from .processors import balances_agree, every_charge_both_ways
from .promises import (
    booked_as_asked,
    nothing_left_lying,
    numbers_and_dates,
    once_in_a_period,
    one_open_attempt,
    paid_means_paid,
)

SHOWN = 5
INVARIANTS = (
    Invariant("I1", "Each transfer is one amount in one currency, between two accounts.", one_currency),
    Invariant("I2", "Over all accounts, each currency comes to nothing.", sums_to_nothing),
    Invariant("I3", "Each reference is booked once.", one_transfer_per_reference),
    Invariant("I4", "An installment is paid if and only if something paid it.", paid_means_paid),
    Invariant("I5", "At most one attempt at an installment is open.", one_open_attempt),
    Invariant("I6", "No payment gave back more than it was.", no_more_back_than_paid),
    Invariant("I7", "Each processor holds what our books say.", balances_agree),
    Invariant("I8", "Each processor has our payments, and we have its.", every_charge_both_ways),
    Invariant("I9", "Installments have no gaps, and dates are counted from the anchor.", numbers_and_dates),
    Invariant("I10", "Nothing was collected twice for one period.", once_in_a_period),
    Invariant(
        "I11", "Payments and refunds are in the books once each, and nothing else is.", books_follow_payments
    ),
    Invariant("I12", "Whatever was interrupted goes on by itself.", nothing_left_lying),
    Invariant("I13", "All amounts are whole numbers of a known currency.", whole_numbers),
    Invariant("I14", "Each receipt has its payment, and no payment has two.", receipts_for_payments),
    Invariant("I15", "What was booked is what was asked for.", booked_as_asked),
)
ASKING = ("I7", "I8")
"""These ask the processors, which needs their full keys."""


def verify(*, offline: bool = False) -> Iterator[Finding]:
    """Tries each invariant. `offline` leaves out those that ask the processors.

    Raises what an adapter raises when a processor can't be asked (`MainstayError`).
    """
    for invariant in INVARIANTS:
        if not (offline and invariant.name in ASKING):
            yield Finding(invariant, tuple(islice(invariant.faults(), SHOWN)))
