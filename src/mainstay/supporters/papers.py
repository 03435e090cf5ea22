"""What a supporter takes home: a receipt, a yearly statement, and all data about their promise."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from mainstay.collection.models import Payment
from mainstay.contributions.models import Contribution
from mainstay.core.amounts import show_amount
from mainstay.core.money import Money
from mainstay.letters.facts import how_often, long_day
from mainstay.newsrooms.models import Newsroom


def receipt_text(payment: Payment, language: str) -> str:
    """The receipt of one payment as plain text, in the language that is switched on."""
    lines = [
        _("Receipt"),
        "",
        _("Paid to: {name}").format(name=payment.newsroom.legal_name),
        _("Paid on: {day}").format(day=long_day(payment.day, language)),
        _("Amount: {amount}, {how_often}").format(
            amount=show_amount(payment.gross, language), how_often=how_often(payment.frequency)
        ),
        *_given_back(payment, language),
        _("Receipt number: {number}").format(number=payment.pk),
        "",
    ]
    return "\n".join(lines)


def _given_back(payment: Payment, language: str) -> list[str]:
    if not payment.refunded_minor:
        return []
    amount = show_amount(Money(payment.refunded_minor, payment.currency), language)
    return [_("Given back: {amount}").format(amount=amount)]


def statement_text(newsroom: Newsroom, year: int, payments: Sequence[Payment], language: str) -> str:
    """All payments of a year, in order, with their sum for each currency; refunds are taken off."""
    lines = [
        _("Statement for {year}").format(year=year),
        "",
        _("Paid to: {name}").format(name=newsroom.legal_name),
        "",
    ]
    for payment in payments:
        shown = show_amount(payment.left, language)
        lines.append(f"{long_day(payment.day, language)}    {shown}    {payment.pk}")
    lines += [
        "",
        *(_("Total: {amount}").format(amount=show_amount(sum_, language)) for sum_ in totals(payments)),
    ]
    return "\n".join([*lines, ""])


def totals(payments: Iterable[Payment]) -> list[Money]:
    """What was paid less what was given back, one sum for each currency."""
    sums: dict[str, Money] = {}
    for payment in payments:
        sums[payment.currency] = sums.get(payment.currency, Money(0, payment.currency)) + payment.left
    return list(sums.values())


def data_of(contribution: Contribution) -> dict[str, Any]:
    """Everything that is stored about one promise, apart from what is sealed: that is told to be there."""
    return {
        "newsroom": contribution.newsroom.name,
        "contribution": str(contribution.pk),
        "frequency": contribution.frequency,
        "amount_minor": contribution.amount_minor,
        "currency": contribution.currency,
        "state": contribution.state,
        "language": contribution.language,
        "started_on": _iso(contribution.started_on),
        "next_due_date": _iso(contribution.next_due_date),
        "resumes_on": _iso(contribution.resume_on),
        "ended_on": _iso(contribution.ended_on),
        "came_from": {
            "epoch": contribution.label_epoch,
            "campaign": contribution.label_campaign,
            "variant": contribution.label_variant,
            "section": contribution.label_section,
        },
        "sealed": {
            "mail_address": contribution.mail_sealed is not None,
            "payment_company_tokens": contribution.method_sealed is not None,
        },
        "payments": [_payment_data(payment) for payment in contribution.payments.order_by("day")],
        "history": [
            {
                "day": event.day.isoformat(),
                "what": event.kind,
                "by": _who(event.actor),
                "detail": event.detail,
            }
            for event in contribution.events.all()
        ],
    }


def _who(actor: str) -> str:
    """Staff are told apart from the program and the reader, not from each other."""
    return actor if actor in ("reader", "worker") else "desk"


def _payment_data(payment: Payment) -> dict[str, Any]:
    return {
        "receipt_number": str(payment.pk),
        "day": payment.day.isoformat(),
        "amount_minor": payment.gross_minor,
        "given_back_minor": payment.refunded_minor,
        "currency": payment.currency,
    }


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None
