"""I7 and I8: our books against each processor's own. These two ask the processors, and change nothing."""

from collections.abc import Iterator

from mainstay.collection.models import Payment
from mainstay.contributions.port import BalanceLine, LineKind
from mainstay.core.ids import remote_hash
from mainstay.ledger.models import Transfer
from mainstay.ledger.post import balances, processor_code, transit_code
from mainstay.newsrooms.models import ProcessorAccount
from mainstay.processors.registry import adapter_for

from .invariant import Faults


def balances_agree() -> Faults:
    """I7. What our books say that a processor holds is what it says itself, and what arrived is not on its way."""
    for account in _accounts():
        told = adapter_for(account).balance()
        ours = balances(account.newsroom, processor_code(account.pk))
        for currency in sorted({*told, *ours}):
            theirs, here = told.get(currency, 0), ours.get(currency, 0)
            if theirs != here:
                yield f"{account.label} holds {theirs} {currency}; our books say {here} (minor units)."
        yield from _transit(account)


def _transit(account: ProcessorAccount) -> Faults:
    """What is on its way is what payouts without an end come to."""
    for currency, held in balances(account.newsroom, transit_code(account.pk)).items():
        still = account.payouts.filter(stage="sent", currency=currency)
        expected = sum(payout.amount_minor for payout in still)
        if held != expected:
            yield f"{held} {currency} are on their way from {account.label}; its open payouts come to {expected}."


def every_charge_both_ways() -> Faults:
    """I8. Every charge in the processor's books is a payment of ours with its amount, and we have no other payment."""
    for account in _accounts():
        charges = 0
        for line in adapter_for(account).balance_lines(""):
            if line.kind == LineKind.CHARGE:
                charges += 1
                yield from _not_ours(account, line)
        waiting = Transfer.objects.filter(
            newsroom=account.newsroom,
            reference__startswith="unapplied:",
            to_account__code=processor_code(account.pk),
        ).count()
        more = Payment.objects.filter(account=account).count() + waiting - charges
        if more > 0:
            yield from _not_theirs(account, more)


def _not_ours(account: ProcessorAccount, line: BalanceLine) -> Faults:
    hashed = remote_hash(line.source)
    payment = Payment.objects.filter(account=account, remote_hash=hashed).first()
    if payment is None:
        if not Transfer.objects.filter(reference=f"unapplied:{hashed}").exists():
            yield f"{account.label} has a payment of {line.amount_minor} {line.currency} on {line.day} that we lack."
    elif payment.currency == line.currency and payment.gross_minor != line.amount_minor:
        yield f"The payment {payment.pk} is {payment.gross_minor} here and {line.amount_minor} at {account.label}."


def _not_theirs(account: ProcessorAccount, more: int) -> Faults:
    unmatched = Payment.objects.filter(account=account, matched_on__isnull=True).order_by("day").first()
    named = f", first {unmatched.pk} of {unmatched.day}" if unmatched else ""
    yield f"We have {more} payments that {account.label} doesn't have{named}."


def _accounts() -> Iterator[ProcessorAccount]:
    yield from ProcessorAccount.objects.select_related("newsroom").order_by("newsroom__slug", "label")
