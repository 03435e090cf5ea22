"""What the demonstration's panels show: stored rows as they are stored, and what others know."""

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mainstay.collection.labels import Label
from mainstay.collection.models import Payment
from mainstay.contributions.models import Contribution
from mainstay.core.amounts import show_amount
from mainstay.core.money import Money
from mainstay.letters.facts import long_day
from mainstay.newsrooms.models import Newsroom
from mainstay.supporters.models import Reminder

from . import mailbox, outage, seizing
from .places import Place
from .story import Story, gift_of, reminder_of, shortened
from .walk import due_count, last_walk
from .wishes import last_outage

Fields = list[tuple[str, str]]


def story_panels(story: Story, language: str) -> dict[str, Any]:
    """The panels of the three steps."""
    gift = gift_of(story)
    payment = Payment.objects.filter(contribution=gift).order_by("day").first() if gift else None
    due = date.fromisoformat(story.reminder_due) if story.reminder_due else None
    return {
        "story": story,
        "gift_row": gift_fields(gift, language) if gift else [],
        "statement": _statement(payment, language) if payment else None,
        "reminder_there": reminder_of(story) is not None,
        "reminder_due": long_day(due, language) if due else "",
        "reminder_count": Reminder.objects.count(),
    }


def outage_panel(place: Place, story: Story, language: str) -> dict[str, Any]:
    """The payment on which the plug is pulled, as everybody knows it."""
    if not story.outage:
        return {"interrupted": None}
    due = outage.due_day(story.outage)
    return {
        "interrupted": outage.look_at(place, story.outage, story.first_letter),
        "outage_stage": last_outage(place).stage,
        "outage_due": long_day(due, language) if due else "",
    }


def seizure_panel(place: Place) -> dict[str, Any]:
    """What the last search of a copy found."""
    return {
        "seizing": seizing.under_way(),
        "seized": seizing.last_seizure(place),
        "leaks": len(seizing.LEAKS),
    }


def gift_fields(row: Contribution, language: str) -> Fields:
    """The row of a contribution: what of it says something, in the form in which it is stored."""
    label = Label(row.label_epoch, row.label_campaign, row.label_variant, row.label_section)
    nothing = _("nothing")
    return [
        (_("promise"), f"{row.frequency}, {row.amount.decimal} {row.currency}, {row.state}"),
        (_("day it began"), row.started_on.isoformat()),
        (_("next payment"), row.next_due_date.isoformat() if row.next_due_date else nothing),
        (_("came from (version, message, wording, section)"), label.written or nothing),
        (_("supporter code (a hash)"), row.code_hash[:24] + " …"),
        (_("mail address (sealed)"), shortened(row.mail_sealed) or nothing),
        (_("card (sealed)"), shortened(row.method_sealed) or nothing),
    ]


def _statement(payment: Payment, language: str) -> tuple[str, str, str]:
    return (
        long_day(payment.day, language),
        payment.newsroom.statement_name,
        show_amount(payment.gross, language),
    )


def clock_panel(place: Place, newsroom: Newsroom, now: datetime) -> dict[str, Any]:
    """Where the calendar stands, what waits, and what the last walk brought."""
    walk = last_walk(place)
    start = date.fromisoformat(walk.start) if walk.start else None
    paid = newsroom.payments.filter(day__gte=start, first=False) if start else newsroom.payments.none()
    folder = place.state / "mailbox"
    return {
        "walk": walk,
        "walk_start": _written(start),
        "walk_goal": _written(date.fromisoformat(walk.goal)) if walk.goal else "",
        "today": _written(newsroom.today(now)),
        "walk_percent": _percent(start, walk.goal, newsroom.today(now)),
        "due": due_count(newsroom, now),
        "renewals": paid.count() if start else 0,
        "sums": _sums(paid),
        "failing": newsroom.contributions.filter(state="failing").count(),
        "new_letters": max(mailbox.numbers(folder), default=0) - walk.letters_before if start else 0,
    }


def _percent(start: date | None, goal: str, today: date) -> int:
    if start is None:
        return 0
    days = (date.fromisoformat(goal) - start).days
    return 100 * (today - start).days // days if days else 100


def _written(day: date | None) -> str:
    return long_day(day, get_language() or "en") if day else ""


def _sums(paid: "QuerySet[Payment]") -> list[str]:
    sums: dict[str, Money] = {}
    for minor, currency in paid.values_list("gross_minor", "currency"):
        sums[currency] = sums.get(currency, Money(0, currency)) + Money(minor, currency)
    return [show_amount(money, get_language() or "en") for money in sums.values()]
