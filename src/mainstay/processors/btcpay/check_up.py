"""What a BTCPay Server says of a store, for `mainstay doctor`: the rights of both keys, and our webhook.

It tells no program whether its coins are real: a person looks at the store's wallet, and confirms it.
"""

from collections.abc import Iterable
from typing import Any, cast

from django.utils.translation import gettext

from mainstay.contributions.port import AccountConfig, ProcessorRefused
from mainstay.core.errors import MainstayError
from mainstay.processors.check_up import AccountFacts

from .adapter import Btcpay, make

WEB = frozenset(
    {"btcpay.store.cancreateinvoice", "btcpay.store.canviewinvoices", "btcpay.store.canmodifyinvoices"}
)
WORKER = WEB | {"btcpay.store.cancreatepullpayments", "btcpay.store.canmanagepullpayments"}
"""The permissions of docs/tutorials/btcpay.md."""


def look(config: AccountConfig, web: AccountConfig | None, hook_url: str) -> AccountFacts:
    """What the server does not answer stays unknown, and `trouble` says so. No bank statement shows such a payment."""
    try:
        adapter = cast(Btcpay, make(config))
        adapter.ask(f"{adapter.store}/invoices?take=1")
        return AccountFacts(
            statement="",
            web_key_is_restricted=_permissions(web) <= WEB if web else None,
            hook_is_known=_knows(adapter, hook_url),
            problems=_lacking(WORKER - _permissions(config)),
        )
    except (MainstayError, KeyError, TypeError) as trouble:
        unread = gettext("The BTCPay Server answered something that can’t be read.")
        return AccountFacts(
            statement="", trouble=str(trouble) if isinstance(trouble, MainstayError) else unread
        )


def _permissions(config: AccountConfig) -> set[str]:
    """What a key may do. One that is bound to a store names it behind a colon."""
    body = cast(Btcpay, make(config)).ask("/api/v1/api-keys/current")
    return {str(one).partition(":")[0] for one in body["permissions"]}


def _lacking(permissions: Iterable[str]) -> tuple[str, ...]:
    missing = ", ".join(sorted(permissions))
    return (gettext("The worker’s key lacks %(permissions)s.") % {"permissions": missing},) if missing else ()


def _knows(adapter: Btcpay, hook_url: str) -> bool | None:
    """Whether the store sends to our address; `None` when the key may not see it, as it need not."""
    try:
        hooks: list[dict[str, Any]] = adapter.ask(f"{adapter.store}/webhooks")
    except ProcessorRefused:
        return None
    return any(one["url"] == hook_url and one["enabled"] for one in hooks)
