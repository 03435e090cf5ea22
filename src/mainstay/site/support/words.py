"""Sentences of the checkout that depend on what was chosen or on what happened."""

from datetime import date

from babel import Locale
from babel.numbers import get_currency_name
from django.utils.translation import gettext as _

from mainstay.collection.checkout import UNKNOWN_COUNTRY, Draft
from mainstay.contributions.schedule import due_date
from mainstay.core.amounts import show_amount
from mainstay.core.frequency import Frequency
from mainstay.core.money import Money
from mainstay.letters.facts import long_day


def summary(draft: Draft, today: date, language: str) -> str:
    """What will be paid, and when the next time is."""
    amount = show_amount(draft.amount, language)
    if draft.frequency == Frequency.ONCE:
        return _("{amount}, once. You pay today, and that is all.").format(amount=amount)
    following = long_day(due_date(today, 1, draft.frequency), language)
    sentence = {
        Frequency.MONTHLY: _("{amount} a month. First payment today, next on {day}."),
        Frequency.ANNUAL: _("{amount} a year. First payment today, next on {day}."),
    }[Frequency(draft.frequency)]
    return sentence.format(amount=amount, day=following)


def debited(draft: Draft, language: str) -> str:
    """What will be taken from the account, and when."""
    sentence = {
        Frequency.ONCE: _("{amount}, once, from your account within the next days. That is all."),
        Frequency.MONTHLY: _(
            "{amount} a month from your account: first within the next days, then each month."
        ),
        Frequency.ANNUAL: _("{amount} a year from your account: first within the next days, then each year."),
    }[Frequency(draft.frequency)]
    return sentence.format(amount=show_amount(draft.amount, language))


def each_time(amount: Money, frequency: str, language: str) -> str:
    """The amount and how often: "$5 a month"."""
    sentence = {
        Frequency.ONCE: _("{amount}, once"),
        Frequency.MONTHLY: _("{amount} a month"),
        Frequency.ANNUAL: _("{amount} a year"),
    }[Frequency(frequency)]
    return sentence.format(amount=show_amount(amount, language))


def decline_sentence(code: str) -> str:
    """Why the payment did not go through, and what would help. `code` is the processor's."""
    return {
        "insufficient_funds": _("Your bank says there isn’t enough money on this card. Nothing was charged."),
        "expired_card": _("Your bank says this card has expired. Nothing was charged."),
        "lost_card": _("Your bank didn’t accept this card. Nothing was charged."),
        "authentication_failed": _("Your bank didn’t get your confirmation. Nothing was charged."),
    }.get(code, _("Your bank didn’t accept this payment, and doesn’t say why. Nothing was charged."))


def trouble_sentence(problem: str) -> str:
    """What went wrong before the bank was asked; "" for a name that is not ours."""
    return {
        "token": _(
            "The payment company no longer knows that card entry. Nothing was charged. Please enter it again."
        ),
        "trouble": _(
            "The payment company can’t be reached. Nothing was charged. Please try in a few minutes."
        ),
        "nocard": _("Please enter your card first."),
        "puzzle": _(
            "Your browser hadn’t solved the puzzle that keeps robots out, or this page lay open for too long. "
            "Nothing was charged. Please enter your card again."
        ),
        "changed": _(
            "You chose something else in another tab, so nothing was charged. This is your newest choice; please look"
            " at it again."
        ),
        "unapproved": _("You came back without approving the payment. Nothing was charged."),
    }.get(problem, "")


def country_name(code: str, language: str) -> str:
    """The country's name by CLDR; "" when the card's country is not known."""
    if code == UNKNOWN_COUNTRY:
        return ""
    return str(Locale.parse(language.replace("-", "_")).territories.get(code, code))


def currency_name(code: str, language: str) -> str:
    """The currency's name and code: "US Dollar (USD)"."""
    return f"{get_currency_name(code, locale=language.replace('-', '_'))} ({code})"
