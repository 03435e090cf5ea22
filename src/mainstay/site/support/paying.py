"""The card page and *Pay*; the country's warning and its refusal."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mainstay.collection.checkout import (
    UNKNOWN_COUNTRY,
    Draft,
    Progress,
    Step,
    card_page_of,
    pay,
    progress_of,
)
from mainstay.collection.elsewhere import ask_for_money
from mainstay.collection.in_name import given_for_others
from mainstay.collection.labels import SOMEWHERE
from mainstay.collection.ways import way_of, ways_of
from mainstay.contributions.port import CardPage, Flow
from mainstay.core.amounts import show_amount, typed_form
from mainstay.core.clock import clock
from mainstay.core.errors import WrongSettings
from mainstay.core.frequency import Frequency
from mainstay.core.ids import code_of, grouped
from mainstay.guard.doors import Answer, Told
from mainstay.letters.addresses import BadMail, read_mail
from mainstay.newsrooms.countries import rule_after
from mainstay.newsrooms.mirrors import shown
from mainstay.newsrooms.models import Newsroom
from mainstay.site.guarding import card_answer, count_card, please_wait

from . import cookie
from .choose import WAITING, stopped
from .doors import SeeOther, address, go, of_newsroom
from .question import forgotten
from .words import country_name, debited, decline_sentence, each_time, summary, trouble_sentence

LONGEST_MAIL = 254
LONGEST_TOKEN = 200


@require_safe
@of_newsroom
def card(request: HttpRequest, newsroom: Newsroom) -> HttpResponse:
    """What will be paid, and the card."""
    checkout = cookie.read(request, newsroom)
    if checkout is None:
        return expired(request, newsroom)
    progress = progress_of(newsroom, checkout.key, clock.now())
    if progress.step in WAITING or progress.step == Step.PAID:
        return go(request, newsroom, "thanks" if progress.step == Step.PAID else "status")
    if checkout.warned_of and not checkout.token:
        return go(request, newsroom, "warned")
    if must_choose(newsroom, checkout.draft):
        return go(request, newsroom, "how")
    problem = trouble_sentence(request.GET.get("problem", ""))
    if not problem and progress.step == Step.DECLINED:
        problem = decline_sentence(progress.decline)
    return pay_page(request, newsroom, checkout, problem=problem)


def expired(request: HttpRequest, newsroom: Newsroom) -> HttpResponse:
    """This device knows of no checkout: 24 hours have passed, or cookies are off."""
    return render(request, "site/support/expired.html", {"newsroom": newsroom})


def pay_page(
    request: HttpRequest, newsroom: Newsroom, checkout: cookie.Checkout, status: int = 200, **more: Any
) -> HttpResponse:
    """The page on which this gift is paid, by the way that was chosen. `more` is what is wrong with what was typed."""
    if newsroom.gifts_stopped_reason:
        return stopped(request, newsroom)
    try:
        way = way_of(newsroom, checkout.draft)
    except WrongSettings:
        return stopped(request, newsroom)
    fields = way.processor.card_page()
    draft, language = checkout.draft, translation.get_language() or "en"
    context = {
        "newsroom": newsroom,
        "summary": summary(draft, newsroom.today(clock.now()), language),
        "amount": show_amount(draft.amount, language),
        "asked": draft.amount,
        "recurring": draft.frequency != Frequency.ONCE,
        "code": grouped(code_of(checkout.key)),
        "mark": checkout.mark,
        "mail": draft.mail,
        "warned": bool(draft.warned),
        "may_mail": rule_after(newsroom, draft.warned).mail,
        "change": _change_query(draft, language),
        "fields": fields,
        "account": way.account.settings,
        "company": way.account.label,
        "several": len(ways_of(newsroom, draft)) > 1,
        "approved": checkout.approved,
        **more,
    }
    if way.flow == Flow.MANDATE:
        context["summary"] = debited(draft, language)
    response = render(request, _TEMPLATES[way.flow], context, status=status)
    return let_in(response, fields) if fields.origin else response


_TEMPLATES = {
    Flow.FIELDS: "site/support/card.html",
    Flow.APPROVAL: "site/support/approve.html",
    Flow.PUSH: "site/support/send.html",
    Flow.MANDATE: "site/support/mandate.html",
}


def must_choose(newsroom: Newsroom, draft: Draft) -> bool:
    """Whether there are several ways to pay and the reader has chosen none of them."""
    found = ways_of(newsroom, draft)
    return len(found) > 1 and draft.way not in [way.name for way in found]


def let_in(response: HttpResponse, fields: CardPage) -> HttpResponse:
    """On this page alone the processor's script and frame may load, and the form may lead on to its bank page."""
    response._csp_update = fields.policy  # type: ignore[attr-defined]
    return response


