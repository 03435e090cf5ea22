"""Stripe's own subscriptions, for taking them over: reading them, ending them with their period, running them again.

https://docs.stripe.com/api/subscriptions. Our promise's id is written into the subscription's metadata in the call that
ends it, so that a lost answer and a restored backup find each other again.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, cast

import stripe
from stripe.params import SubscriptionListParams, SubscriptionRetrieveParams, SubscriptionUpdateParams

from mainstay.contributions.port import AccountConfig
from mainstay.core.errors import MainstayError
from mainstay.core.frequency import Frequency
from mainstay.core.money import Money
from mainstay.processors.takeover import Schedule, Subscription, Takeover

from .adapter import Stripe
from .adapter import make as make_adapter
from .amounts import from_stripe
from .lists import Page, StripeUnreachable, all_of, whole
from .reading import NOT_UNDERSTOOD
from .wire import Refused, ask

TAKEN_AS = "contribution"
EXPANDED = ["customer.invoice_settings.default_payment_method"]
_PERIODS = {("month", 1): Frequency.MONTHLY, ("year", 1): Frequency.ANNUAL, ("month", 12): Frequency.ANNUAL}


def make(config: AccountConfig) -> Takeover:
    """The takeover of one account; its key must be allowed to read and write subscriptions."""
    return StripeTakeover(cast(Stripe, make_adapter(config)))


class StripeTakeover:
    """One account's subscriptions."""

    def __init__(self, adapter: Stripe) -> None:
        self._calls = adapter.calls.subscriptions

    def subscriptions(self) -> Iterator[Subscription]:
        """The active ones. Raises `StripeUnreachable`."""
        expand = [f"data.{path}" for path in EXPANDED]

        def page(asked: Page) -> stripe.StripeObject:
            params: SubscriptionListParams = {"status": "active", "expand": expand}
            return self._calls.list({**params, **asked})

        for body in all_of(page):
            yield _understood(body)

    def look_up(self, remote_id: str) -> Subscription | None:
        """Raises `StripeUnreachable`."""
        params: SubscriptionRetrieveParams = {"expand": EXPANDED}
        try:
            return _understood(ask(lambda: self._calls.retrieve(remote_id, params)))
        except Refused as refusal:
            if refusal.is_missing:
                return None
            raise StripeUnreachable(f"Stripe answered {refusal.status}.") from None

    def end_with_period(self, remote_id: str, taken_as: str) -> Subscription:
        """Sets `cancel_at_period_end`. Raises `StripeUnreachable`."""
        return self._update(
            remote_id,
            {"cancel_at_period_end": True, "metadata": {TAKEN_AS: taken_as}, "expand": EXPANDED},
        )

    def run_again(self, remote_id: str) -> Subscription:
        """Takes `cancel_at_period_end` back. Raises `StripeUnreachable`."""
        return self._update(
            remote_id, {"cancel_at_period_end": False, "metadata": {TAKEN_AS: ""}, "expand": EXPANDED}
        )

    def _update(self, remote_id: str, params: SubscriptionUpdateParams) -> Subscription:
        """Setting the same twice changes nothing, so this call needs no key of ours."""
        return _understood(whole(lambda: self._calls.update(remote_id, params)))


def _understood(body: Mapping[str, Any]) -> Subscription:
    try:
        return _read(body)
    except NOT_UNDERSTOOD as error:
        if isinstance(error, MainstayError):
            raise
        raise StripeUnreachable("Stripe described a subscription in a way that can't be read.") from None


def _read(body: Mapping[str, Any]) -> Subscription:
    items = body["items"]["data"]
    customer = body["customer"]
    end = max(item["current_period_end"] for item in items)
    return Subscription(
        remote_id=body["id"],
        schedule=_schedule(body, end),
        period_end=_moment(end),
        anchor=_moment(body["billing_cycle_anchor"]),
        started=_moment(body["start_date"]),
        amount=_amount(items[0]),
        frequency=_PERIODS.get(_every(items[0])),
        customer=customer["id"],
        method=_method(body, customer),
        mail=customer.get("email") or "",
        taken_as=body["metadata"].get(TAKEN_AS, ""),
        why_not=_why_not(body, items),
    )


def _schedule(body: Mapping[str, Any], end: int) -> Schedule:
    """One that was cancelled before its period was over was stopped by somebody; else it ran out."""
    if body["status"] == "canceled":
        ran_out = (body["ended_at"] or 0) >= end
        return Schedule.ENDED if ran_out else Schedule.STOPPED
    return Schedule.ENDING if body["cancel_at_period_end"] else Schedule.RUNNING


def _why_not(body: Mapping[str, Any], items: list[Mapping[str, Any]]) -> str:
    """The first thing that we can't keep up as Stripe does, or ""."""
    checks: list[tuple[Callable[[], Any], str]] = [
        (lambda: len(items) != 1 or items[0]["quantity"] != 1, "It has several parts."),
        (lambda: _every(items[0]) not in _PERIODS, "It is neither monthly nor annual."),
        (lambda: items[0]["price"]["unit_amount"] is None, "Its amount changes with use."),
        (lambda: body.get("discounts"), "It has a discount."),
        (lambda: body.get("trial_end") and body["status"] == "trialing", "It is still free of charge."),
        (lambda: body.get("pause_collection"), "It is paused."),
        (lambda: body.get("schedule"), "It follows a plan of several phases."),
        (lambda: body["collection_method"] != "charge_automatically", "It is paid by invoice."),
        (
            lambda: body.get("cancel_at") and not body["cancel_at_period_end"],
            "It ends on a day that was set.",
        ),
        (lambda: body["automatic_tax"]["enabled"], "Tax is added to it."),
    ]
    return next((sentence for wrong, sentence in checks if wrong()), "")


def _every(item: Mapping[str, Any]) -> tuple[str, int]:
    recurring = item["price"]["recurring"]
    return recurring["interval"], recurring["interval_count"]


def _amount(item: Mapping[str, Any]) -> Money | None:
    price = item["price"]
    return from_stripe(price["unit_amount"], price["currency"]) if price["unit_amount"] else None


def _method(body: Mapping[str, Any], customer: Mapping[str, Any]) -> str:
    """The card that Stripe itself would charge: the subscription's own, else the customer's."""
    of_customer = (customer.get("invoice_settings") or {}).get("default_payment_method") or {}
    found = body["default_payment_method"] or of_customer.get("id") or customer.get("default_source")
    return str(found or "")


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
