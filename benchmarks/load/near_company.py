"""A payment company inside the measuring process, that answers at once or after `LATENCY_SECONDS`.

It approves everything. It stands where an adapter's module stands, so it has `make`.
"""

import time
from collections.abc import Iterator

from mainstay.contributions.port import (
    AccountConfig,
    BalanceLine,
    Capabilities,
    CardPage,
    EventRef,
    Method,
    MethodFact,
    Order,
    Outcome,
    RefundFact,
    RemoteFact,
    Source,
    TokenView,
)
from mainstay.core.money import EXPONENTS, Money

LATENCY_SECONDS = 0.0
CARD = Method(customer="cus_near", method="pm_near", country="US", expires="2039-12")


def make(config: AccountConfig) -> "NearCompany":
    """The adapter of one account."""
    return NearCompany()


class NearCompany:
    """Approves; remembers each order until it is paid."""

    capabilities = Capabilities("Near", True, True, True, tuple(EXPONENTS), 24)

    def __init__(self) -> None:
        self._orders: dict[str, Money] = {}

    def card_page(self) -> CardPage:
        """A page that nobody opens."""
        return CardPage("", "", "")

    def read_token(self, token: str) -> TokenView | None:
        """Every card is from the United States."""
        return TokenView("US", "card")

    def prepare(self, order: Order, key: str) -> RemoteFact:
        """Remembers what is asked for."""
        time.sleep(LATENCY_SECONDS)
        remote_id = f"near_{key}"
        self._orders[remote_id] = order.amount
        return RemoteFact(Outcome.EXECUTABLE, remote_id=remote_id)

    def execute(
        self, remote_id: str, source: Source, key: str, return_url: str, reader_present: bool
    ) -> RemoteFact:
        """Paid, with a fee of 45 minor units."""
        time.sleep(LATENCY_SECONDS)
        amount = self._orders.pop(remote_id)
        fee = Money(45, amount.currency)
        return RemoteFact(Outcome.SUCCEEDED, remote_id, f"ch_{key}", amount, fee, CARD)

    def look_up(self, remote_id: str) -> RemoteFact:
        """Nothing is ever left open."""
        return RemoteFact(Outcome.NOT_FOUND, remote_id=remote_id)

    def cancel(self, remote_id: str, key: str) -> RemoteFact:
        """Forgets the order."""
        self._orders.pop(remote_id, None)
        return RemoteFact(Outcome.CANCELLED, remote_id=remote_id)

    def refund(self, charge_id: str, amount: Money, key: str) -> RefundFact:
        """Given back."""
        return RefundFact(Outcome.SUCCEEDED, remote_id=f"re_{key}", amount=amount)

    def look_up_refund(self, refund_id: str) -> RefundFact:
        """Refunds are not kept."""
        return RefundFact(Outcome.NOT_FOUND)

    def save_method(self, token: str, key: str, return_url: str) -> MethodFact:
        """The one card."""
        return MethodFact(Outcome.SUCCEEDED, method=CARD)

    def detach(self, method: Method) -> Outcome:
        """Forgotten."""
        return Outcome.SUCCEEDED

    def poll(self, cursor: str) -> tuple[list[EventRef], str]:
        """It has no news."""
        return [], cursor

    def balance_lines(self, after: str) -> Iterator[BalanceLine]:
        """It keeps no books."""
        return iter(())
