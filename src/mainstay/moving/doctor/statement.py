"""The name on bank statements, whoever prints it: what card networks refuse, and what it tells. Pure.

It must be the publisher's true trading name; a neutral one does not hide the merchant number.
"""

import re
from collections.abc import Sequence

SHAPE = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 .,&/+()#@-]{5,22}")
TELLING = ("charity", "donat", "gift", "journal", "media", "moscow", "moskva", "news", "novosti", "novaya")
TELLING_TOO = ("press", "radio", "svobod", "support", "vestnik", "gazeta", "pozhertv", "redakts")


def refused(name: str) -> bool:
    """Whether card networks refuse it: 5 to 22 plain Latin characters, at least one letter, none of < > \\ ' " *."""
    return name != name.strip() or SHAPE.fullmatch(name) is None


def is_trading_name(name: str, legal_name: str) -> bool:
    """Whether each word of it is, or begins, a word of the publisher's legal name: no invented shop."""
    together = _letters(legal_name)
    words = [_letters(word) for word in name.split()]
    return any(words) and all(word in together for word in words)


def tells(name: str, newsroom_words: Sequence[str] = ()) -> list[str]:
    """The words in it from which whoever sees the statement can tell what was paid for."""
    plain = _letters(name)
    known = [*TELLING, *TELLING_TOO, *(_letters(word) for word in newsroom_words)]
    return [word for word in known if word and word in plain]


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())
