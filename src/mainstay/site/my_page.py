"""The supporter's page: what was paid, what comes next, and every change without asking anyone."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from mainstay.collection import saving
from mainstay.collection.cards import waiting_for_bank
from mainstay.collection.changing import ways_to_change
from mainstay.collection.models import Payment
from mainstay.collection.sending import sends
from mainstay.contributions.imported import waits_for_card
from mainstay.contributions.models import Contribution
from mainstay.contributions.port import Flow
from mainstay.contributions.states import ContributionState, InstallmentState
from mainstay.core.amounts import show_amount
from mainstay.core.clock import clock
from mainstay.core.errors import WrongSettings
from mainstay.core.frequency import Frequency
from mainstay.core.money import Money
from mainstay.letters.facts import how_often, long_day
from mainstay.newsrooms.models import Newsroom
from mainstay.supporters.leaving import REASONS, reason_given

from . import my_actions
from .my_cookie import let_in, let_out
from .my_forms import ChangeForm
from .my_tools import go, newsroom_of, show, with_pages
from .my_words import said_sentence

_S, _I = ContributionState, InstallmentState
_UNDER_WAY = (_I.COLLECTING, _I.PENDING, _I.UNKNOWN, _I.ACTION_REQUIRED)


@dataclass(frozen=True)
class Standing:
    """How a promise stands, and what can be done about it."""

    can_change: bool
    can_pause: bool
    can_resume: bool
    can_stop: bool
    can_card: bool
    by_card: bool
    waits_for_bank: bool
    saving_waits: bool
    waits_for_card: bool
    waits_for_money: bool
    under_way: bool
    next_try: date | None


def standing_of(page: Contribution, now: datetime) -> Standing:
    """Read from the states alone."""
    recurring = page.frequency != Frequency.ONCE
    going_on = page.state in (_S.ACTIVE, _S.FAILING, _S.PAUSED)
    ways = ways_to_change(page)
    waits, sent = waiting_for_bank(page) is not None, _sent(page)
    retrying = page.installments.filter(state=_I.RETRYING).order_by("-number").first()
    return Standing(
        can_change=going_on and page.next_due_date is not None,
        can_pause=page.state in (_S.ACTIVE, _S.FAILING) and page.next_due_date is not None,
        can_resume=page.state == _S.PAUSED and not waits_for_card(page),
        can_stop=recurring and (going_on or page.state in (_S.LAPSED, _S.PENDING)),
        can_card=recurring and (going_on or page.state == _S.LAPSED) and bool(ways),
        by_card=bool(ways) and ways[0].flow == Flow.FIELDS,
        waits_for_card=waits_for_card(page),
        waits_for_bank=waits and not sent,
        saving_waits=going_on and saving.waits_for_bank(page),
        waits_for_money=waits and sent,
        under_way=page.installments.filter(state__in=_UNDER_WAY).exists(),
        next_try=retrying.next_try_on if retrying else None,
    )


def _sent(page: Contribution) -> bool:
    """Whether its reader sends the money. An account whose secrets are missing here shows nothing of it."""
    try:
        return sends(page)
    except WrongSettings:
        return False


def one_of(pages: list[Contribution], page_id: uuid.UUID) -> Contribution:
    """The page with that id among those open in this browser; else there is none at the address."""
    for page in pages:
        if page.pk == page_id:
            return page
    raise Http404


@require_safe
@with_pages
def pages(request: HttpRequest, newsroom: Newsroom, pages: list[Contribution]) -> HttpResponse:
    """All contributions that are open in this browser; with one, straight to it."""
    said = request.GET.get("said", "")
    if len(pages) == 1:
        return go(request, "my-page", newsroom.slug, pages[0].pk, **({"said": said} if said else {}))
    rows = [{"page": page, **_words(page)} for page in pages]
    return show(request, "pages.html", newsroom, rows=rows, said=said_sentence(said))


@require_safe
@with_pages
def page(
    request: HttpRequest, newsroom: Newsroom, pages: list[Contribution], page_id: uuid.UUID
) -> HttpResponse:
    """One contribution."""
    said = request.GET.get("said", "")
    return _page(request, one_of(pages, page_id), several=len(pages) > 1, said=said)


@require_POST
@with_pages
def act(
    request: HttpRequest, newsroom: Newsroom, pages: list[Contribution], page_id: uuid.UUID, what: str
) -> HttpResponse:
    """Does one thing and shows the page again, with what changed at its top."""
    chosen = one_of(pages, page_id)
    if what == "forget":
        return _forget(request, chosen, pages)
    action = my_actions.ACTIONS.get(what)
    if action is None:
        raise Http404
    try:
        said = action(chosen, request.POST, clock.now())
    except my_actions.NotRight as problem:
        return _page(request, chosen, several=len(pages) > 1, status=422, **problem.words)
    return go(request, "my-page", newsroom.slug, chosen.pk, said=said)


def _forget(request: HttpRequest, chosen: Contribution, pages: list[Contribution]) -> HttpResponse:
    my_actions.forget(chosen, clock.now())
    response = go(request, "my-forgotten", chosen.newsroom.slug)
    others = [page for page in pages if page.pk != chosen.pk]
    if others:
        let_in(response, others)
    else:
        let_out(response)
    return response


@require_safe
def forgotten(request: HttpRequest, slug: str) -> HttpResponse:
    """What was deleted and what stays."""
    return show(request, "forgotten.html", newsroom_of(slug))


def _page(
    request: HttpRequest,
    page: Contribution,
    *,
    several: bool,
    said: str = "",
    status: int = 200,
    **words: Any,
) -> HttpResponse:
    payments = list(page.payments.order_by("-day", "pk"))
    standing = standing_of(page, clock.now())
    asks_why = said == "stopped" and not reason_given(page)
    filled = {
        "page": page,
        "standing": standing,
        "next_try": long_day(standing.next_try, _language()) if standing.next_try else "",
        "several": several,
        "said": said_sentence(said),
        "payments": [_row(payment) for payment in payments],
        "years": sorted({payment.day.year for payment in payments}, reverse=True),
        "reasons": REASONS if asks_why else {},
        "form": ChangeForm({}, page, _language()),
        "days": range(1, 32),
        "day_now": page.anchor.day if page.anchor else 0,
        "months": range(1, 13),
        **_words(page),
        **words,
    }
    return show(request, "page.html", page.newsroom, status=status, **filled)


def _words(page: Contribution) -> dict[str, str]:
    language = _language()
    return {
        "amount": show_amount(page.amount, language),
        "how_often": how_often(page.frequency),
        "next_day": long_day(page.next_due_date, language) if page.next_due_date else "",
        "resumes": long_day(page.resume_on, language) if page.resume_on else "",
        "started": long_day(page.started_on, language),
        "ended": long_day(page.ended_on, language) if page.ended_on else "",
    }


def _row(payment: Payment) -> dict[str, Any]:
    given_back = Money(payment.refunded_minor, payment.currency)
    return {
        "payment": payment,
        "day": long_day(payment.day, _language()),
        "amount": show_amount(payment.gross, _language()),
        "given_back": show_amount(given_back, _language()) if payment.refunded_minor else "",
    }


def _language() -> str:
    return get_language() or "en"
