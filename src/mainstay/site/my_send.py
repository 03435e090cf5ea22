"""How to send a gift that is due, for those who pay by transfer or by invoice."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.http import require_safe

from mainstay.collection.cards import waiting_for_bank
from mainstay.collection.sending import how_to_send
from mainstay.contributions.models import Contribution
from mainstay.core.amounts import show_amount
from mainstay.core.clock import clock
from mainstay.newsrooms.models import Newsroom

from .my_page import one_of, standing_of
from .my_tools import go, show, with_pages
from .support.elsewhere import named, picture_of


@require_safe
@with_pages
def send(
    request: HttpRequest, newsroom: Newsroom, pages: list[Contribution], page_id: uuid.UUID
) -> HttpResponse:
    """The details of the transfer with the code for a bank's app, or the way to the invoice."""
    page = one_of(pages, page_id)
    attempt = waiting_for_bank(page)
    if attempt is None or not standing_of(page, clock.now()).waits_for_money:
        return go(request, "my-page", newsroom.slug, page.pk, said="nothing-waits")
    fact = how_to_send(attempt)
    return show(
        request,
        "send.html",
        newsroom,
        page=page,
        amount=show_amount(attempt.amount, translation.get_language() or "en"),
        action_url=fact.action_url,
        instructions=named(fact.instructions),
        picture=picture_of(fact.instructions),
    )
