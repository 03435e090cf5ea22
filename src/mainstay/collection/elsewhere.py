"""First payments that begin on another page than ours: approved at the processor, or sent by the reader.

An order to approve is made before any row: it moves no money, and only an approved one names the payer's country.
Its key and its words come from the checkout key, so that two tabs get one order. What follows is `checkout.pay`, with
the order in the place of a card's token: the policy, the first row, the capture. Whoever closes the window leaves
nothing here. See docs/decisions/0009.
"""

from datetime import datetime

from mainstay.contributions.models import Installment
from mainstay.contributions.port import Flow, Outcome, ReturnUrls
from mainstay.core.errors import MainstayError
from mainstay.core.ids import code_hash, code_of, contribution_id, digest
from mainstay.newsrooms.models import Newsroom

from .checkout import Progress, Step, country_step, may_begin, open_first, progress_of, unless_stopped
from .labels import Draft
from .steps import carry_out, order_of
from .ways import Way


def send_to_approve(
    newsroom: Newsroom, draft: Draft, checkout_key: str, urls: ReturnUrls, now: datetime
) -> Progress:
    """`Step.ACTION` with the processor's page and the order that the reader approves there. Writes nothing down."""
    way = may_begin(newsroom, draft, checkout_key, now)
    if isinstance(way, Progress):
        return way
    contribution = contribution_id(checkout_key)
    order = order_of(contribution, 1, draft.amount, draft.frequency, code_hash(code_of(checkout_key)))
    try:
        fact = way.processor.start_checkout(order, _order_key(way, draft, checkout_key), urls)
    except MainstayError:
        return Progress(Step.TROUBLE)
    if fact.outcome not in (Outcome.EXECUTABLE, Outcome.ACTION_REQUIRED) or not fact.remote_id:
        return Progress(Step.TROUBLE)
    return Progress(Step.ACTION, action_url=fact.action_url or urls.done, order=fact.remote_id)


def _order_key(way: Way, draft: Draft, checkout_key: str) -> str:
    """One order for each choice of a checkout. One that was cancelled gets a successor, as with cards."""
    contribution = contribution_id(checkout_key)
    before = Installment.objects.filter(contribution=contribution, number=1).first()
    generation = before.remote_generation if before else 1
    choice = f"{way.name}:{draft.frequency}:{draft.amount.minor}:{draft.amount.currency}"
    return f"v1:{contribution}:1:order:{generation}:{digest(choice, 'order')[:16]}"


def approved(
    newsroom: Newsroom, draft: Draft, checkout_key: str, order: str, now: datetime
) -> Progress | None:
    """What stands between an order and its payment: not approved, refused, warned; `None` when nothing does."""
    way = may_begin(newsroom, draft, checkout_key, now)
    if isinstance(way, Progress):
        return way
    return country_step(newsroom, way.processor, order, draft.warned)


def ask_for_money(
    newsroom: Newsroom, draft: Draft, checkout_key: str, return_url: str, now: datetime
) -> Progress:
    """The reader will send the money: writes the promise down and tells how. Nothing is paid until it arrives.

    The country is what the reader said of themselves; where that calls for more, this way is not offered (`ways`).
    """
    way = may_begin(newsroom, draft, checkout_key, now)
    if isinstance(way, Progress):
        return way
    if way.flow != Flow.PUSH:
        return Progress(Step.TROUBLE)
    attempt = open_first(newsroom, way, draft, checkout_key, "", now)
    if attempt is not None:
        carry_out(attempt, way.processor, unless_stopped(""), return_url, now)
    return progress_of(newsroom, checkout_key, now)
