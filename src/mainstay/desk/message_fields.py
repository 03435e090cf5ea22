"""The message as a form: a flat list of fields by path ("variants.0.texts.en.title"), from content and back to it.

What was typed is kept as typed. Amounts are typed in major units and read exactly; the content itself is judged by
the message room, whose problems come back by the same paths.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from mainstay.core.amounts import BadAmount, read_amount, typed_form
from mainstay.core.frequency import Frequency
from mainstay.core.money import EXPONENTS, Money
from mainstay.message.content import MOST_AMOUNTS, MOST_VARIANTS
from mainstay.message.defaults import DEFAULT_ASK
from mainstay.newsrooms.models import Newsroom

from .contributions import AMOUNT_PROBLEMS

LIMITS = ("minimum", "maximum", "default")
LINES = ("title", "salutation", "paragraphs", "sign_off")
PLAIN = ("frequency", "starts", "ends", "quiet_days", "sections")
Typed = dict[str, str]


@dataclass(frozen=True, slots=True)
class Shape:
    """How many wordings, which languages and currencies the form has."""

    variants: int
    languages: tuple[str, ...]
    currencies: tuple[str, ...]


def shape_of(newsroom: Newsroom, variants: int) -> Shape:
    """The form's shape: the newsroom's own languages and currencies."""
    return Shape(
        variants=max(1, min(variants, MOST_VARIANTS)),
        languages=tuple(newsroom.languages or [newsroom.language]),
        currencies=tuple(code for code in newsroom.currencies or [newsroom.currency] if code in EXPONENTS),
    )


def paths(shape: Shape) -> Iterator[str]:
    """Every field's path, in the order of the page."""
    for place in range(shape.variants):
        yield f"variants.{place}.name"
        yield f"variants.{place}.weight"
        for code in shape.languages:
            yield from (f"variants.{place}.texts.{code}.{line}" for line in LINES)
    for currency in shape.currencies:
        for frequency in Frequency.values:
            start = f"ask.{currency}.{frequency}"
            yield from (f"{start}.amounts.{number}" for number in range(MOST_AMOUNTS))
            yield from (f"{start}.{limit}" for limit in LIMITS)
    yield from PLAIN


def typed_of(content: Mapping[str, Any], shape: Shape) -> Typed:
    """The fields of content, as one would type them; what it lacks comes from the built-in amounts."""
    typed = dict.fromkeys(paths(shape), "")
    for place, variant in enumerate(content.get("variants", [])[: shape.variants]):
        typed[f"variants.{place}.name"] = str(variant["name"])
        typed[f"variants.{place}.weight"] = str(variant["weight"])
        for code in shape.languages:
            typed.update(_typed_text(variant["texts"].get(code, {}), f"variants.{place}.texts.{code}"))
    for currency in shape.currencies:
        typed.update(_typed_ask(content.get("ask", {}).get(currency), currency))
    typed["frequency"] = content.get("frequency", Frequency.MONTHLY.value)
    typed["starts"], typed["ends"] = content.get("starts") or "", content.get("ends") or ""
    typed["quiet_days"] = str(content.get("quiet_days", 30))
    typed["sections"] = ", ".join(content.get("sections", []))
    return typed


def _typed_text(text: Mapping[str, Any], start: str) -> Typed:
    lines = {line: text.get(line, "") for line in LINES}
    return {
        f"{start}.{line}": value if isinstance(value, str) else "\n\n".join(value)
        for line, value in lines.items()
    }


def _typed_ask(asks: Mapping[str, Any] | None, currency: str) -> Typed:
    typed = {}
    for frequency in Frequency.values:
        start = f"ask.{currency}.{frequency}"
        built_in = DEFAULT_ASK[currency][frequency]
        default = {"amounts": built_in.amounts, **{limit: getattr(built_in, limit) for limit in LIMITS}}
        ask = asks[frequency] if asks else default
        for number, minor in enumerate(ask["amounts"]):
            typed[f"{start}.amounts.{number}"] = typed_form(Money(minor, currency))
        for limit in LIMITS:
            typed[f"{start}.{limit}"] = typed_form(Money(ask[limit], currency))
    return typed


@dataclass(frozen=True, slots=True)
class Reading:
    """What was typed, as content for the message room to judge; and what can't be read at all, by path."""

    content: dict[str, Any]
    problems: dict[str, str]


