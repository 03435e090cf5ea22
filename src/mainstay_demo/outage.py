"""Step 4 as the web process has it: whose renewal the plug is pulled on, and what is known of that payment."""

import time
import uuid
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from mainstay.collection.models import AccountCheck, Payment
from mainstay.collection.reconcile import ask_for_check, open_differences
from mainstay.contributions.models import Contribution, Installment
from mainstay.contributions.states import ContributionState
from mainstay.core.clock import clock
from mainstay.core.frequency import Frequency
from mainstay.letters.models import Letter
from mainstay.newsrooms.models import ProcessorAccount, newsroom_by_slug

from . import mailbox, walk, watching
from .places import NEWSROOM, Place
from .wishes import ARMED, Wish, ask, last_outage

PATIENCE_SECONDS = 5.0
GLANCE_SECONDS = 0.1


@dataclass(frozen=True)
class Interrupted:
    """What is known of the payment: at the company, in our books, in the mailbox. `letter` is its receipt's number."""

    state: str
    charges: int
    payments: int
    receipts: int
    letter: int


def next_renewal() -> Contribution | None:
    """The monthly promise that falls due next, of a supporter with a mail address who has paid more than once."""
    newsroom = newsroom_by_slug(NEWSROOM)
    rows = newsroom.contributions.filter(
        state=ContributionState.ACTIVE,
        frequency=Frequency.MONTHLY,
        next_due_date__gt=newsroom.today(clock.now()),
        mail_sealed__isnull=False,
        method_sealed__isnull=False,
    )
    return rows.alias(paid=Count("payments")).filter(paid__gt=1).order_by("next_due_date", "pk").first()


def begin(place: Place) -> str:
    """Orders the silence and the kill, then lets the days pass until the payment is due.

    Returns the payment's reference, or "" when no promise fits or the supervisor did not answer.
    """
    row = next_renewal()
    if row is None or row.next_due_date is None or walk.last_walk(place).under_way:
        return ""
    reference = f"{row.pk}:{row.next_number}"
    ask(place, Wish("confirm", "timeout_after", match=reference, pull_plug=True))
    if not _armed(place, reference):
        return ""
    days = (row.next_due_date - row.newsroom.today(clock.now())).days
    newest = max(mailbox.numbers(place.state / "mailbox"), default=0)
    walk.begin(place, days=days, months=0, letters=newest)
    return reference


def _armed(place: Place, reference: str) -> bool:
    """Waits until the supervisor says that it will pull the plug."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        outage = last_outage(place)
        if (outage.reference, outage.stage) == (reference, ARMED):
            return True
        time.sleep(GLANCE_SECONDS)
    return False


def look_at(place: Place, reference: str, first_letter: int) -> Interrupted:
    """The payment as it stands now everywhere. Letters up to `first_letter` are older."""
    contribution, _, number = reference.partition(":")
    found = Installment.objects.filter(contribution=uuid.UUID(contribution), number=int(number)).first()
    payments = Payment.objects.filter(installment=found) if found else Payment.objects.none()
    keys = [f"receipt:{pk}" for pk in payments.values_list("pk", flat=True)]
    rows = {str(pk) for pk in Letter.objects.filter(dedupe_key__in=keys).values_list("pk", flat=True)}
    letters = mailbox.newest(place.state / "mailbox", after=first_letter)
    receipts = [letter.number for letter in letters if letter.id_of_row in rows]
    return Interrupted(
        state=found.state if found else "",
        charges=watching.charges_of(place.company_file, reference),
        payments=len(keys),
        receipts=len(receipts),
        letter=receipts[0] if receipts else 0,
    )


def last_check() -> str:
    """When the books were last compared with the company's, or ""."""
    checked = AccountCheck.objects.filter(account=_account()).values_list("checked_at", flat=True).first()
    return checked.isoformat() if checked else ""


def ask_for_comparison() -> None:
    """The worker compares the books with the company's own in its next pass."""
    ask_for_check(_account(), clock.now())


def differences() -> int:
    """What staff would have to look at."""
    return open_differences(_account())


def due_day(reference: str) -> date | None:
    """The day on which the payment falls due."""
    row = Contribution.objects.filter(pk=reference.partition(":")[0]).first()
    number = reference.partition(":")[2]
    made = Installment.objects.filter(contribution=row, number=number or 0).first() if row else None
    return made.due_date if made else (row.next_due_date if row else None)


def _account() -> ProcessorAccount:
    return newsroom_by_slug(NEWSROOM).processor_accounts.get(processor="sandbox")
