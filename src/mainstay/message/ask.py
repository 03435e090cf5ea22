"""The ask: which amounts a newsroom asks for, and between which limits a reader may choose.

The message, the checkout and the supporter's page all read it here, so that words, currency and rule can't disagree.
"""

from mainstay.core.money import EXPONENTS, UnknownCurrency
from mainstay.newsrooms.models import Newsroom

from .content import FrequencyAsk
from .defaults import DEFAULT_ASK
from .published import content_of, newest_versions

__all__ = ["FrequencyAsk", "ask_for"]


def ask_for(newsroom: Newsroom, currency: str) -> dict[str, FrequencyAsk]:
    """The ask of each frequency ("once", "monthly", "annual"), in minor units of `currency`.

    It is that of the newsroom's first campaign, as last published; a currency that the campaign leaves out has
    the built-in amounts. Raises `UnknownCurrency`.
    """
    if currency not in EXPONENTS:
        raise UnknownCurrency(currency)
    for version in newest_versions(newsroom):
        found = content_of(version.pk).ask.get(currency)
        if found:
            return found
    return DEFAULT_ASK[currency]
