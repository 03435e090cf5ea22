"""Saving another wallet without a payment: a setup token, which its payer approves, becomes a payment token.

Our name for a setup token begins with `setup.`, so that it can't be taken for an order. One that nobody goes on with is
forgotten by PayPal within days. https://developer.paypal.com/docs/api/payment-tokens/v3/
"""

from collections.abc import Mapping
from typing import Any

from mainstay.contributions.port import MethodFact, Outcome, RemoteFact, ReturnUrls, TokenView

from . import reading
from .wire import Reply

PREFIX = "setup."
_UNCLEAR = (409, 429)
_APPROVED = ("APPROVED", "VAULTED")


def is_ours(remote_id: str) -> bool:
    """Whether a remote id is our name for a setup token."""
    return remote_id.startswith(PREFIX)


def token_of(remote_id: str) -> str:
    """PayPal's own id."""
    return remote_id.removeprefix(PREFIX)


def asked(urls: ReturnUrls) -> dict[str, Any]:
    """The body of a new setup token."""
    wallet = {
        "usage_type": "MERCHANT",
        "customer_type": "CONSUMER",
        "experience_context": {
            "shipping_preference": "NO_SHIPPING",
            "return_url": urls.done,
            "cancel_url": urls.cancelled,
        },
    }
    return {"payment_source": {"paypal": wallet}}


def kept(remote_id: str) -> dict[str, Any]:
    """The body that makes an approved setup token a payment token."""
    return {"payment_source": {"token": {"id": token_of(remote_id), "type": "SETUP_TOKEN"}}}


def started(reply: Reply) -> RemoteFact:
    """A setup token, or why there is none. A success that can't be read is `UNKNOWN`."""
    if not reply.is_success:
        return reading.refused(reply)
    try:
        link = reading.link(reply.body)
        return RemoteFact(Outcome.EXECUTABLE, remote_id=f"{PREFIX}{reply.body['id']}", action_url=link)
    except reading.NOT_UNDERSTOOD:
        return RemoteFact(Outcome.UNKNOWN)


def view(body: Mapping[str, Any]) -> TokenView | None:
    """The country of the payer who approved it; `None` when nobody did.

    One that was saved already was approved: the answer may have been lost, and the same key gives it again.
    """
    if body.get("status") not in _APPROVED:
        return None
    return TokenView(country=reading.payer_country(body), kind="paypal")


def saved(reply: Reply) -> MethodFact:
    """The payment token that was made, or why there is none."""
    if 400 <= reply.status < 500 and reply.status not in _UNCLEAR:
        return MethodFact(Outcome.REJECTED, decline_code=reply.issue.lower()[:60])
    return reading.saved_wallet(reply)
