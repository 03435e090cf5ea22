"""Writing a letter. Each kind is a folder here with `letter.py` and `body.txt`: adding one is adding a folder.

`letter.py` has `subject()`, `words(newsroom, payload, language)` and `EXAMPLE`, a payload that the contract test
and the documentation use. `body.txt` is a plain-text template; its sentences are translated like a page's.
`discreet.txt`, for newsrooms that write discreetly, has the subject on its first line (see `discreet`).
"""

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from django.template import Context, Engine, Template
from django.utils import translation

from mainstay.core.errors import MainstayError
from mainstay.newsrooms.models import Newsroom

from .discreet import neutral_addresses

FOLDER = Path(__file__).parent


class UnknownLetter(MainstayError):
    """A letter was queued of a kind that has no folder."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"There is no letter of the kind {kind!r}.")


@dataclass(frozen=True, slots=True)
class Composed:
    """A letter's subject and text. `unsubscribe` is an address for one click, or ""."""

    subject: str
    body: str
    unsubscribe: str = ""


@cache
def kinds() -> dict[str, ModuleType]:
    """The letters' modules, by the name of their folder."""
    folders = [module.name for module in pkgutil.iter_modules([str(FOLDER)]) if module.ispkg]
    return {
        name: import_module(f"{__package__}.{name}.letter") for name in folders if name not in ("migrations",)
    }


def compose(kind: str, newsroom: Newsroom, payload: Mapping[str, Any], language: str) -> Composed:
    """The letter in `language`. Raises `UnknownLetter`, and `KeyError` for a payload that lacks something."""
    module = kinds().get(kind)
    if module is None:
        raise UnknownLetter(kind)
    with translation.override(language):
        words = {"newsroom": newsroom, **module.words(newsroom, payload, language)}
        if newsroom.discreet_letters:
            return _discreet(kind, {**words, **neutral_addresses(payload, language)})
        body = _written(FOLDER / kind / "body.txt", words)
        return Composed(module.subject(), body, str(words.get("unsubscribe", "")))


def _discreet(kind: str, words: Mapping[str, Any]) -> Composed:
    """The letter that doesn't tell what it is about; one in common for a kind that has none of its own."""
    own = FOLDER / kind / "discreet.txt"
    whole = _written(own if own.exists() else FOLDER / "discreet.txt", words)
    subject, _line, body = whole.partition("\n")
    return Composed(subject, body.lstrip("\n"), str(words.get("unsubscribe", "")))


def _written(path: Path, words: Mapping[str, Any]) -> str:
    return _template(path).render(Context(dict(words), autoescape=False)).strip() + "\n"


@cache
def _template(path: Path) -> Template:
    return Template(path.read_text(encoding="utf-8"), engine=_engine())


@cache
def _engine() -> Engine:
    return Engine(libraries={"i18n": "django.templatetags.i18n"}, builtins=["django.templatetags.i18n"])
