"""Renewals that are made and captured in one call, for accounts where PayPal can't capture a prepared order.

Before the call there is no remote object, so our own name for it holds what the call needs. What happened is found by
our reference in PayPal's books; and PayPal refuses to be paid twice for one `invoice_id`, if the account is set so.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from mainstay.contributions.port import Order, Outcome, RemoteFact
from mainstay.core.money import Money

from . import amounts, asking
from .reporting import PayPalUnreachable, Reporting

PREFIX = "one"
TOLD_AFTER = timedelta(hours=24)
"""How far the books must have gone on after the call, before nothing in them means that nothing happened."""


def is_ours(remote_id: str) -> bool:
    """Whether a remote id is our own name for such a call."""
    return remote_id.startswith(f"{PREFIX}.")


def prepare(order: Order, now: datetime) -> RemoteFact:
    """Names the call. Makes nothing at PayPal."""
    try:
        amounts.written(order.amount)
    except amounts.NotPayable:
        return RemoteFact(Outcome.REJECTED, decline_code="amount_not_whole")
    day = now.strftime("%Y%m%d")
    name = f"{PREFIX}.{order.amount.minor}.{order.amount.currency}.{day}.{order.reference}"
    return RemoteFact(
        Outcome.EXECUTABLE,
        remote_id=name,
        amount=order.amount,
        reference=order.reference,
        metadata=order.metadata,
    )


def body(remote_id: str, vault_id: str) -> dict[str, Any]:
    """The one call: an order with the saved wallet, which PayPal captures at once."""
    order = _order(remote_id)
    return asking.order(order) | asking.saved_wallet(vault_id)


def look_up(
    remote_id: str, books: Reporting, look_up_charge: Callable[[str], RemoteFact], now: datetime
) -> RemoteFact:
    """What the books say. Nothing in them is no answer before they are a day further than the call."""
    try:
        found, complete = books.by_reference(_order(remote_id).reference, now)
    except PayPalUnreachable:
        return RemoteFact(Outcome.UNKNOWN, remote_id=remote_id)
    if found:
        return look_up_charge(found[0].transaction_id)
    called = datetime.strptime(remote_id.split(".")[3], "%Y%m%d").replace(tzinfo=UTC)
    known = complete >= called + 2 * TOLD_AFTER
    return RemoteFact(Outcome.NOT_FOUND if known else Outcome.UNKNOWN, remote_id=remote_id)


def _order(remote_id: str) -> Order:
    """What the name holds. A renewal's promise is known by its first payment: contribution and number are enough."""
    _prefix, minor, currency, _day, reference = remote_id.split(".", 4)
    contribution, _, number = reference.partition(":")
    words = {"contribution": contribution, "number": number}
    return Order(Money(int(minor), currency), reference, words, save_method=False)
