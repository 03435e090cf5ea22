"""A people key on paper: 24 numbered words on the terminal, and questions whether they were written down."""

import secrets
import sys

from mainstay.core.errors import MainstayError
from mainstay.sealing.boxes import public_of
from mainstay.sealing.recovery import spoken_fingerprint, words_of

_COLUMNS = 4
_ASKED = 3
_TRIES = 3


class NotWrittenDown(MainstayError):
    """A word that was asked for is not the one on the list, several times."""

    def __init__(self, number: int, slug: str) -> None:
        super().__init__(
            f"Word {number} is another one. The key is there, only its paper isn't right. "
            f"Show the words again and write them anew: mainstay keys words {slug}"
        )


def show_words(private: bytes, slug: str) -> None:
    """Shows the words; on a terminal, asks for three of them before it ends. Raises `NotWrittenDown`."""
    words = words_of(private)
    print("Write these 24 words on paper, by hand, twice. Whoever has them can open names and addresses.")
    print("No photograph, no file, no printer. Keep the papers apart, and not where the server is.\n")
    for place in range(0, len(words), _COLUMNS):
        row = enumerate(words[place : place + _COLUMNS], place + 1)
        print("  ".join(f"{number:2} {word:<10}" for number, word in row))
    print(f"\nThe key's fingerprint, no secret: {spoken_fingerprint(public_of(private))}")
    if sys.stdin.isatty():
        _ask_for_some(words, slug)


def _ask_for_some(words: list[str], slug: str) -> None:
    for number in sorted(secrets.SystemRandom().sample(range(1, len(words) + 1), _ASKED)):
        if not _is_on_paper(number, words[number - 1]):
            raise NotWrittenDown(number, slug)
    print("The paper is right.")


def _is_on_paper(number: int, word: str) -> bool:
    """A slip of the hand is no reason to begin anew: the list still stands above."""
    for _try in range(_TRIES):
        if input(f"Word {number} of your paper: ").strip().casefold() == word:
            return True
        print(
            "That is another word. Compare your paper with the list above, put it right, and type it again."
        )
    return False
