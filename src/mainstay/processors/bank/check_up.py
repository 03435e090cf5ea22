"""What can be known of a bank account without asking anybody: its numbers, for `mainstay doctor`.

Whether it is the publisher's, and open, a person sees from the first transfer.
"""

from django.utils.translation import gettext
from stdnum import bic, iban

from mainstay.contributions.port import AccountConfig
from mainstay.processors.check_up import AccountFacts

from .adapter import Bank, make

LONGEST_NAME = 70
"""In the code that banking apps read."""


def look(config: AccountConfig, web: AccountConfig | None, hook_url: str) -> AccountFacts:
    """Nobody is asked: no key to restrict, no news, and readers name the account's owner themselves.

    Raises `WrongSettings` when name or number are missing, or the number's check digits are wrong.
    """
    make(config)
    return AccountFacts(
        live=True,
        statement="",
        web_key_is_restricted=True,
        hook_is_known=True,
        takes=Bank.capabilities.currencies,
        problems=tuple(_problems(config)),
    )


def _problems(config: AccountConfig) -> list[str]:
    found = []
    code, number = str(config.settings.get("bic", "")), iban.compact(config.settings["iban"])
    if code and not bic.is_valid(code):
        found.append(gettext("The BIC is not a valid one. Compare it with a statement."))
    elif code and bic.compact(code)[4:6] != number[:2]:
        found.append(gettext("The BIC is of another country than the IBAN."))
    if not 0 < len(str(config.settings["name"]).strip()) <= LONGEST_NAME:
        found.append(gettext("The owner’s name must have 1 to 70 characters, as the bank has it."))
    return found
