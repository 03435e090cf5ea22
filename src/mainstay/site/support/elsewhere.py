"""How to pay, when there are several ways; the way to a processor's own page and back; how to send the money."""

from collections.abc import Mapping
from dataclasses import replace

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mainstay.collection.checkout import Step
from mainstay.collection.elsewhere import approved, send_to_approve
from mainstay.collection.ways import ways_of
from mainstay.contributions.port import Flow, ReturnUrls
from mainstay.core.clock import clock
from mainstay.newsrooms.models import Newsroom

from . import cookie
from .choose import WAITING, stopped
from .doors import SeeOther, address, go, of_newsroom
from .paying import expired
from .words import each_time

PICTURE = "picture"
"""The instruction that is drawn as a code for a bank's app, and not written."""


@require_http_methods(["GET", "HEAD", "POST"])
@of_newsroom
def how(request: HttpRequest, newsroom: Newsroom) -> HttpResponse:
    """By card, at a processor's own page, or by sending the money: one choice, kept with the checkout."""
    checkout = cookie.read(request, newsroom)
    if checkout is None:
        return expired(request, newsroom)
    found = ways_of(newsroom, checkout.draft)
    if not found or newsroom.gifts_stopped_reason:
        return stopped(request, newsroom)
    chosen = request.POST.get("way", "")
    if chosen in [way.name for way in found]:
        response = go(request, newsroom, "card")
        cookie.write(response, newsroom, checkout.with_draft(way=chosen))
        return response
    language, draft = translation.get_language() or "en", checkout.draft
    context = {
        "newsroom": newsroom,
        "summary": each_time(draft.amount, draft.frequency, language),
        "ways": [
            {
                "name": way.name,
                "label": _("Card") if way.flow == Flow.FIELDS else _(way.account.label),
                "hint": _hint(way.flow, way.account.label),
                "chosen": way.name == (draft.way or found[0].name),
            }
            for way in found
        ],
    }
    return render(request, "site/support/how.html", context)


def _hint(flow: Flow, label: str) -> str:
    return {
        Flow.FIELDS: _("You type the card’s number on the next page, into fields of {company}.").format(
            company=label
        ),
        Flow.APPROVAL: _("You sign in there, and pay when you are back here."),
        Flow.PUSH: _("You send the money yourself, and we tell you where to."),
        Flow.MANDATE: _("You type your account number, and your bank sends the money."),
    }[flow]


@require_POST
@of_newsroom
def approve(request: HttpRequest, newsroom: Newsroom) -> HttpResponse:
    """Sends the reader to the processor's own page. Nothing is charged by it, and nothing written down."""
    checkout = cookie.read(request, newsroom)
    if checkout is None:
        return expired(request, newsroom)
    if request.POST.get("mark") != checkout.mark:
        return go(request, newsroom, "card", problem="changed")
    urls = ReturnUrls(
        done=settings.PUBLIC_URL + address(request, newsroom, "return"),
        cancelled=settings.PUBLIC_URL + address(request, newsroom, "card", problem="unapproved"),
    )
    progress = send_to_approve(newsroom, checkout.draft, checkout.key, urls, clock.now())
    if progress.step == Step.STOPPED:
        return stopped(request, newsroom)
    if progress.step != Step.ACTION or not progress.order:
        return go(request, newsroom, "status" if progress.step in WAITING else "card", problem="trouble")
    response = SeeOther(progress.action_url)
    cookie.write(response, newsroom, replace(checkout, order=progress.order, approved=False))
    return response


def back_with_order(request: HttpRequest, newsroom: Newsroom, checkout: cookie.Checkout) -> HttpResponse:
    """The reader is back from the processor's page. The payer's country decides what they see; nothing is paid yet."""
    stands = approved(newsroom, checkout.draft, checkout.key, checkout.order, clock.now())
    if stands is not None and stands.step == Step.REFUSED:
        response = go(request, newsroom, "refused")
        cookie.drop(response, newsroom)
        return response
    if stands is not None and stands.step == Step.WARNED:
        response = go(request, newsroom, "warned")
        warned = replace(checkout, approved=True, token=checkout.order, warned_of=stands.country, ties=False)
        cookie.write(response, newsroom, warned)
        return response
    if stands is not None:
        return go(request, newsroom, "card", problem=_PROBLEMS.get(stands.step, ""))
    response = go(request, newsroom, "card")
    cookie.write(response, newsroom, replace(checkout, approved=True))
    return response


_PROBLEMS = {Step.BAD_TOKEN: "unapproved", Step.TROUBLE: "trouble"}


def named(instructions: Mapping[str, str]) -> list[tuple[str, str]]:
    """The instructions in their order, each with its name for the reader."""
    names = {
        "name": _("To"),
        "iban": _("IBAN"),
        "bic": _("BIC"),
        "account": _("Account number"),
        "bank": _("Bank"),
        "address": _("Address"),
        "reference": _("Reference"),
    }
    return [(names[key], value) for key, value in instructions.items() if key in names]


def picture_of(instructions: Mapping[str, str]) -> SafeString:
    """The code that a bank's app reads from the screen, as a drawing; "" without one."""
    content = instructions.get(PICTURE, "")
    if not content:
        return SafeString("")
    return mark_safe(segno.make(content, error="m").svg_inline(omitsize=True, light="#fff", border=4))  # noqa: S308 (drawn by us)
