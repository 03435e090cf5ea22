"""The question that a newsroom with rules for countries asks: is your card or your home there, have you ties there?

It stands on the support page for everyone, folded. On the device, and nowhere else, a home time zone of a listed
country unfolds it, and a language that is spoken there shows one line. The answer comes with *Continue*; nothing
records it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from babel.core import get_global
from babel.languages import get_official_languages
from babel.lists import format_list
from django.utils.translation import gettext as _

from mainstay.collection.labels import SOMEWHERE
from mainstay.newsrooms.countries import rule_after, rules_of
from mainstay.newsrooms.models import Newsroom
from mainstay.newsrooms.policy import Decision, State, of_home, of_ties

from .words import country_name

HOME, TIES = "home", "ties"
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Country:
    """One country of the list."""

    code: str
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Question:
    """The question as the page draws it. `answer` and `problem` are what the reader sent and what is wrong with it."""

    title: str
    countries: list[Country]
    zones: str
    languages: str
    answer: str = ""
    problem: str = ""


class WhichCountry(Exception):
    """The reader said *there* and left the country open."""


def question_of(
    newsroom: Newsroom, language: str, sent: Mapping[str, str], problem: str = ""
) -> Question | None:
    """The question, or `None` in a newsroom that lists no country."""
    codes = sorted(rules_of(newsroom))
    if not codes:
        return None
    zones = get_global("zone_territories")
    named = sorted(
        (Country(code, country_name(code, language), code == sent.get("country")) for code in codes),
        key=lambda country: country.name,
    )
    return Question(
        title=_title([country.name for country in named], language),
        countries=named,
        zones=" ".join(sorted(zone for zone, code in zones.items() if code in codes)),
        languages=" ".join(sorted({spoken for code in codes for spoken in get_official_languages(code)})),
        answer=sent.get("answer", ""),
        problem=problem,
    )


def answered(newsroom: Newsroom, sent: Mapping[str, str]) -> Decision | None:
    """What follows from the answer; `None` without one. Raises `WhichCountry` when no listed country goes with it."""
    answer = sent.get("answer", "")
    if answer not in (HOME, TIES):
        return None
    rules = {code: rule.state for code, rule in rules_of(newsroom).items()}
    country = sent.get("country", "")
    if country not in rules:
        raise WhichCountry
    decision = of_home(rules, country) if answer == HOME else of_ties(rules, country)
    return None if decision.state == State.ALLOW else decision


def forgotten(newsroom: Newsroom, warned: str) -> str:
    """What may be left of `warned` on the device when all is paid: that there was a warning, and not about where."""
    return SOMEWHERE if warned and not rule_after(newsroom, warned).share else ""


def _title(names: list[str], language: str) -> str:
    if len(names) > MOST_NAMED:
        return _("Is your card, your home or your family in a country where supporting us can be punished?")
    listed = format_list(names, style="or", locale=language.replace("-", "_"))
    return _("Is your card, your home or your family in {countries}?").format(countries=listed)
