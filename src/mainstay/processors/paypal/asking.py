"""What PayPal is asked for: the bodies of our requests. `tests/contract` holds them to PayPal's own description.

`invoice_id` is our reference: PayPal refuses a second payment of it, and shows it to the payer. `custom_id` holds our
words and is not shown. Descriptions are left empty: they would stand in the payer's mail and on their account.
"""

from collections.abc import Mapping
from typing import Any

from mainstay.contributions.port import Order, ReturnUrls

from . import amounts

WORDS = ("contribution", "number", "frequency", "code")


def words_written(metadata: Mapping[str, str]) -> str:
    """Our words in their order, in the 127 characters that there are."""
    return ".".join(metadata.get(name, "") for name in WORDS)


def words_read(written: str) -> dict[str, str]:
    """The same, read back."""
    return {name: word for name, word in zip(WORDS, written.split("."), strict=False) if word}


def order(asked: Order) -> dict[str, Any]:
    """An order without a payer, for a renewal. Raises `NotPayable`."""
    unit = {
        "amount": amounts.written(asked.amount),
        "invoice_id": asked.reference,
        "custom_id": words_written(asked.metadata),
    }
    return {"intent": "CAPTURE", "purchase_units": [unit]}


def order_to_approve(asked: Order, urls: ReturnUrls) -> dict[str, Any]:
    """An order that its payer approves on PayPal's page; saved there when it is paid, if it is to renew."""
    wallet: dict[str, Any] = {
        "experience_context": {
            "user_action": "CONTINUE",
            "shipping_preference": "NO_SHIPPING",
            "return_url": urls.done,
            "cancel_url": urls.cancelled,
        }
    }
    if asked.save_method:
        vault = {"store_in_vault": "ON_SUCCESS", "usage_type": "MERCHANT", "customer_type": "CONSUMER"}
        wallet["attributes"] = {"vault": vault}
    return order(asked) | {"payment_source": {"paypal": wallet}}


def saved_wallet(vault_id: str) -> dict[str, Any]:
    """The part that says whose saved wallet pays."""
    return {"payment_source": {"paypal": {"vault_id": vault_id}}}


def closed() -> list[dict[str, str]]:
    """A change that closes an order for good: only an order made for CAPTURE can be captured."""
    return [{"op": "replace", "path": "/intent", "value": "AUTHORIZE"}]
