"""What can be known of an account for direct debits without asking anybody, for `mainstay doctor`.

Whether the bank takes such files at all, a person sees from the first one.
"""

from mainstay.contributions.port import AccountConfig
from mainstay.processors.bank import check_up as bank
from mainstay.processors.check_up import AccountFacts

from .adapter import make


def look(config: AccountConfig, web: AccountConfig | None, hook_url: str) -> AccountFacts:
    """The same as of the bank account. Raises `WrongSettings` for a wrong creditor identifier too."""
    make(config)
    return bank.look(config, web, hook_url)
