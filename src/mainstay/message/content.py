"""What an editor writes: variants of the words, the ask of each currency, dates. Read from JSON, checked, typed.

A field that can't be taken is named by its path ("variants.0.texts.en.title") with a sentence that helps, all of
them at once, so that the desk can show each beside its field.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from mainstay.core.errors import MainstayError
from mainstay.core.frequency import Frequency
from mainstay.core.money import EXPONENTS, LARGEST_MINOR

MOST_VARIANTS = 6
MOST_PARAGRAPHS = 6
MOST_AMOUNTS = 4
MOST_SECTIONS = 20
LARGEST_WEIGHT = 1000
LONGEST_QUIET_DAYS = 366
LONGEST_TITLE, LONGEST_LINE, LONGEST_PARAGRAPH = 120, 80, 600
Item = TypeVar("Item")
NAME = re.compile(r"[a-z0-9-]{1,20}")


class BadContent(MainstayError):
    """Content that can't be published; `problems` has a sentence for each field, by the field's path."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(_("Some fields need another look: {fields}.").format(fields=", ".join(problems)))
        self.problems = dict(problems)


@dataclass(frozen=True, slots=True)
class Text:
    """One variant's words in one language. {newsroom} and {minimum:monthly} are filled in where they are shown."""

    title: str
    salutation: str
    paragraphs: tuple[str, ...]
    sign_off: str


@dataclass(frozen=True, slots=True)
class Variant:
    """One wording. `weight` is its share of the readers, against the sum of all weights."""

    name: str
    weight: int
    texts: dict[str, Text]


@dataclass(frozen=True, slots=True)
class FrequencyAsk:
    """What is asked for at one frequency, all in minor units of one currency."""

    amounts: tuple[int, ...]
    default: int
    minimum: int
    maximum: int


@dataclass(frozen=True, slots=True)
class CampaignContent:
    """A campaign as it is published: words, ask (by currency and frequency), who sees it and when.

    `salt` keeps the draw of one campaign apart from another's; `starts` and `ends` are days of the newsroom's
    calendar, both included; no `sections` means all; `frequency` is chosen at first; `quiet_days` is how long
    a message that was closed stays away.
    """

    salt: str
    variants: tuple[Variant, ...]
    ask: dict[str, dict[str, FrequencyAsk]]
    frequency: str = Frequency.MONTHLY.value
    starts: date | None = None
    ends: date | None = None
    quiet_days: int = 30
    sections: tuple[str, ...] = ()

    def runs_on(self, day: date) -> bool:
        """Whether the campaign is shown on that day of the newsroom's calendar."""
        return (self.starts is None or self.starts <= day) and (self.ends is None or day <= self.ends)

    def written(self) -> dict[str, Any]:
        """The same as JSON, which `read` takes back."""
        days = {name: day.isoformat() if day else None for name, day in self._days().items()}
        return {**asdict(self), **days}

    def _days(self) -> dict[str, date | None]:
        return {"starts": self.starts, "ends": self.ends}


def read(json: Any) -> CampaignContent:
    """The content behind a JSON value. Raises `BadContent` with every problem found."""
    reading = _Reading()
    content = _campaign(reading, json if isinstance(json, dict) else {})
    if reading.problems:
        raise BadContent(reading.problems)
    return content


class _Reading:
    """Collects problems while fields are read; each reader gives back something of the right type all the same."""

    def __init__(self) -> None:
        self.problems: dict[str, str] = {}

    def wrong(self, path: str, sentence: str) -> None:
        self.problems.setdefault(path, sentence)

    def text(self, value: Any, path: str, longest: int, *, needed: bool = True) -> str:
        text = value.strip() if isinstance(value, str) else ""
        if needed and not text:
            self.wrong(path, _("Please write something here."))
        if len(text) > longest:
            self.wrong(path, _("Please keep this under {number} characters.").format(number=longest))
        return text

    def number(self, value: Any, path: str, smallest: int, largest: int) -> int:
        if type(value) is int and smallest <= value <= largest:
            return value
        self.wrong(
            path,
            _("Please give a whole number from {smallest} to {largest}.").format(
                smallest=smallest, largest=largest
            ),
        )
        return smallest

    def name(self, value: Any, path: str) -> str:
        if isinstance(value, str) and NAME.fullmatch(value):
            return value
        self.wrong(path, _("A short name has small letters, digits and hyphens, at most 20."))
        return str(value)[:20]

    def day(self, value: Any, path: str) -> date | None:
        if value in (None, ""):
            return None
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            self.wrong(path, _("Please give a day such as 2026-05-14."))
            return None

    def items(self, value: Any, path: str, most: int, one: Callable[[Any, str], Item]) -> tuple[Item, ...]:
        given = value if isinstance(value, list | tuple) else []
        if len(given) > most:
            self.wrong(path, _("There can be at most {number} of these.").format(number=most))
        return tuple(one(item, f"{path}.{place}") for place, item in enumerate(given[:most]))


