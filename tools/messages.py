"""The catalogues of translated strings: `python -m tools.messages extract | compile | check`.

English is the source and needs no catalogue. Readers' strings, the desk's and the demonstration's are kept
apart, because they are complete in different languages. No gettext program is needed.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract as extract_strings
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src"
MAINSTAY = SOURCE / "mainstay"
DEMO = SOURCE / "mainstay_demo"
DESK_ROOMS = ("desk/", "reports/", "alarms/", "moving/", "vault/")
DESK_FILES = (
    "collection/bank_",
    "collection/debit_",
    "newsrooms/live",
    "newsrooms/passkeys",
    "newsrooms/staffing",
    "newsrooms/voices",
    "processors/bank/camt",
    "processors/bank/lines",
    "processors/bank/table",
    "processors/stripe/statement",
)
"""How paths of files begin whose words only staff see."""
TEMPLATES = (".html", ".txt")

KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|%[sd]|\{[a-z_:]*\}")
TAG = re.compile(r"</?[a-z][^>]*>")
MADE = datetime(2026, 1, 1, tzinfo=UTC)
"""Written into every catalogue, so that extracting twice gives the same bytes."""


@dataclass(frozen=True)
class Part:
    """One catalogue: its name, its package, the languages it must be complete in."""

    name: str
    package: Path
    languages: tuple[str, ...]

    def path(self, language: str) -> Path:
        """The catalogue of one language."""
        return self.package / "locale" / language / "LC_MESSAGES" / f"{self.name}.po"

    def has(self, path: Path) -> bool:
        """Whether the strings of this source file belong here."""
        if not path.is_relative_to(self.package):
            return False
        place = path.relative_to(self.package).as_posix()
        at_the_desk = place.startswith(DESK_ROOMS + DESK_FILES)
        return self.name == "demo" or at_the_desk == (self.name == "desk")


READERS = Part("readers", MAINSTAY, ("ru", "ar"))
DESK = Part("desk", MAINSTAY, ("ru",))
DEMO_PART = Part("demo", DEMO, ("ru",))
PARTS = (READERS, DESK, DEMO_PART)


def extract() -> None:
    """Brings every catalogue up to date. A changed string is a new string: its translation is not guessed."""
    for part in PARTS:
        found = strings_of(part)
        for language in part.languages:
            catalogue = _read(part, language)
            catalogue.update(found, no_fuzzy_matching=True)
            path = part.path(language)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_written(catalogue))
            print(f"{path.relative_to(ROOT)}: {_left(catalogue)} of {len(catalogue)} to translate")


def compile_all() -> None:
    """Writes the `django.mo` that the program reads, one for each package and language."""
    for package in (MAINSTAY, DEMO):
        parts = [part for part in PARTS if part.package == package]
        for language in sorted({language for part in parts for language in part.languages}):
            merged = _merged(parts, language)
            path = package / "locale" / language / "LC_MESSAGES" / "django.mo"
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                write_mo(file, merged)


def problems() -> list[str]:
    """What is missing or wrong in the catalogues, one sentence each; empty when all is complete."""
    return [problem for part in PARTS for language in part.languages for problem in _problems(part, language)]


def strings_of(part: Part) -> Catalog:
    """Every string of the source that belongs to this catalogue. What readers see too is the readers'."""
    found = Catalog(creation_date=MADE)
    others = strings_of(READERS) if part is DESK else None
    for path in sorted(part.package.rglob("*")):
        if _is_read(path) and part.has(path):
            for text, comments, context in _strings_in(path):
                if others is None or others.get(_single(text), context) is None:
                    where = [(str(path.relative_to(ROOT)), 1)]
                    found.add(text, locations=where, auto_comments=comments, context=context)
    return found


def _is_read(path: Path) -> bool:
    is_test = path.name.startswith("test_") or path.name == "conftest.py"
    return path.suffix in (".py", *TEMPLATES) and not is_test and "migrations" not in path.parts


