"""What Stripe says of an account, for `mainstay doctor`: its keys and mode, what it holds back, its name, our hook."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from django.utils.translation import gettext
from stripe.params import CustomerListParams, WebhookEndpointListParams

from mainstay.contributions.port import AccountConfig, ProcessorRefused
from mainstay.core.errors import MainstayError
from mainstay.processors.check_up import AccountFacts
from mainstay.processors.wire import NoAnswer, NotSent

from .adapter import Stripe, make
from .lists import StripeUnreachable, data_of, whole
from .statement import StatementName, problems, read_statement, shown
from .webhook import TYPES
from .wire import Refused, ask

LIVE = ("sk_live_", "rk_live_")
RESTRICTED = "rk_"
EVERY_EVENT = "*"


def look(config: AccountConfig, web: AccountConfig | None, hook_url: str) -> AccountFacts:
    """Four questions. What Stripe does not answer stays unknown, and `trouble` says so.

    Stripe tells no program whether it writes to supporters by itself: a person looks in its dashboard.
    """
    adapter = cast(Stripe, make(config))
    live = str(config.secrets["api_key"]).startswith(LIVE)
    try:
        account, suffix = whole(adapter.calls.accounts.retrieve_current), _suffix(config)
        name, hook = read_statement(account), _hook(adapter, hook_url)
        return AccountFacts(
            live=live,
            statement=shown(name, suffix),
            statement_problems=tuple(problems(name, suffix)),
            web_key_is_restricted=_is_restricted(web) if web else None,
            hook_is_known=hook is not None,
            problems=(*_unfinished(account), *_not_told_of(hook)),
        )
    except (MainstayError, KeyError, TypeError) as trouble:
        unread = gettext("Stripe answered something that can’t be read.")
        return AccountFacts(live=live, trouble=str(trouble) if isinstance(trouble, MainstayError) else unread)


def statement(config: AccountConfig) -> str:
    """What card statements read. Raises `StripeUnreachable`, also when Stripe answers something that can't be read."""
    return shown(_name(cast(Stripe, make(config))), _suffix(config))


def _name(adapter: Stripe) -> StatementName:
    try:
        return read_statement(whole(adapter.calls.accounts.retrieve_current))
    except (KeyError, TypeError):
        raise StripeUnreachable("Stripe answered something that can't be read.") from None


def _suffix(config: AccountConfig) -> str:
    return str(config.settings.get("statement_suffix", ""))


def _is_restricted(web: AccountConfig) -> bool:
    """Whether Stripe refuses this key the list of customers. Raises `StripeUnreachable`."""
    params: CustomerListParams = {"limit": 1}
    if not str(web.secrets.get("api_key", "")).startswith(RESTRICTED):
        return False
    adapter = cast(Stripe, make(web))
    try:
        ask(lambda: adapter.calls.customers.list(params))
    except ProcessorRefused:
        return True
    except (Refused, NotSent, NoAnswer):
        raise StripeUnreachable("Stripe can't be asked what the web's key may do.") from None
    return False


def _unfinished(account: Mapping[str, Any]) -> Iterator[str]:
    """What Stripe itself still holds back."""
    if not account["charges_enabled"]:
        yield gettext("Stripe takes no payments for this account yet. Its dashboard says what is missing.")
    if not account["payouts_enabled"]:
        yield gettext("Stripe pays nothing out to the bank yet. Its dashboard says what is missing.")


def _hook(adapter: Stripe, hook_url: str) -> Mapping[str, Any] | None:
    """Our webhook among those of the account."""
    params: WebhookEndpointListParams = {"limit": 100}
    endpoints = data_of(whole(lambda: adapter.calls.webhook_endpoints.list(params)))
    found = [one for one in endpoints if one["url"] == hook_url and one["status"] == "enabled"]
    return found[0] if found else None


def _not_told_of(hook: Mapping[str, Any] | None) -> Iterator[str]:
    names = set(hook["enabled_events"]) if hook else {EVERY_EVENT}
    missing = set(TYPES) - names
    if missing and EVERY_EVENT not in names:
        events = ", ".join(sorted(missing))
        yield gettext("The webhook isn’t told of %(events)s.") % {"events": events}
