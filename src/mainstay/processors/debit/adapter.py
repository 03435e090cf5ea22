"""Direct debit behind the port. There is no company to ask: a person takes a file to the bank and reads the statement.

It stands on the same account as bank transfers do, and knows as little by itself: what was executed is under way
until a statement tells (`collection.bank_import`). The token of a first payment is the country of the account's
number; the number itself never comes here.
"""

from dataclasses import replace

from django.utils.translation import gettext_noop
from stdnum.eu import at_02 as creditor_identifier

from mainstay.contributions.port import (
    AccountConfig,
    Capabilities,
    Flow,
    Order,
    Outcome,
    Processor,
    RemoteFact,
    ReturnUrls,
    TokenView,
)
from mainstay.core.errors import WrongSettings
from mainstay.processors.bank import adapter as bank


def make(config: AccountConfig) -> Processor:
    """The adapter of one account that debits are paid to.

    Settings: `name` of its owner, `iban`, `creditor_id` (the creditor identifier that a central bank gave), and `bic`
    where the bank wants it. There are no secrets. Raises `WrongSettings`.
    """
    if not creditor_identifier.is_valid(config.settings.get("creditor_id", "")):
        raise WrongSettings(
            "The creditor identifier is not a valid one. Compare it with the central bank's letter."
        )
    owner = bank.make(config)
    assert isinstance(owner, bank.Bank)
    return Debit(owner.name, owner.iban, owner.bic)


class Debit(bank.Bank):
    """One account that debits are paid to."""

    capabilities = Capabilities(
        name=gettext_noop("Direct debit (SEPA)"),
        recurring=True,
        partial_refund=False,
        country_before_money=True,
        currencies=("EUR",),
        key_life_hours=0,
        flow=Flow.MANDATE,
        disputes=False,
        payouts=False,
        keeps_books=False,
    )

    def read_token(self, token: str) -> TokenView | None:
        """The token is the country."""
        return TokenView(token, "debit") if len(token) == 2 and token.isalpha() and token.isupper() else None

    def start_checkout(self, order: Order, key: str, urls: ReturnUrls) -> RemoteFact:
        """The reader signs on our own page."""
        return RemoteFact(Outcome.REJECTED, decline_code="flow_not_offered")

    def _waiting(self, remote_id: str) -> RemoteFact:
        return replace(super()._waiting(remote_id), outcome=Outcome.PENDING, instructions={})