def _strings_in(path: Path) -> Iterator[tuple[str | tuple[str, ...], list[str], str | None]]:
    """The strings of one file: (text or its singular and plural, the translators' comments, context)."""
    source = path.read_text(encoding="utf-8")
    if path.suffix in TEMPLATES:
        # Django turns a template into Python whose indentation means nothing.
        source = "\n".join(line.lstrip() for line in templatize(source, origin=str(path)).splitlines())
    lines = BytesIO(source.encode())
    for _, text, comments, context in extract_strings("python", lines, KEYWORDS, ["Translators:"]):
        yield text, comments, context


def _single(text: str | Sequence[str]) -> str:
    return text if isinstance(text, str) else text[0]


def _read(part: Part, language: str) -> Catalog:
    path = part.path(language)
    if not path.exists():
        return Catalog(locale=language, creation_date=MADE, revision_date=MADE, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _written(catalogue: Catalog) -> bytes:
    """The file, with nothing in it that changes from day to day."""
    catalogue.creation_date = catalogue.revision_date = MADE
    catalogue.header_comment = f"# {catalogue.locale_identifier}: translations of Mainstay."
    catalogue.project, catalogue.version, catalogue.fuzzy = "Mainstay", "1", False
    catalogue.last_translator = catalogue.language_team = catalogue.msgid_bugs_address = "Mainstay"
    target = BytesIO()
    write_po(target, catalogue, width=110, ignore_obsolete=True, include_lineno=False, sort_by_file=True)
    return target.getvalue()


def _left(catalogue: Catalog) -> int:
    return sum(1 for message in catalogue if message.id and not all(_forms(message)))


def _forms(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, (tuple, list)) else (message.string or "",)


def _merged(parts: Sequence[Part], language: str) -> Catalog:
    merged = Catalog(locale=language, creation_date=MADE, revision_date=MADE, fuzzy=False)
    for part in parts:
        if part.path(language).exists():
            for message in _read(part, language):
                if message.id and all(_forms(message)):
                    merged.add(message.id, message.string, context=message.context)
    return merged


def _problems(part: Part, language: str) -> Iterator[str]:
    catalogue = _read(part, language)
    for source in strings_of(part):
        if not source.id:
            continue
        name = f"{part.name}.po ({language}): {_single(source.id)!r}"
        message = catalogue.get(_single(source.id), source.context)
        if message is None or not any(_forms(message)):
            yield f"{name} is not translated"
        elif message.fuzzy:
            yield f"{name} is marked fuzzy"
        else:
            yield from (f"{name} {fault}" for fault in _faults(source, message, catalogue.num_plurals))


def _faults(source: Message, message: Message, plurals: int) -> Iterator[str]:
    """What is wrong with one translation."""
    forms = _forms(message)
    expected = plurals if isinstance(source.id, (tuple, list)) else 1
    if len(forms) != expected or not all(forms):
        yield f"has {len([form for form in forms if form])} of {expected} forms"
        return
    wanted = set(PLACEHOLDER.findall(_last(source.id)))
    if set(PLACEHOLDER.findall(forms[-1])) != wanted:
        yield f"must have the placeholders {sorted(wanted)}"
    if any(not set(PLACEHOLDER.findall(form)) <= wanted for form in forms):
        yield f"may only have the placeholders {sorted(wanted)}"
    if sorted(TAG.findall(_last(source.id))) != sorted(TAG.findall(forms[-1])):
        yield "must have the same HTML tags"


def _last(text: str | Sequence[str]) -> str:
    return text if isinstance(text, str) else text[-1]


def main(arguments: Sequence[str]) -> int:
    """Does one of the three; `check` exits with 1 when a translation is missing or wrong."""
    parser = argparse.ArgumentParser(prog="python -m tools.messages", description=__doc__)
    parser.add_argument("what", choices=("extract", "compile", "check"))
    what = parser.parse_args(arguments).what
    prepare()
    if what == "check":
        found = problems()
        print("\n".join(found) or "Every string is translated.")
        return 1 if found else 0
    {"extract": extract, "compile": compile_all}[what]()
    return 0


def prepare() -> None:
    """Reading templates needs Django's settings; outside the test run there are none yet."""
    if not settings.configured:
        settings.configure(USE_I18N=True)
        django.setup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
