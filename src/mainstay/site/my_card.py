"""Another card, and the bank's word for a renewal. A page that asks for a card is guarded as checkout is."""

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from mainstay.collection import saving
from mainstay.collection.cards import confirm_url, confirmed, replace_card
from mainstay.collection.checkout import Step
from mainstay.contributions.models import Contribution
from mainstay.contributions.port import Flow
from mainstay.core.clock import clock
from mainstay.guard.doors import Told
from mainstay.newsrooms.models import Newsroom

from . import my_wallet
from .guarding import card_answer, count_card, please_wait
from .my_change import At, after, let_in
from .my_cookie import open_pages
from .my_page import one_of, standing_of
from .my_tools import braked, go, newsroom_of, with_pages
from .support.doors import SeeOther

LONGEST_TOKEN = 200


@require_http_methods(["GET", "HEAD", "POST"])
@braked("my-card", per_minute=2, burst=8)
@with_pages
def card(
    request: HttpRequest, newsroom: Newsroom, pages: list[Contribution], page_id: uuid.UUID
) -> HttpResponse:
    """Another card, or a company on whose page another account is approved: what is chosen in the address."""
    page = one_of(pages, page_id)
    if not standing_of(page, clock.now()).can_card:
        return go(request, "my-page", newsroom.slug, page.pk, said="not-possible")
    at = At.of(request, page)
    if at.way.flow == Flow.APPROVAL:
        return my_wallet.wallet(at) if request.method == "POST" else my_wallet.shown(at)
    return _given(at) if request.method == "POST" else _card_page(at)


def _given(at: At) -> HttpResponse:
    """The form brings the payment company's token, never a card number."""
    request, page = at.request, at.page
    token = request.POST.get("token", "")[:LONGEST_TOKEN]
    if not token:
        return _card_page(at, problem="no-token")
    answer = card_answer(request, page.newsroom, str(page.pk))
    if answer.told == Told.WAIT:
        return please_wait(request, page.newsroom, answer.wait, at.address)
    if answer.told == Told.PUZZLE:
        return _card_page(at, problem="puzzle")
    progress = replace_card(page, token, clock.now(), at.warned)
    count_card(request, page.newsroom, str(page.pk), progress.step)
    if progress.step == Step.ACTION:
        return SeeOther(progress.action_url)
    elsewhere = after(at, token, progress, "card")
    return elsewhere or _card_page(at, problem=str(progress.step))


def _card_page(at: At, problem: str = "") -> HttpResponse:
    """Loads the payment company's script after a click, and allows its origin on this page alone."""
    fields = at.way.processor.card_page()
    return let_in(at.show("card.html", problem, fields=fields), fields)


@require_safe
@with_pages
def confirm(
    request: HttpRequest, newsroom: Newsroom, pages: list[Contribution], page_id: uuid.UUID
) -> HttpResponse:
    """Leads to the bank's page for a card or a renewal that waits for the supporter's word.

    A GET that changes nothing: a form's redirect to another origin is stopped by our own content policy.
    """
    page = one_of(pages, page_id)
    address = saving.page_at_bank(page, clock.now()) or confirm_url(page, clock.now())
    if not address:
        return go(request, "my-page", newsroom.slug, page.pk, said="nothing-waits")
    return HttpResponseRedirect(address)


@require_safe
def back_from_bank(request: HttpRequest, slug: str) -> HttpResponse:
    """The bank sends the browser here. What it says in the address is dropped: the payment company is asked.

    It pays nothing: what was overdue is tried with a new card by the worker.
    """
    newsroom, said = newsroom_of(slug), "bank"
    for page in open_pages(request, newsroom):
        progress = saving.back_from_bank(page, clock.now())
        if progress is None:
            confirmed(page, clock.now())
        else:
            said = _SAID_OF_CARD[progress.step]
    response = HttpResponseRedirect(reverse("my-pages", args=[slug]) + f"?said={said}")
    response.status_code = 303
    return response


_SAID_OF_CARD = {Step.PAID: "card-kept", Step.ACTION: "card-waits", Step.DECLINED: "card-refused"}