def read_typed(typed: Typed, shape: Shape, salt: str) -> Reading:
    """Content from the fields. A language whose words are all empty is left out."""
    problems: dict[str, str] = {}
    content = {
        "salt": salt,
        "variants": [_variant(typed, f"variants.{place}", shape) for place in range(shape.variants)],
        "ask": {code: _ask(typed, code, problems) for code in shape.currencies},
        "frequency": typed["frequency"],
        "starts": typed["starts"].strip() or None,
        "ends": typed["ends"].strip() or None,
        "quiet_days": _number(typed["quiet_days"]),
        "sections": [word.strip() for word in typed["sections"].split(",") if word.strip()],
    }
    return Reading(content, problems)


def _variant(typed: Typed, start: str, shape: Shape) -> dict[str, Any]:
    texts = {code: _text(typed, f"{start}.texts.{code}") for code in shape.languages}
    written = {code: text for code, text in texts.items() if any(text.values())}
    weight = _number(typed[f"{start}.weight"])
    return {"name": typed[f"{start}.name"].strip(), "weight": weight, "texts": written}


def _text(typed: Typed, start: str) -> dict[str, Any]:
    paragraphs = typed[f"{start}.paragraphs"].replace("\r\n", "\n").split("\n\n")
    lines: dict[str, Any] = {line: typed[f"{start}.{line}"].strip() for line in LINES}
    return {**lines, "paragraphs": [" ".join(part.split()) for part in paragraphs if part.strip()]}


def _ask(typed: Typed, currency: str, problems: dict[str, str]) -> dict[str, Any]:
    asks = {}
    for frequency in Frequency.values:
        start = f"ask.{currency}.{frequency}"
        numbered = [f"{start}.amounts.{number}" for number in range(MOST_AMOUNTS)]
        amounts = [_minor(typed, path, currency, problems) for path in numbered if typed[path].strip()]
        limits = {limit: _minor(typed, f"{start}.{limit}", currency, problems) for limit in LIMITS}
        asks[frequency] = {"amounts": amounts, **limits}
    return asks


def _minor(typed: Typed, path: str, currency: str, problems: dict[str, str]) -> int:
    try:
        return read_amount(typed[path], currency).minor
    except BadAmount as problem:
        problems[path] = str(AMOUNT_PROBLEMS[problem.problem])
        return 1


def _number(text: str) -> int | str:
    """A whole number, or the text itself, which the message room then names as a problem."""
    stripped = text.strip()
    return int(stripped) if stripped.isascii() and stripped.isdigit() and len(stripped) < 10 else stripped


def problem_at(path: str, problems: Mapping[str, str]) -> str:
    """The problem of a field: its own, or that of a part of it (the third paragraph)."""
    inside = (sentence for place, sentence in problems.items() if place.startswith(f"{path}."))
    return problems.get(path) or next(inside, "")


def label_of(path: str) -> str:
    """A field's label; amounts are numbered from one."""
    last = path.rpartition(".")[2]
    if last.isdigit():
        return _("Amount %(number)s") % {"number": int(last) + 1}
    return _labels()[last]


def full_label_of(path: str, names: Mapping[str, str]) -> str:
    """A field's label with where it stands: wording and language, or currency and frequency.

    `names` are the fields as typed: wordings are called by their names.
    """
    parts = path.split(".")
    if parts[0] == "variants":
        where = _("wording “%(name)s”") % {"name": names.get(f"variants.{parts[1]}.name", "")}
        language = f", {language_name(parts[3])}" if len(parts) > 3 else ""
        return f"{label_of(path)} ({where}{language})"
    if parts[0] == "ask":
        return f"{label_of(path)} ({parts[1]}, {Frequency(parts[2]).label})"
    return label_of(path)


def language_name(code: str) -> str:
    """The language's own name for itself."""
    return str(get_language_info(code)["name_local"])


def _labels() -> dict[str, str]:
    return {
        "name": _("Short name of the wording"),
        "weight": _("Share of readers"),
        "title": _("Title"),
        "salutation": _("Salutation"),
        "paragraphs": _("Paragraphs"),
        "sign_off": _("Sign-off"),
        "minimum": _("Smallest"),
        "maximum": _("Largest"),
        "default": _("Chosen at first"),
        "frequency": _("Frequency chosen at first"),
        "starts": _("First day"),
        "ends": _("Last day"),
        "quiet_days": _("Days of quiet after closing"),
        "sections": _("Only in these sections"),
    }
