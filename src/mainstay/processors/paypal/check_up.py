"""What PayPal says of an account, for `mainstay doctor`: its mode, our webhook, its currencies, the web's rights.

What card statements read is a setting of the account that PayPal tells no program: a person looks, and confirms it.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from mainstay.contributions.port import AccountConfig, ProcessorRefused
from mainstay.core.errors import MainstayError
from mainstay.processors.check_up import AccountFacts

from .adapter import LIVE, address_of, wire_of
from .reporting import Reporting
from .webhook import FOLLOWED

EVERY_EVENT = "*"


def look(config: AccountConfig, web: AccountConfig | None, hook_url: str) -> AccountFacts:
    """Three questions. What PayPal does not answer stays unknown, and `trouble` says so."""
    live = address_of(config) == LIVE
    try:
        books = Reporting(wire_of(config))
        hook = _hook(books.ask("/v1/notifications/webhooks"), hook_url)
        held = books.ask("/v1/reporting/balances")["balances"]
        return AccountFacts(
            live=live,
            web_key_is_restricted=_is_restricted(web) if web else None,
            hook_is_known=hook is not None and hook["id"] in config.settings.get("webhook_ids", ()),
            takes=tuple(sorted(one["currency"] for one in held)),
            problems=_not_told_of(hook) if hook else (),
        )
    except (MainstayError, KeyError, TypeError) as trouble:
        unread = gettext("PayPal answered something that can’t be read.")
        return AccountFacts(live=live, trouble=str(trouble) if isinstance(trouble, MainstayError) else unread)


def _hook(body: Mapping[str, Any], hook_url: str) -> Mapping[str, Any] | None:
    """Our webhook among those of the app."""
    found: list[Mapping[str, Any]] = [one for one in body["webhooks"] if one["url"] == hook_url]
    return found[0] if found else None


def _not_told_of(hook: Mapping[str, Any]) -> tuple[str, ...]:
    names = {one["name"] for one in hook["event_types"]}
    missing = FOLLOWED - names
    if not missing or EVERY_EVENT in names:
        return ()
    return (gettext("The webhook isn’t told of %(events)s.") % {"events": ", ".join(sorted(missing))},)


def _is_restricted(web: AccountConfig) -> bool | None:
    """Whether the web's app may not read the books, which name the payers. Raises `PayPalUnreachable`.

    An app that may is no fault: an order that one app made is refused to another (PayPal's support, in issue 1314 of
    paypal/PayPal-PHP-SDK), so web and worker share one. A person has to weigh it.
    """
    try:
        Reporting(wire_of(web)).ask("/v1/reporting/balances")
    except ProcessorRefused:
        return True
    return None