def _campaign(reading: _Reading, json: dict[str, Any]) -> CampaignContent:
    frequency = json.get("frequency", Frequency.MONTHLY.value)
    if frequency not in Frequency.values:
        reading.wrong("frequency", _("Please choose once, monthly or annual."))
    starts, ends = reading.day(json.get("starts"), "starts"), reading.day(json.get("ends"), "ends")
    if starts and ends and ends < starts:
        reading.wrong("ends", _("The last day comes before the first."))
    return CampaignContent(
        salt=reading.name(json.get("salt"), "salt"),
        variants=_variants(reading, json.get("variants")),
        ask=_ask(reading, json.get("ask")),
        frequency=frequency,
        starts=starts,
        ends=ends,
        quiet_days=reading.number(json.get("quiet_days", 30), "quiet_days", 1, LONGEST_QUIET_DAYS),
        sections=reading.items(json.get("sections", []), "sections", MOST_SECTIONS, reading.name),
    )


def _variants(reading: _Reading, json: Any) -> tuple[Variant, ...]:
    variants = reading.items(
        json, "variants", MOST_VARIANTS, lambda item, path: _variant(reading, item, path)
    )
    if not variants:
        reading.wrong("variants", _("A campaign needs at least one wording."))
    if len({variant.name for variant in variants}) < len(variants):
        reading.wrong("variants", _("Two wordings have the same name."))
    if variants and not any(variant.weight for variant in variants):
        reading.wrong("variants", _("At least one wording needs a weight above 0."))
    return variants


def _variant(reading: _Reading, json: Any, path: str) -> Variant:
    given = json if isinstance(json, dict) else {}
    texts = given.get("texts")
    if not isinstance(texts, dict) or not texts:
        reading.wrong(f"{path}.texts", _("Please write the words in at least one language."))
        texts = {}
    return Variant(
        name=reading.name(given.get("name"), f"{path}.name"),
        weight=reading.number(given.get("weight"), f"{path}.weight", 0, LARGEST_WEIGHT),
        texts={str(code): _text(reading, text, f"{path}.texts.{code}") for code, text in texts.items()},
    )


def _text(reading: _Reading, json: Any, path: str) -> Text:
    given = json if isinstance(json, dict) else {}

    def paragraph(value: Any, place: str) -> str:
        return reading.text(value, place, LONGEST_PARAGRAPH)

    paragraphs = reading.items(given.get("paragraphs"), f"{path}.paragraphs", MOST_PARAGRAPHS, paragraph)
    if not paragraphs:
        reading.wrong(f"{path}.paragraphs", _("Please write at least one paragraph."))
    return Text(
        title=reading.text(given.get("title"), f"{path}.title", LONGEST_TITLE),
        salutation=reading.text(given.get("salutation"), f"{path}.salutation", LONGEST_LINE, needed=False),
        paragraphs=paragraphs,
        sign_off=reading.text(given.get("sign_off"), f"{path}.sign_off", LONGEST_LINE, needed=False),
    )


def _ask(reading: _Reading, json: Any) -> dict[str, dict[str, FrequencyAsk]]:
    given = json if isinstance(json, dict) else {}
    if not given:
        reading.wrong("ask", _("A campaign needs the amounts of at least one currency."))
    for code in given.keys() - EXPONENTS.keys():
        reading.wrong(f"ask.{code}", _("This currency can’t be used here."))
    return {code: _currency(reading, by, f"ask.{code}") for code, by in given.items() if code in EXPONENTS}


def _currency(reading: _Reading, json: Any, path: str) -> dict[str, FrequencyAsk]:
    given = json if isinstance(json, dict) else {}
    return {name: _frequency(reading, given.get(name), f"{path}.{name}") for name in Frequency.values}


def _frequency(reading: _Reading, json: Any, path: str) -> FrequencyAsk:
    given = json if isinstance(json, dict) else {}

    def minor(value: Any, place: str) -> int:
        return reading.number(value, place, 1, LARGEST_MINOR)

    ask = FrequencyAsk(
        amounts=reading.items(given.get("amounts"), f"{path}.amounts", MOST_AMOUNTS, minor),
        default=minor(given.get("default"), f"{path}.default"),
        minimum=minor(given.get("minimum"), f"{path}.minimum"),
        maximum=minor(given.get("maximum"), f"{path}.maximum"),
    )
    _check_ask(reading, ask, path)
    return ask


def _check_ask(reading: _Reading, ask: FrequencyAsk, path: str) -> None:
    """The amounts lie between the limits, and the one chosen at first is among them."""
    if ask.maximum < ask.minimum:
        reading.wrong(f"{path}.maximum", _("The largest amount is below the smallest."))
    if not ask.amounts or any(not ask.minimum <= amount <= ask.maximum for amount in ask.amounts):
        reading.wrong(f"{path}.amounts", _("Each amount must lie between the smallest and the largest."))
    if ask.default not in ask.amounts:
        reading.wrong(f"{path}.default", _("The amount chosen at first must be one of the amounts."))