def _change_query(draft: Draft, language: str) -> str:
    query = {
        "frequency": draft.frequency,
        "amount": typed_form(draft.amount),
        "currency": draft.amount.currency,
        "language": language,
    }
    return f"?{urlencode(query)}"


@require_POST
@of_newsroom
def pay_now(request: HttpRequest, newsroom: Newsroom) -> HttpResponse:
    """*Pay*: the card's token arrives. Whatever comes of it is shown by another page, which may be reloaded."""
    checkout = cookie.read(request, newsroom)
    if checkout is None:
        return expired(request, newsroom)
    if checkout.warned_of and not checkout.token:
        return go(request, newsroom, "warned")
    typed = typed_mail(request, newsroom, checkout.draft.warned)
    try:
        mail = read_mail(typed) if typed else ""
    except BadMail:
        return pay_page(request, newsroom, checkout, status=400, mail=typed, mail_problem=True)
    if request.POST.get("mark") != checkout.mark:
        return pay_page(request, newsroom, checkout, status=409, mail=typed, changed=True)
    return _by_flow(request, newsroom, checkout.with_draft(mail=mail))


def _by_flow(request: HttpRequest, newsroom: Newsroom, checkout: cookie.Checkout) -> HttpResponse:
    """Pays with the card's token or the approved order, or tells how to send the money."""
    try:
        flow = way_of(newsroom, checkout.draft).flow
    except WrongSettings:
        return stopped(request, newsroom)
    if flow == Flow.MANDATE:
        return go(request, newsroom, "card")
    if flow == Flow.PUSH:
        back = settings.PUBLIC_URL + address(request, newsroom, "return")
        progress = ask_for_money(newsroom, checkout.draft, checkout.key, back, clock.now())
        return show_progress(request, newsroom, checkout, progress, "")
    if flow == Flow.APPROVAL:
        token, problem = checkout.order if checkout.approved else "", "unapproved"
    else:
        token, problem = request.POST.get("token", "")[:LONGEST_TOKEN], "nocard"
    if not token:
        return go(request, newsroom, "card", problem=problem)
    return _pay(request, newsroom, checkout, token)


def typed_mail(request: HttpRequest, newsroom: Newsroom, warned: str) -> str:
    """The address that was typed, where an address may be left at all."""
    typed = request.POST.get("mail", "")[:LONGEST_MAIL].strip()
    return typed if rule_after(newsroom, warned).mail else ""


def _pay(request: HttpRequest, newsroom: Newsroom, checkout: cookie.Checkout, token: str) -> HttpResponse:
    # An order that the reader approved at their payment company brings no card that could be tried out.
    answer = Answer(Told.IN) if checkout.order else card_answer(request, newsroom, checkout.key)
    if answer.told == Told.WAIT:
        return please_wait(request, newsroom, answer.wait, address(request, newsroom, "card"))
    if answer.told == Told.PUZZLE:
        return go(request, newsroom, "card", problem="puzzle")
    back = settings.PUBLIC_URL + address(request, newsroom, "return")
    progress = pay(newsroom, checkout.draft, checkout.key, token, back, clock.now())
    count_card(request, newsroom, checkout.key, progress.step)
    return show_progress(request, newsroom, checkout, progress, token)


def show_progress(
    request: HttpRequest, newsroom: Newsroom, checkout: cookie.Checkout, progress: Progress, token: str
) -> HttpResponse:
    """The page that shows what came of it, and what the device keeps."""
    if progress.step == Step.REFUSED:
        response = go(request, newsroom, "refused")
        cookie.drop(response, newsroom)
        return response
    if progress.step == Step.STOPPED:
        return stopped(request, newsroom)
    response = _next_page(request, newsroom, progress)
    cookie.write(response, newsroom, _kept(newsroom, checkout, progress, token))
    return response


def _kept(newsroom: Newsroom, checkout: cookie.Checkout, progress: Progress, token: str) -> cookie.Checkout:
    """What the device still needs: a token while a warning waits for its answer, an address until it is stored."""
    if progress.step == Step.WARNED:
        return replace(checkout, token=token, warned_of=progress.country, ties=False)
    if progress.step == Step.PAID:
        paid = checkout.with_draft(mail="", warned=forgotten(newsroom, checkout.draft.warned))
        return replace(paid, order="", approved=False)
    declined = progress.step in (Step.DECLINED, Step.BAD_TOKEN)
    return replace(checkout, approved=False) if declined else checkout


