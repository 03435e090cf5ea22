"""The support page's choices: what the reader typed or the link filled in, and what it comes to. Nothing is lost."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from mainstay.collection.checkout import Label
from mainstay.core.amounts import AmountProblem, BadAmount, read_amount, show_amount, typed_form, within
from mainstay.core.frequency import Frequency
from mainstay.core.money import Money
from mainstay.message.ask import FrequencyAsk, ask_for
from mainstay.newsrooms.models import Newsroom

OTHER = "other"
LONGEST_TYPED = 40


@dataclass(frozen=True, slots=True)
class Amount:
    """One amount to choose."""

    minor: int
    shown: str
    checked: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The amounts of one frequency, as the page draws them. `problem` is a sentence, "" when all is well."""

    frequency: str
    name: str
    checked: bool
    amounts: list[Amount]
    other: bool
    typed: str
    smallest: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """What arrived, as it arrived: for each frequency the amount picked, and the text of *another amount*."""

    frequency: str
    currency: str
    picked: Mapping[str, str] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)
    label: Label = field(default_factory=Label)
    for_another: bool = False


def from_link(newsroom: Newsroom, query: Mapping[str, str]) -> Typed:
    """The choice that a link filled in: `frequency`, `amount` in major units, `currency`, `src`."""
    frequency, currency = _frequency(query), _currency(newsroom, query)
    written = query.get("amount", "")[:LONGEST_TYPED].strip()
    label = Label.read(query.get("src", ""))
    if not written:
        return Typed(frequency, currency, label=label)
    try:
        minor = read_amount(written, currency).minor
    except BadAmount:
        minor = 0
    offered = ask_for(newsroom, currency)[frequency].amounts
    picked = {frequency: str(minor) if minor in offered else OTHER}
    return Typed(frequency, currency, picked, {frequency: "" if minor in offered else written}, label)


def from_form(newsroom: Newsroom, form: Mapping[str, str]) -> Typed:
    """The choice that the page's own form sent."""
    return Typed(
        frequency=_frequency(form),
        currency=_currency(newsroom, form),
        picked={name: form.get(f"amount_{name}", "")[:LONGEST_TYPED] for name in Frequency.values},
        written={name: form.get(f"other_{name}", "")[:LONGEST_TYPED] for name in Frequency.values},
        label=Label.read(form.get("src", "")),
        for_another=form.get("for_another") == "yes",
    )


def _frequency(sent: Mapping[str, str]) -> str:
    wished = sent.get("frequency", "")
    return wished if wished in Frequency.values else Frequency.MONTHLY.value


def _currency(newsroom: Newsroom, sent: Mapping[str, str]) -> str:
    wished = sent.get("currency", "")
    return wished if wished in newsroom.currencies else newsroom.currency


def amount_of(typed: Typed, newsroom: Newsroom) -> Money:
    """The exact amount chosen. Raises `BadAmount`."""
    ask = ask_for(newsroom, typed.currency)[typed.frequency]
    picked = typed.picked.get(typed.frequency, "")
    if picked == OTHER or not picked.isascii() or not picked.isdigit():
        amount = read_amount(typed.written.get(typed.frequency, ""), typed.currency)
    else:
        amount = Money(int(picked), typed.currency)
    return within(amount, Money(ask.minimum, typed.currency), Money(ask.maximum, typed.currency))


def groups(
    typed: Typed, newsroom: Newsroom, language: str, problem: AmountProblem | None = None
) -> list[Group]:
    """The amounts of every frequency, ready to draw; a problem stands at the frequency that was chosen."""
    ask = ask_for(newsroom, typed.currency)
    return [_group(name, ask[name], typed, language, problem) for name in Frequency.values]


def _group(name: str, ask: FrequencyAsk, typed: Typed, language: str, problem: AmountProblem | None) -> Group:
    picked = typed.picked.get(name) or str(ask.default)
    amounts = [
        Amount(minor, show_amount(Money(minor, typed.currency), language), picked == str(minor))
        for minor in ask.amounts
    ]
    chosen = name == typed.frequency
    return Group(
        frequency=name,
        name=str(Frequency(name).label),
        checked=chosen,
        amounts=amounts,
        other=not any(amount.checked for amount in amounts),
        typed=typed.written.get(name, ""),
        smallest=show_amount(Money(ask.minimum, typed.currency), language),
        problem=problem_sentence(problem, ask, typed.currency, language) if problem and chosen else "",
    )


def problem_sentence(problem: AmountProblem, ask: FrequencyAsk, currency: str, language: str) -> str:
    """What is wrong with the amount, and what would be right."""
    smallest = show_amount(Money(ask.minimum, currency), language)
    largest = show_amount(Money(ask.maximum, currency), language)
    example = typed_form(Money(ask.default, currency))
    sentences = {
        AmountProblem.EMPTY: _("Please choose an amount, or type one."),
        AmountProblem.NOT_A_NUMBER: _("Please type the amount as a number, for example {example}."),
        AmountProblem.NEGATIVE: _("Please type an amount of {smallest} or more."),
        AmountProblem.TOO_MANY_DECIMALS: _(
            "We can’t tell which amount you mean. {currency} has fewer digits after the point, and thousands go "
            "without a point or comma. Please type it again, for example {example}."
        ),
        AmountProblem.OTHER_CURRENCY: _(
            "This page counts in {currency}. Type the number alone, or change the currency below."
        ),
        AmountProblem.TOO_SMALL: _("The smallest amount here is {smallest}: below that, fees would eat it."),
        AmountProblem.TOO_LARGE: _(
            "The largest amount here is {largest}. For more, please write to us first."
        ),
    }
    return sentences[problem].format(smallest=smallest, largest=largest, example=example, currency=currency)
