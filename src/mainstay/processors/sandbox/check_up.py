"""The practice company moves no money, so a newsroom that has it can't go live with it."""

from mainstay.contributions.port import AccountConfig
from mainstay.processors.check_up import AccountFacts


def look(config: AccountConfig, web: AccountConfig | None, hook_url: str) -> AccountFacts:
    """Practice, whatever its keys are."""
    return AccountFacts(live=False)
