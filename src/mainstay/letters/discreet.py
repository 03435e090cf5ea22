"""Discreet letters: which words they may not have, and the addresses that they lead to instead of telling ones.

A mail may be read by whoever shares the mailbox, the screen or the mail company. A discreet letter names neither the
newsroom nor an amount nor what it is about. Its words are a `discreet.txt` beside the usual `body.txt`: the subject on
the first line, then the letter. A kind without one says only that there is something to see.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings

from mainstay.newsrooms.models import Newsroom

FORBIDDEN_WORDS = (
    *("amount", "article", "bank", "card", "charge", "contribution", "currency", "donat", "donor", "editor"),
    *(
        "euro",
        "dollar",
        "fund",
        "gift",
        "give",
        "gave",
        "invoice",
        "journal",
        "magazine",
        "media",
        "member",
        "money",
    ),
    *("news", "paid", "pay", "press", "price", "promise", "publish", "read", "receipt", "refund", "renewal"),
    *("statement", "story", "subscri", "support", "transfer"),
)
"""Beginnings of English words that tell what a letter is about, or that there is a newsroom behind it."""
FORBIDDEN_PARTS = (
    *(
        "донат",
        "пожертв",
        "поддерж",
        "платеж",
        "платёж",
        "оплат",
        "карт",
        "банк",
        "редакц",
        "новост",
        "журнал",
    ),
    *("деньг", "денег", "تبرع", "دعم", "دفع", "بطاق", "بنك", "مصرف", "اشتراك", "أخبار", "صحيف"),
)
"""The same in Russian and Arabic, anywhere in a word: Arabic writes its article and its "and" onto it."""
FEWEST_LETTERS = 4
_SUM = re.compile(r"[$€£¥₽₴]|\b[A-Z]{3}\s?\d|\d[.,]\d\d\b")


def telling(text: str, names: Iterable[str]) -> list[str]:
    """What in the text tells too much: forbidden words, sums of money, and any of the names or a word of one.

    The `names` are those of the newsroom; of their words, short ones ("the") tell nothing.
    """
    words = set(re.findall(r"[^\W_]+", text.casefold()))
    found = {word for word in words for start in FORBIDDEN_WORDS if word.startswith(start)}
    found |= {word for word in words if any(part in word for part in FORBIDDEN_PARTS)}
    named = {part for name in names for part in re.findall(r"[^\W_]+", name.casefold())}
    found |= {word for word in words if any(part in word for part in named if len(part) >= FEWEST_LETTERS)}
    return sorted(found | set(_SUM.findall(text)))


def names_of(newsroom: Newsroom) -> list[str]:
    """The names that a discreet letter of this newsroom may not have."""
    return [newsroom.name, newsroom.legal_name, newsroom.statement_name, newsroom.slug]


def neutral_addresses(payload: Mapping[str, Any], language: str) -> dict[str, str]:
    """Where a discreet letter leads: short paths that name no newsroom. A sign-in link keeps its random secret."""
    mine, query = f"{settings.PUBLIC_URL}/my/", f"?language={language}"
    return {
        "my_url": mine + query,
        "link": f"{mine}link/{payload.get('token', '')}/{query}",
        "next_url": f"{mine}next/{query}",
    }
