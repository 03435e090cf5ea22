"""A people key on paper: 24 numbered words on the terminal, and questions whether they were written down."""

import secrets
import sys

from mainstay.core.errors import MainstayError
from mainstay.sealing.boxes import public_of
from mainstay.sealing.recovery import spoken_fingerprint, words_of

_COLUMNS = 4
_ASKED = 3


class NotWrittenDown(MainstayError):
    """A word that was asked for is not the one on the list."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"Word {number} is another one. Look at your paper, and show them again: mainstay keys words."
        )


def show_words(private: bytes) -> None:
    """Shows the words; on a terminal, asks for three of them before it ends. Raises `NotWrittenDown`."""
    words = words_of(private)
    print("Write these 24 words on paper, by hand, twice. Whoever has them can open names and addresses.")
    print("No photograph, no file, no printer. Keep the papers apart, and not where the server is.\n")
    for place in range(0, len(words), _COLUMNS):
        row = enumerate(words[place : place + _COLUMNS], place + 1)
        print("  ".join(f"{number:2} {word:<10}" for number, word in row))
    print(f"\nThe key's fingerprint, no secret: {spoken_fingerprint(public_of(private))}")
    if sys.stdin.isatty():
        _ask_for_some(words)


def _ask_for_some(words: list[str]) -> None:
    for number in sorted(secrets.SystemRandom().sample(range(1, len(words) + 1), _ASKED)):
        if input(f"Word {number} of your paper: ").strip().casefold() != words[number - 1]:
            raise NotWrittenDown(number)
    print("The paper is right.")
