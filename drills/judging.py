"""What must hold when a story is over, whatever happened in it: the company's books beside ours."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .mailbox import delivered
from .scene import SLUG
from .side import drilled


@dataclass(frozen=True)
class Facts:
    """Our books at the end of a story, as plain values that a killed process's successor can hand over."""

    payments: list[tuple[str, int, str]]
    receipts: list[tuple[str, str]]
    told_of_failure: int
    open_attempts: int
    waiting: int
    balances: dict[str, int]
    mails: list[str]
    errors: list[str]
    verified: list[str]
    finished: bool


def facts(errors: list[str], finished: bool) -> dict[str, Any]:
    """Our books now, from the database that is in use."""
    from mainstay.collection.models import Payment
    from mainstay.contributions.models import Attempt
    from mainstay.contributions.states import OPEN_ATTEMPT
    from mainstay.letters.models import Letter

    payments = Payment.objects.values_list("remote_hash", "gross_minor", "currency")
    receipts = Letter.objects.filter(kind="receipt").values_list("pk", "dedupe_key")
    return {
        "payments": [list(row) for row in payments],
        "receipts": [[str(pk), key] for pk, key in receipts],
        "told_of_failure": Letter.objects.filter(kind="payment_failed").count(),
        "open_attempts": Attempt.objects.filter(state__in=OPEN_ATTEMPT).count(),
        "waiting": waiting(),
        "balances": ledger_balances(),
        "mails": delivered(),
        "errors": errors,
        "verified": verified(),
        "finished": finished,
    }


def verified(*, offline: bool = False) -> list[str]:
    """The first fault of each invariant of `mainstay verify` that doesn't hold."""
    from mainstay.collection.verify.run import verify

    return [f"{one.invariant.name}: {one.faults[0]}" for one in verify(offline=offline) if not one.holds]


def waiting() -> int:
    """How many things are still to be done for money that is under way, and for letters about it."""
    from mainstay.collection.models import Refund
    from mainstay.contributions.models import Installment
    from mainstay.letters.models import Letter

    moving = Installment.objects.exclude(state__in=("paid", "skipped", "uncollectible", "scheduled"))
    gone = moving.filter(contribution__state__in=("abandoned", "cancelled", "pending"), next_action_at=None)
    letters = Letter.objects.filter(state=Letter.State.WAITING)
    return (
        moving.count() - gone.count() + letters.count() + Refund.objects.exclude(next_action_at=None).count()
    )


def ledger_balances() -> dict[str, int]:
    """What the processor holds for us, by our own ledger."""
    from mainstay.ledger import post
    from mainstay.ledger.models import LedgerAccount
    from mainstay.newsrooms.models import Newsroom

    newsroom = Newsroom.objects.get(slug=SLUG)
    rows = LedgerAccount.objects.filter(newsroom=newsroom, code__startswith="processor:")
    return {row.currency: post.balance(newsroom, row.currency, row.code).minor for row in rows}


def differences(ours: Facts, company_file: Path, charges: int, declines: int) -> list[str]:
    """Everything that is not as it must be, in sentences. Copies of a mail are judged apart: see `copies`."""
    from mainstay.core.ids import remote_hash

    theirs, held = drilled().books(company_file), drilled().balances(company_file)
    found = []
    if len(theirs) != charges:
        found.append(f"The company made {len(theirs)} charges instead of {charges}.")
    if sorted((remote_hash(charge.id), charge.amount_minor, charge.currency) for charge in theirs) != sorted(
        tuple(payment) for payment in ours.payments
    ):
        found.append(
            f"{len(theirs)} charges at the company, {len(ours.payments)} payments here, or not the same."
        )
    if len(ours.receipts) != len(ours.payments):
        found.append(f"{len(ours.receipts)} receipts for {len(ours.payments)} payments.")
    if ours.balances != held:
        found.append(f"The ledger holds {ours.balances}, the company {held}.")
    if ours.told_of_failure > declines:
        found.append(f"{ours.told_of_failure} letters told of a failure; the bank declined {declines} times.")
    if ours.open_attempts or ours.waiting or not ours.finished:
        found.append(
            f"Not settled: {ours.open_attempts} attempts open, {ours.waiting} things waiting,"
            f" people served: {ours.finished}."
        )
    return found + ours.verified + _letters(ours)


def _letters(ours: Facts) -> list[str]:
    """Each receipt went out under the Message-ID that its row gives it, however often."""
    sent = {mail.strip("<>").partition("@")[0] for mail in ours.mails}
    return [f"Receipt {pk} never went out." for pk, _key in ours.receipts if pk not in sent]


def copies(ours: Facts) -> int:
    """How many letters the mail server took more than once."""
    return sum(count > 1 for count in Counter(ours.mails).values())
