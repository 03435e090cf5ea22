"""What Stripe says of an account, for `mainstay doctor`: its keys, its mode, its name on statements, our hook."""

from typing import cast

from stripe.params import CustomerListParams, WebhookEndpointListParams

from mainstay.contributions.port import AccountConfig, ProcessorRefused
from mainstay.core.errors import MainstayError
from mainstay.processors.check_up import AccountFacts
from mainstay.processors.wire import NoAnswer, NotSent

from .adapter import Stripe, make
from .lists import StripeUnreachable, data_of, whole
from .statement import StatementName, problems, read_statement, shown
from .wire import Refused, ask

LIVE = ("sk_live_", "rk_live_")
RESTRICTED = "rk_"


def look(config: AccountConfig, web: AccountConfig | None, hook_url: str) -> AccountFacts:
    """Four questions. What Stripe does not answer stays unknown, and `trouble` says so.

    Stripe tells no program whether it writes to supporters by itself: a person looks in its dashboard.
    """
    adapter = cast(Stripe, make(config))
    live = str(config.secrets["api_key"]).startswith(LIVE)
    try:
        name, suffix = _name(adapter), _suffix(config)
        return AccountFacts(
            live=live,
            statement=shown(name, suffix),
            statement_problems=tuple(problems(name, suffix)),
            web_key_is_restricted=_is_restricted(web) if web else None,
            hook_is_known=_knows(adapter, hook_url),
        )
    except (MainstayError, KeyError, TypeError) as trouble:
        return AccountFacts(live=live, trouble=str(trouble) if isinstance(trouble, MainstayError) else "?")


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


def _knows(adapter: Stripe, hook_url: str) -> bool:
    params: WebhookEndpointListParams = {"limit": 100}
    endpoints = data_of(whole(lambda: adapter.calls.webhook_endpoints.list(params)))
    return any(one["url"] == hook_url and one["status"] == "enabled" for one in endpoints)
