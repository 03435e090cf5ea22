"""Questions whose answer must be whole: lists, balances, settings. What is missing or can't be read raises."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypedDict, TypeVar

import stripe

from mainstay.core.errors import MainstayError
from mainstay.core.money import UnknownCurrency
from mainstay.processors.wire import NoAnswer, NotSent

from .amounts import NotPayable
from .reading import NOT_UNDERSTOOD
from .wire import Refused, ask

LONGEST_PAGE = 100
MOST_PAGES = 2000

Item = TypeVar("Item")


class StripeUnreachable(MainstayError):
    """Stripe did not answer a question that moves no money."""


class Page(TypedDict, total=False):
    """Which part of a list is asked for. Stripe lists the newest first."""

    limit: int
    starting_after: str
    ending_before: str


ListCall = Callable[[Page], stripe.StripeObject]


def whole(call: Callable[[], stripe.StripeObject]) -> dict[str, Any]:
    """One object. Raises `StripeUnreachable`."""
    try:
        return ask(call)
    except Refused as refusal:
        raise StripeUnreachable(f"Stripe answered {refusal.status}.") from None
    except (NotSent, NoAnswer):
        raise StripeUnreachable("Stripe can't be reached.") from None


def told(read: Callable[[Mapping[str, Any]], Item], items: Iterable[Mapping[str, Any]]) -> list[Item]:
    """Each item as it is read. Raises `StripeUnreachable`."""
    try:
        return [read(one) for one in items]
    except (NotPayable, UnknownCurrency) as error:
        raise StripeUnreachable(f"Stripe tells of an amount that can't be counted here. {error}") from None
    except NOT_UNDERSTOOD:
        raise StripeUnreachable("Stripe answered something that can't be read.") from None


def all_of(call: ListCall) -> list[dict[str, Any]]:
    """A whole list, newest first. Raises `StripeUnreachable`, also for one that is longer than we read."""
    found: list[dict[str, Any]] = []
    page: Page = {"limit": LONGEST_PAGE}
    for _page in range(MOST_PAGES):
        body = whole(lambda: call(page))  # noqa: B023 (called at once)
        found += data_of(body)
        if not body.get("has_more") or not found:
            return found
        page = {"limit": LONGEST_PAGE, "starting_after": str(found[-1]["id"])}
    raise StripeUnreachable("The list at Stripe is longer than we read.")


def newer_than(call: ListCall, cursor: str) -> list[dict[str, Any]]:
    """The next page after the item with that id, oldest first; without one, or when it is forgotten, the newest page.

    Raises `StripeUnreachable`.
    """
    page: Page = {"limit": LONGEST_PAGE, "ending_before": cursor} if cursor else {"limit": LONGEST_PAGE}
    try:
        body = ask(lambda: call(page))
    except Refused as refusal:
        if cursor and (refusal.is_missing or refusal.error.get("param") == "ending_before"):
            return newer_than(call, "")
        raise StripeUnreachable(f"Stripe answered {refusal.status}.") from None
    except (NotSent, NoAnswer):
        raise StripeUnreachable("Stripe can't be reached.") from None
    return data_of(body)[::-1]


def data_of(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The items of one page of a list. Raises `StripeUnreachable`."""
    data = body.get("data")
    if not isinstance(data, list) or not all(isinstance(one, dict) and "id" in one for one in data):
        raise StripeUnreachable("Stripe answered something that can't be read.")
    return data
