"""What changed from one published version to the next, field by field, in plain words."""

from collections.abc import Sequence
from dataclasses import dataclass

from mainstay.message.models import Version

from .message_fields import Shape, Typed, full_label_of, typed_of

LONGEST_SHOWN = 160


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs. A text that is empty on one side is shown as a word there."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Told:
    """A version with what it changed; `first` has nothing before it."""

    version: Version
    changes: list[Change]
    first: bool


def tell(versions: Sequence[Version]) -> list[Told]:
    """Each version, newest first, beside the one before it; the last of the list is not told unless it is number 1."""
    told = []
    for place, version in enumerate(versions):
        before = versions[place + 1] if place + 1 < len(versions) else None
        if before is not None:
            told.append(Told(version, changes(before, version), first=False))
        elif version.number == 1:
            told.append(Told(version, [], first=True))
    return told


def changes(before: Version, after: Version) -> list[Change]:
    """The fields that differ, in the order of the form. Wordings are compared by name, not by place."""
    shape = _shape([before, after])
    old, new = _by_name(before, shape), _by_name(after, shape)
    names = {f"variants.{name}.name": name for name in _names([before, after])}
    return [
        Change(full_label_of(path, names), _shown(old.get(path, "")), _shown(new.get(path, "")))
        for path in dict.fromkeys([*new, *old])
        if old.get(path, "") != new.get(path, "") and not path.endswith(".name")
    ]


def _by_name(version: Version, shape: Shape) -> Typed:
    """The fields, with a wording's name in place of its number."""
    typed = typed_of(version.content, shape)
    fields = {}
    for path, value in typed.items():
        parts = path.split(".")
        if parts[0] == "variants":
            parts[1] = typed[f"variants.{parts[1]}.name"]
        if parts[0] != "variants" or parts[1]:
            fields[".".join(parts)] = value
    return fields


def _names(versions: Sequence[Version]) -> list[str]:
    return [variant["name"] for version in versions for variant in version.content["variants"]]


def _shape(versions: Sequence[Version]) -> Shape:
    languages = [
        code for version in versions for variant in version.content["variants"] for code in variant["texts"]
    ]
    currencies = [code for version in versions for code in version.content["ask"]]
    return Shape(
        variants=max(len(version.content["variants"]) for version in versions),
        languages=tuple(dict.fromkeys(languages)),
        currencies=tuple(dict.fromkeys(currencies)),
    )


def _shown(text: str) -> str:
    short = " ".join(text.split())
    if len(short) > LONGEST_SHOWN:
        short = f"{short[:LONGEST_SHOWN]}…"
    return short
