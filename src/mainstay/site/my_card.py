"""Another card, and the bank's word for a renewal. A page that asks for a card is guarded as checkout is."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from mainstay.collection.cards import confirm_url, confirmed, replace_card
from mainstay.collection.checkout import Progress, Step
from mainstay.contributions.models import Contribution
from mainstay.contributions.port import CardPage
from mainstay.core.clock import clock
from mainstay.guard.doors import Told
from mainstay.newsrooms.models import Newsroom
from mainstay.processors.registry import adapter_for

from .guarding import card_answer, count_card, please_wait
from .my_cookie import open_pages
from .my_page import one_of, standing_of
from .my_tools import braked, go, newsroom_of, show, with_pages
from .my_words import country_name

LONGEST_TOKEN = 200


@require_http_methods(["GET", "POST"])
@braked("my-card", per_minute=2, burst=6)
@with_pages
def card(
    request: HttpRequest, newsroom: Newsroom, pages: list[Contribution], page_id: uuid.UUID
) -> HttpResponse:
    """The card page; its form brings the payment company's token, never a card number."""
    page = one_of(pages, page_id)
    if not standing_of(page, clock.now()).can_card:
        return go(request, "my-page", newsroom.slug, page.pk, said="not-possible")
    if request.method != "POST":
        return _card_page(request, page)
    token = request.POST.get("token", "")[:LONGEST_TOKEN]
    if not token:
        return _card_page(request, page, problem="no-token")
    answer = card_answer(request, newsroom, str(page.pk))
    if answer.told == Told.WAIT:
        back = reverse("my-card", args=[newsroom.slug, page.pk])
        return please_wait(request, newsroom, answer.wait, back)
    if answer.told == Told.PUZZLE:
        return _card_page(request, page, problem="puzzle")
    warned = request.POST.get("warned", "")[:2]
    progress = replace_card(page, token, clock.now(), warned)
    count_card(request, newsroom, str(page.pk), progress.step)
    return _after(request, page, token, progress)


def _after(request: HttpRequest, page: Contribution, token: str, progress: Progress) -> HttpResponse:
    if progress.step == Step.PAID:
        return go(request, "my-page", page.newsroom.slug, page.pk, said=_saved(page, progress))
    if progress.step == Step.REFUSED:
        return HttpResponseRedirect(f"/support/{page.newsroom.slug}/refused/")
    if progress.step == Step.WARNED:
        words: dict[str, Any] = {"token": token, "country": progress.country}
        words["country_name"] = country_name(progress.country)
        return show(request, "card_warned.html", page.newsroom, page=page, **words)
    return _card_page(request, page, problem=str(progress.step))


def _saved(page: Contribution, progress: Progress) -> str:
    """What became of a payment that was overdue, now that there is another card."""
    if progress.payment is not None:
        return "card-paid"
    if progress.decline:
        return "card-declined"
    return "card-open" if standing_of(page, clock.now()).under_way else "card"


def _card_page(request: HttpRequest, page: Contribution, problem: str = "") -> HttpResponse:
    """Loads the payment company's script after a click, and allows its origin on this page alone."""
    fields = adapter_for(page.card_account).card_page()
    status = 422 if problem else 200
    response = show(
        request, "card.html", page.newsroom, status=status, page=page, fields=fields, problem=problem
    )
    return _allow(response, fields)


def _allow(response: HttpResponse, fields: CardPage) -> HttpResponse:
    response._csp_update = fields.policy  # type: ignore[attr-defined]
    return response


@require_GET
@with_pages
def confirm(
    request: HttpRequest, newsroom: Newsroom, pages: list[Contribution], page_id: uuid.UUID
) -> HttpResponse:
    """Leads to the bank's page for a renewal that waits for the supporter's word.

    A GET that changes nothing: a form's redirect to another origin is stopped by our own content policy.
    """
    page = one_of(pages, page_id)
    address = confirm_url(page, clock.now())
    if not address:
        return go(request, "my-page", newsroom.slug, page.pk, said="nothing-waits")
    return HttpResponseRedirect(address)


@require_GET
def back_from_bank(request: HttpRequest, slug: str) -> HttpResponse:
    """The bank sends the browser here. What it says in the address is dropped: the payment company is asked."""
    newsroom = newsroom_of(slug)
    pages = open_pages(request, newsroom)
    for page in pages:
        confirmed(page, clock.now())
    response = HttpResponseRedirect(reverse("my-pages", args=[slug]) + "?said=bank")
    response.status_code = 303
    return response