def _next_page(request: HttpRequest, newsroom: Newsroom, progress: Progress) -> HttpResponse:
    if progress.step == Step.ACTION and progress.action_url:
        return SeeOther(progress.action_url)
    problems = {Step.BAD_TOKEN: "token", Step.TROUBLE: "trouble"}
    if progress.step in problems:
        return go(request, newsroom, "card", problem=problems[progress.step])
    pages = {Step.PAID: "thanks", Step.WARNED: "warned", Step.DECLINED: "card", Step.NEW: "card"}
    return go(request, newsroom, pages.get(progress.step, "status"))


@require_safe
@of_newsroom
def refused(request: HttpRequest, newsroom: Newsroom) -> HttpResponse:
    """The same bytes for everyone: no form, no cookie, no script. The figure changes once a day at most."""
    given = given_for_others(newsroom, newsroom.today(clock.now()))
    return render(request, "site/support/refused.html", {"newsroom": newsroom, "given": given})


@require_safe
@of_newsroom
def ways(request: HttpRequest, newsroom: Newsroom) -> HttpResponse:
    """Other ways to help, for whoever should not pay, and where we truly are: the same for everyone."""
    has_addresses = shown(newsroom, newsroom.today(clock.now())) is not None
    return render(request, "site/support/ways.html", {"newsroom": newsroom, "has_addresses": has_addresses})


@require_http_methods(["GET", "HEAD", "POST"])
@of_newsroom
def warned(request: HttpRequest, newsroom: Newsroom) -> HttpResponse:
    """Before you decide: what the bank and the payment company will know. Two equal ways on."""
    checkout = cookie.read(request, newsroom)
    if checkout is None:
        return expired(request, newsroom)
    if not checkout.warned_of:
        return go(request, newsroom, "card")
    if request.method == "POST":
        return _understood(request, newsroom, checkout)
    return _warning(request, newsroom, checkout)


def _understood(request: HttpRequest, newsroom: Newsroom, checkout: cookie.Checkout) -> HttpResponse:
    """The reader decided. With the card's token it is paid; without one, they answered the question, and go on.

    An order that was approved for a monthly gift is not used for another: the reader approves that one anew.
    """
    typed = typed_mail(request, newsroom, checkout.warned_of)
    try:
        mail = read_mail(typed) if typed else ""
    except BadMail:
        return _warning(request, newsroom, checkout, status=400, mail=typed, mail_problem=True)
    wished = request.POST.get("frequency") == Frequency.MONTHLY
    monthly = wished and _may_be_monthly(newsroom, checkout)
    frequency = Frequency.MONTHLY if monthly else Frequency.ONCE
    warned = SOMEWHERE if checkout.ties else checkout.warned_of
    accepted = checkout.with_draft(mail=mail, warned=warned, frequency=frequency.value)
    if checkout.token and (accepted.order or not checkout.order):
        return _pay(request, newsroom, accepted, checkout.token)
    response = go(request, newsroom, "card")
    cookie.write(response, newsroom, accepted)
    return response


def _may_be_monthly(newsroom: Newsroom, checkout: cookie.Checkout) -> bool:
    """Whether a monthly gift was chosen, and is offered after this warning."""
    warned = SOMEWHERE if checkout.ties else checkout.warned_of
    return checkout.draft.frequency == Frequency.MONTHLY and rule_after(newsroom, warned).recurring


def _warning(
    request: HttpRequest, newsroom: Newsroom, checkout: cookie.Checkout, status: int = 200, **more: Any
) -> HttpResponse:
    language, amount = translation.get_language() or "en", checkout.draft.amount
    context = {
        "newsroom": newsroom,
        "country": country_name(checkout.warned_of, language),
        "reason": _reason(checkout),
        "has_card": bool(checkout.token),
        "may_mail": bool(checkout.token) and rule_after(newsroom, checkout.warned_of).mail,
        "once": each_time(amount, Frequency.ONCE, language),
        "monthly": each_time(amount, Frequency.MONTHLY, language)
        if _may_be_monthly(newsroom, checkout)
        else "",
        "mail": checkout.draft.mail,
        "code": grouped(code_of(checkout.key)),
        **more,
    }
    response = render(request, "site/support/warned.html", context, status=status)
    if not checkout.token:
        return response
    try:
        onward = card_page_of(newsroom, checkout.draft)[1].policy["form-action"]
    except WrongSettings:
        return stopped(request, newsroom)
    response._csp_update = {"form-action": onward}  # type: ignore[attr-defined]
    return response


def _reason(checkout: cookie.Checkout) -> str:
    """Why the reader is warned: "card", "unknown" (nobody knows the card's country), "home" or "ties"."""
    if checkout.ties:
        return "ties"
    if not checkout.token:
        return "home"
    return "unknown" if checkout.warned_of == UNKNOWN_COUNTRY else "card"
