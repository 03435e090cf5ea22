"""Reading what a supporter typed on their page: either right, or a sentence beside the field and nothing lost."""

from collections.abc import Mapping
from datetime import date, datetime

from django.utils.translation import gettext as _

from mainstay.contributions.models import Contribution
from mainstay.core.amounts import AmountProblem, BadAmount, read_amount, show_amount, typed_form, within
from mainstay.core.frequency import Frequency
from mainstay.core.money import Money, UnknownCurrency
from mainstay.message.ask import ask_for
from mainstay.newsrooms.models import Newsroom

OLDEST_YEARS = 20


class ChangeForm:
    """Another amount, or another frequency, checked together: each frequency has its own limits."""

    def __init__(self, typed: Mapping[str, str], contribution: Contribution, language: str) -> None:
        self.contribution = contribution
        self.language = language
        self.frequency = typed.get("frequency", contribution.frequency)
        self.typed = typed.get("amount", typed_form(contribution.amount))[:60]
        self.amount = contribution.amount
        self.error = ""

    def is_right(self) -> bool:
        """Whether both can be taken; else `error` says why not."""
        if self.frequency not in (Frequency.MONTHLY, Frequency.ANNUAL):
            self.error = _("Choose monthly or annual.")
            return False
        currency = self.contribution.currency
        ask = ask_for(self.contribution.newsroom, currency)[self.frequency]
        smallest, largest = Money(ask.minimum, currency), Money(ask.maximum, currency)
        try:
            self.amount = within(read_amount(self.typed, currency), smallest, largest)
        except BadAmount as bad:
            self.error = amount_sentence(bad.problem, smallest, largest, self.language)
        return not self.error


class LostForm:
    """The day and the amount of a payment whose code was lost."""

    def __init__(self, typed: Mapping[str, str], newsroom: Newsroom, now: datetime) -> None:
        self.today = newsroom.today(now)
        self.typed_day = typed.get("day", "")[:20]
        self.typed_amount = typed.get("amount", "")[:60]
        self.currency = typed.get("currency", newsroom.currency)[:3]
        self.paid_on, self.amount = self.today, Money(0, "USD")
        self.day_error = self.amount_error = ""

    def is_right(self) -> bool:
        """Whether both can be taken; else the errors say why not."""
        self._read_day()
        self._read_amount()
        return not (self.day_error or self.amount_error)

    def _read_day(self) -> None:
        try:
            self.paid_on = date.fromisoformat(self.typed_day)
        except ValueError:
            self.day_error = _("Choose the day of a payment.")
            return
        if not self.today.year - OLDEST_YEARS < self.paid_on.year or self.paid_on > self.today:
            self.day_error = _("That day is too long ago, or has not come yet.")

    def _read_amount(self) -> None:
        try:
            self.amount = read_amount(self.typed_amount, self.currency)
        except (BadAmount, UnknownCurrency):
            self.amount_error = _("Type the amount in digits, such as 5 or 7.50, and choose its currency.")


def amount_sentence(problem: AmountProblem, smallest: Money, largest: Money, language: str) -> str:
    """What is wrong with a typed amount, and what would be right."""
    least, most = show_amount(smallest, language), show_amount(largest, language)
    sentences = {
        AmountProblem.EMPTY: _("Type an amount."),
        AmountProblem.NEGATIVE: _("Type an amount above zero."),
        AmountProblem.TOO_MANY_DECIMALS: _(
            "We can’t tell which amount you mean. {currency} has fewer digits after the point, and thousands go "
            "without a point or comma. Please type it again, for example {example}."
        ),
        AmountProblem.OTHER_CURRENCY: _(
            "This contribution is in {currency}. Type an amount in that currency."
        ),
        AmountProblem.TOO_SMALL: _("The smallest amount here is {least}."),
        AmountProblem.TOO_LARGE: _("The largest amount here is {most}. For more, please write to us."),
    }
    sentence = sentences.get(problem, _("Please type the amount as a number, for example {example}."))
    return sentence.format(least=least, most=most, currency=smallest.currency, example=typed_form(smallest))
