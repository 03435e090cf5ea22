"""The ways to pay that a newsroom offers for one gift: which of its accounts can take it, in the desk's order.

An account's `settings` may say `place` (a number, the lowest comes first) and `frequencies` (a list; else all that the
processor can). A processor that can't name the payer's country before the money is there is not offered in a newsroom
that refuses unknown countries, nor after a warning unless the country's rule says so (`unnamed`): nothing could be
decided before the bank hears of it.
"""

from dataclasses import dataclass

from mainstay.contributions.port import Flow, Processor
from mainstay.core.errors import WrongSettings
from mainstay.core.frequency import Frequency
from mainstay.newsrooms.countries import rule_after
from mainstay.newsrooms.models import Newsroom, ProcessorAccount
from mainstay.processors.registry import adapter_for

from .labels import Draft


@dataclass(frozen=True, slots=True)
class Way:
    """One account, and how a reader pays there."""

    account: ProcessorAccount
    processor: Processor

    @property
    def name(self) -> str:
        """What the draft keeps of a choice."""
        return str(self.account.pk)

    @property
    def flow(self) -> Flow:
        """How the reader pays."""
        return self.processor.capabilities.flow


def ways_of(newsroom: Newsroom, draft: Draft) -> list[Way]:
    """The ways to pay what the draft says. An account whose secrets are missing here is left out."""
    rows = ProcessorAccount.objects.filter(newsroom=newsroom, active=True)
    found = []
    for account in sorted(rows, key=lambda row: (row.settings.get("place", 0), row.label)):
        try:
            way = Way(account, adapter_for(account))
        except WrongSettings:
            continue
        if _takes(way, newsroom, draft):
            found.append(way)
    return found


def way_of(newsroom: Newsroom, draft: Draft) -> Way:
    """The way that the reader chose, else the first one. Raises `WrongSettings` when there is none."""
    found = ways_of(newsroom, draft)
    if not found:
        raise WrongSettings("This newsroom has no processor account that can take this gift.")
    return next((way for way in found if way.name == draft.way), found[0])


def _takes(way: Way, newsroom: Newsroom, draft: Draft) -> bool:
    able, account = way.processor.capabilities, way.account
    currencies = set(able.currencies) & set(account.currencies or able.currencies)
    often = account.settings.get("frequencies") or [*Frequency]
    unnamed_is_fine = rule_after(newsroom, draft.warned).unnamed and not newsroom.strict_countries
    return (
        draft.amount.currency in currencies
        and draft.frequency in often
        and (able.recurring or draft.frequency == Frequency.ONCE)
        and (able.country_before_money or unnamed_is_fine)
    )
