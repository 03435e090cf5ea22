"""A contribution's history in plain words: one sentence for each kind of event."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from mainstay.contributions.models import ContributionEvent
from mainstay.core.frequency import Frequency
from mainstay.supporters.leaving import REASONS

from .words import day, minor

Detail = dict[str, Any]

_WHY = {
    "reader": lambda: _("The reader stopped it."),
    "desk": lambda: _("The desk stopped it."),
    "lost_code": lambda: _("The desk stopped it because the reader had lost the code."),
    "not_sent": lambda: _("It ended by itself, because two gifts in a row did not come."),
    "no_address": lambda: _("It ended instead of renewing unannounced, because there is no mail address."),
    "country": lambda: _("It was stopped because gifts from the card’s country are refused."),
    "sunset": lambda: _("It ended by itself on the day that was agreed."),
    "uncollectible": lambda: _("It ended because the payments failed."),
    "debit": lambda: _("It ended because the bank refused the direct debit for good."),
    "dispute": lambda: _("It ended because the reader objected at their bank. It is never collected again."),
}


def _amount_of(detail: Detail) -> str:
    """Events name their amount `minor` or `amount_minor`."""
    return minor(detail.get("minor", detail.get("amount_minor")), detail.get("currency"))


def _frequency(value: object) -> str:
    return str(Frequency(str(value)).label) if value in Frequency.values else ""


def _created(detail: Detail) -> str:
    return _("Begun, after the reader chose amount and frequency.")


def _paid(detail: Detail) -> str:
    shown = _amount_of(detail)
    return _("%(amount)s arrived.") % {"amount": shown} if shown else _("A payment arrived.")


def _declined(detail: Detail) -> str:
    return _("The bank declined the payment.")


def _amount_changed(detail: Detail) -> str:
    before, after = (minor(detail.get(key), detail.get("currency")) for key in ("before", "after"))
    return _("Amount changed from %(before)s to %(after)s.") % {"before": before, "after": after}


def _frequency_changed(detail: Detail) -> str:
    before, after = _frequency(detail.get("before")), _frequency(detail.get("after"))
    return _("Frequency changed from “%(before)s” to “%(after)s”.") % {"before": before, "after": after}


def _day_changed(detail: Detail) -> str:
    return _("Day changed; the next payment is on %(day)s.") % {"day": day(detail.get("next"))}


def _paused(detail: Detail) -> str:
    return _("Paused until %(day)s.") % {"day": day(detail.get("until"))}


def _resumed(detail: Detail) -> str:
    return _("Goes on; the next payment is on %(day)s.") % {"day": day(detail.get("next"))}


def _stopped(detail: Detail) -> str:
    why = _WHY.get(str(detail.get("why")))
    return why() if why else _("Stopped.")


def _set_going(detail: Detail) -> str:
    return _("Collected here from now on; the first payment is on %(day)s.") % {
        "day": day(detail.get("next"))
    }


def _refunded(detail: Detail) -> str:
    shown = _amount_of(detail)
    return _("%(amount)s was given back.") % {"amount": shown} if shown else _("A payment was given back.")


def _disputed(words: Callable[[dict[str, str]], str]) -> Callable[[Detail], str]:
    return lambda detail: words({"amount": _amount_of(detail)})


def _always(sentence: Callable[[], str]) -> Callable[[Detail], str]:
    return lambda detail: sentence()


def _stop_reason(detail: Detail) -> str:
    why = REASONS.get(str(detail.get("reason")))
    return (
        _("The reader’s reason: “%(reason)s”.") % {"reason": why} if why else _("The reader gave a reason.")
    )


SENTENCES: dict[str, Callable[[Detail], str]] = {
    "created": _created,
    "paid": _paid,
    "declined": _declined,
    "authentication_needed": _always(lambda: _("The bank asks the reader to confirm the payment.")),
    "unknown": _always(
        lambda: _("The payment company has not said what happened. We look it up until it does.")
    ),
    "resolved": _always(lambda: _("The payment company has said what happened to the open payment.")),
    "amount_differs": _always(
        lambda: _("The payment company reports another amount than was asked for. Please compare both.")
    ),
    "amount_changed": _amount_changed,
    "frequency_changed": _frequency_changed,
    "day_changed": _day_changed,
    "card_changed": _always(lambda: _("The reader gave another card.")),
    "paused": _paused,
    "resumed": _resumed,
    "stopped": _stopped,
    "rebuilt": _always(
        lambda: _(
            "Rebuilt from what the payment company keeps, because a backup had lost it. It waits for the desk."
        )
    ),
    "completed": _always(lambda: _("Completed: nothing more will be collected.")),
    "abandoned": _always(lambda: _("The first payment was never finished. Nothing was collected.")),
    "failing": _always(lambda: _("Payments fail at the moment. We try again on later days.")),
    "lapsed": _always(lambda: _("Given up after several tries. The reader can go on with another card.")),
    "refunded": _refunded,
    "refund_failed": _always(lambda: _("A refund did not work; the payment company refused it.")),
    "pending": _always(lambda: _("The bank has the payment under way. That can take some days.")),
    "paid_late": _always(
        lambda: _("The payment company reports the money of a payment that we had given up. It is booked.")
    ),
    "card_renewed": _always(
        lambda: _("The reader’s bank renewed the card, and the payment company told us.")
    ),
    "dispute_inquiry": _always(
        lambda: _("The reader’s bank asks about a payment. No money was taken back so far.")
    ),
    "dispute_opened": _disputed(
        lambda shown: _("The reader’s bank took %(amount)s back and is deciding.") % shown
    ),
    "dispute_won": _disputed(lambda shown: _("The bank decided for us: %(amount)s came back.") % shown),
    "dispute_lost": _disputed(
        lambda shown: _("The bank decided for the reader: %(amount)s stay with them.") % shown
    ),
    "noticed": _always(lambda: _("The reader was told of the coming renewal.")),
    "skipped": _always(lambda: _("One payment was left out.")),
    "mail_added": _always(lambda: _("A mail address was added.")),
    "mail_removed": _always(lambda: _("The mail address was removed.")),
    "stop_reason": _stop_reason,
    "imported": _always(lambda: _("Taken over from elsewhere; it was promised there.")),
    "set_going": _set_going,
    "moved": _always(lambda: _("Moved to another payment company.")),
    "forgotten": _always(
        lambda: _("The reader asked to be forgotten: address and code are gone, the books stay.")
    ),
}


def sentence(event: ContributionEvent) -> str:
    """What happened. A kind that this page does not know yet is shown by its own name, never left out."""
    words = SENTENCES.get(event.kind)
    return words(event.detail) if words else event.kind.replace("_", " ")


def who(event: ContributionEvent) -> str:
    """Who did it: the reader, the program, or a member of staff by pseudonym."""
    if event.actor == "reader":
        return _("the reader")
    if event.actor == "processor":
        return _("at the payment company")
    return _("by itself") if event.actor == "worker" else event.actor
