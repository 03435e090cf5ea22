"""Stopping, saying why, and being forgotten."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mainstay.contributions.actions import forget_person, note, stop
from mainstay.contributions.models import Contribution
from mainstay.contributions.states import LIVING
from mainstay.core.frequency import Frequency
from mainstay.letters.forgetting import forget_recipient
from mainstay.letters.outbox import queue

REASONS = {
    "money": _("It is too much for me at the moment"),
    "risk": _("It became risky for me or my family"),
    "once": _("I meant to give only once"),
    "content": _("I am not happy with the journalism"),
    "other_card": _("I will begin anew with another card or amount"),
    "other": _("Another reason"),
}


@transaction.atomic
def stop_and_tell(contribution: Contribution, *, why: str, actor: str, now: datetime) -> Contribution:
    """Stops the promise at once, and confirms it by letter when there is an address. Twice is once.

    `why` and `actor` are as in `contributions.actions.stop`.
    """
    day = contribution.newsroom.today(now)
    before = contribution.state
    row = stop(contribution, why=why, actor=actor, day=day)
    if row.state != before and row.mail_sealed and row.frequency != Frequency.ONCE:
        queue(
            kind="stopped",
            newsroom=row.newsroom,
            language=row.language,
            dedupe_key=f"stopped:{row.pk}:{day}",
            recipient_sealed=bytes(row.mail_sealed),
            payload={
                "amount_minor": row.amount_minor,
                "currency": row.currency,
                "frequency": row.frequency,
                "day": day.isoformat(),
            },
            day=day,
            now=now,
        )
    return row


def give_reason(contribution: Contribution, reason: str, day: date) -> None:
    """Writes down why the reader stopped: one of `REASONS`, once. Anything else is left out."""
    if reason in REASONS and not reason_given(contribution):
        note(contribution, "stop_reason", actor="reader", day=day, reason=reason)


def reason_given(contribution: Contribution) -> bool:
    """Whether the reader has said why."""
    return contribution.events.filter(kind="stop_reason").exists()


@transaction.atomic
def forget_me(contribution: Contribution, day: date) -> None:
    """Stops what is running, and takes away the address and every way into the page. The books stay.

    No letter is sent, not even one that waits: it would need the address. The worker lets the saved card go, as for
    every ended promise.
    """
    if contribution.mail_sealed:
        forget_recipient(bytes(contribution.mail_sealed))
    if contribution.state in LIVING:
        stop(contribution, why="reader", actor="reader", day=day)
    forget_person(contribution, actor="reader", day=day)
    contribution.sign_in_links.clear()
