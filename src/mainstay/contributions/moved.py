"""A promise goes to another processor account. Its card there is another one; what was promised stays."""

from datetime import date

from django.db import transaction

from mainstay.newsrooms.models import ProcessorAccount

from .actions import NotPossible, locked, note, set_method, set_state, skip_open_installments
from .models import Attempt, Contribution
from .states import OPEN_ATTEMPT, ContributionState


def is_under_way(contribution: Contribution) -> bool:
    """Whether a payment is open at the account that the promise has now: only that account can tell how it ends."""
    return Attempt.objects.filter(installment__contribution=contribution, state__in=OPEN_ATTEMPT).exists()


@transaction.atomic
def change_account(
    contribution: Contribution,
    account: ProcessorAccount,
    method_sealed: bytes,
    *,
    actor: str,
    day: date,
    last: date | None = None,
) -> Contribution:
    """From now on `account` collects it, with that card. What was overdue is left out: a gift is never a debt.

    `last` is as in `set_method`. Raises `NotPossible` while a payment is under way, and as `set_method` does.
    """
    row = locked(contribution.pk)
    if is_under_way(row):
        raise NotPossible("A payment is under way. Please try again tomorrow.")
    skip_open_installments(row)
    if row.state == ContributionState.FAILING:
        set_state(row, ContributionState.ACTIVE)
    row.account, row.moving_to = account, None
    row.save()
    note(row, "moved", actor=actor, day=day)
    return set_method(row, method_sealed, actor=actor, day=day, last=last)


@transaction.atomic
def await_card(contribution: Contribution, account: ProcessorAccount | None) -> bool:
    """The supporter's next card is for `account` (`None`: for the one that it has). `False` when it was so already."""
    row = locked(contribution.pk)
    if row.moving_to == account:
        return False
    row.moving_to = account
    row.save(update_fields=["moving_to"])
    return True
