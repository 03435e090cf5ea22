"""Puts values into the site's templates: `{name}` becomes a value, and nothing else is understood."""

import re
from html import escape
from pathlib import Path

FOLDER = Path(__file__).parent
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


class MissingValueError(LookupError):
    """A template names a value that it was not given."""

    def __init__(self, template: str, name: str) -> None:
        super().__init__(
            f"The template {template} has a place for “{name}”, but no value of that name was given."
        )


def fill(template: str, values: dict[str, str]) -> str:
    """Return the template at this path (below the site's folder) with its places filled.

    Values go in as they are, and are not searched for places in their turn; text that is not markup must be
    passed through `text` first. Raises MissingValueError for a place without a value.
    """

    def value_of(place: re.Match[str]) -> str:
        try:
            return values[place[1]]
        except KeyError:
            raise MissingValueError(template, place[1]) from None

    return PLACEHOLDER.sub(value_of, (FOLDER / template).read_text(encoding="utf-8")).strip()


def text(words: str) -> str:
    """Return words as markup that shows them, in an attribute too."""
    return escape(words, quote=True)
