"""What letters say of amounts, days and addresses: each in the language of the letter."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date
from django.conf import settings
from django.utils.translation import gettext as _

from mainstay.core.amounts import show_amount, typed_form
from mainstay.core.money import Money
from mainstay.newsrooms.models import Newsroom


def amount_in(payload: Mapping[str, Any], language: str) -> str:
    """The payload's `amount_minor` and `currency`, as people write them."""
    return show_amount(Money(payload["amount_minor"], payload["currency"]), language)


def day_in(written: str | None, language: str) -> str:
    """An ISO day as people write it ("14 June 2026"); "" for none."""
    return long_day(date.fromisoformat(written), language) if written else ""


def long_day(day: date, language: str) -> str:
    """A day with the month's name, by CLDR. Russian's "г." is written out: a sentence may end with the day."""
    written = format_date(day, format="long", locale=language.replace("-", "_"))
    return written.replace("\u202fг.", " года")


def how_often(frequency: str) -> str:
    """The frequency inside a sentence."""
    names = {"once": _("once"), "monthly": _("every month"), "annual": _("every year")}
    return names[frequency]


def my_url(newsroom: Newsroom, *more: str) -> str:
    """The address of the supporter's page, or of one below it."""
    return "/".join([settings.PUBLIC_URL, "my", newsroom.slug, *more, ""])


def support_url(newsroom: Newsroom, frequency: str, amount: Money, language: str) -> str:
    """The support page with a choice filled in, and nothing that identifies anybody."""
    choice = {
        "frequency": frequency,
        "amount": typed_form(amount),
        "currency": amount.currency,
        "language": language,
    }
    return f"{settings.PUBLIC_URL}/support/{newsroom.slug}/?{urlencode(choice)}"


def unsubscribe_url(reminder_id: str) -> str:
    """Where a reminder is called off with one click."""
    return f"{settings.PUBLIC_URL}/my/unsubscribe/{reminder_id}/"
