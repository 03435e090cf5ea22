"""The support page: once, monthly or annual, how much, in which currency. *Continue* makes the checkout."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mainstay.collection.checkout import Draft, Progress, Step, progress_of
from mainstay.core.amounts import AmountProblem, BadAmount, typed_form
from mainstay.core.clock import clock
from mainstay.core.money import Money
from mainstay.newsrooms.models import Newsroom
from mainstay.newsrooms.policy import Decision, State

from . import cookie
from .choices import OTHER, Typed, amount_of, from_form, from_link, groups
from .doors import go, of_newsroom
from .question import HOME, Question, WhichCountry, answered, question_of
from .words import currency_name, each_time

WAITING = (Step.CHECKING, Step.PENDING, Step.ACTION)


@require_http_methods(["GET", "HEAD", "POST"])
@of_newsroom
def choose(request: HttpRequest, newsroom: Newsroom) -> HttpResponse:
    """The choices, and *Continue*."""
    if newsroom.gifts_stopped_reason:
        return stopped(request, newsroom)
    if request.method == "POST":
        return _continue(request, newsroom)
    typed = from_link(newsroom, request.GET.dict())
    return _page(request, newsroom, typed, _link_problem(typed, newsroom))


def stopped(request: HttpRequest, newsroom: Newsroom) -> HttpResponse:
    """No new gifts are taken at the moment."""
    return render(request, "site/support/stopped.html", {"newsroom": newsroom})


def _link_problem(typed: Typed, newsroom: Newsroom) -> AmountProblem | None:
    """A link that names an impossible amount is answered beside the field at once."""
    if not typed.picked:
        return None
    try:
        amount_of(typed, newsroom)
    except BadAmount as error:
        return error.problem
    return None


def _continue(request: HttpRequest, newsroom: Newsroom) -> HttpResponse:
    typed = from_form(newsroom, request.POST.dict())
    try:
        answer = answered(newsroom, request.POST.dict())
        if answer and answer.state == State.REFUSE:
            return _refused(request, newsroom)
        amount = amount_of(typed, newsroom)
    except WhichCountry:
        return _page(request, newsroom, typed, which_country=True, status=400)
    except BadAmount as error:
        return _page(request, newsroom, typed, error.problem, status=400)
    before = cookie.read(request, newsroom)
    step = progress_of(newsroom, before.key, clock.now()).step if before else Step.NEW
    if step in WAITING:
        return go(request, newsroom, "status")
    again = request.POST.get("again") == "yes"
    if step == Step.PAID and not again:
        return _page(request, newsroom, typed)
    language = translation.get_language() or "en"
    draft = Draft(typed.frequency, amount, language, typed.label, for_another=typed.for_another)
    keep = before if before and step != Step.PAID else None
    checkout = _same_checkout(keep, draft) if keep else cookie.begin(draft)
    return _onward(request, newsroom, checkout, answer)


def _refused(request: HttpRequest, newsroom: Newsroom) -> HttpResponse:
    """Nothing is kept of it, on the device either."""
    response = go(request, newsroom, "refused")
    cookie.drop(response, newsroom)
    return response


def _onward(
    request: HttpRequest, newsroom: Newsroom, checkout: cookie.Checkout, answer: Decision | None
) -> HttpResponse:
    """To the card, or first to the warning that the reader's answer calls for."""
    if answer is not None:
        ties = request.POST.get("answer") != HOME
        checkout = replace(checkout, warned_of=answer.country, ties=ties)
    response = go(request, newsroom, "warned" if answer else "card")
    cookie.write(response, newsroom, checkout)
    return response


def _same_checkout(before: cookie.Checkout, draft: Draft) -> cookie.Checkout:
    """The same key with another choice. A label, an address and a way to pay that were given before stay."""
    label = draft.label if draft.label.written else before.draft.label
    kept = replace(draft, label=label, mail=before.draft.mail, way=before.draft.way)
    return cookie.Checkout(before.key, kept)


def _page(
    request: HttpRequest,
    newsroom: Newsroom,
    typed: Typed,
    problem: AmountProblem | None = None,
    status: int = 200,
    which_country: bool = False,
) -> HttpResponse:
    language = translation.get_language() or "en"
    context = {
        "newsroom": newsroom,
        "groups": groups(typed, newsroom, language, problem),
        "other": OTHER,
        "currency": typed.currency,
        "currency_name": currency_name(typed.currency, language),
        "currencies": _currencies(newsroom, typed, language),
        "languages": _languages(newsroom, typed, language),
        "src": typed.label.written,
        "given": _given(request, newsroom, language),
        "question": _question(request, newsroom, language, which_country),
        "for_another": typed.for_another,
    }
    return render(request, "site/support/choose.html", context, status=status)


def _question(
    request: HttpRequest, newsroom: Newsroom, language: str, which_country: bool
) -> Question | None:
    problem = _("Please choose the country.") if which_country else ""
    return question_of(newsroom, language, request.POST.dict(), problem)


def _given(request: HttpRequest, newsroom: Newsroom, language: str) -> str:
    """What this device gave in the last 24 hours, in words; "" for nothing."""
    checkout = cookie.read(request, newsroom)
    if checkout is None:
        return ""
    progress: Progress = progress_of(newsroom, checkout.key, clock.now())
    if progress.step != Step.PAID or progress.contribution is None:
        return ""
    return each_time(progress.contribution.amount, progress.contribution.frequency, language)


def _currencies(newsroom: Newsroom, typed: Typed, language: str) -> list[dict[str, str]]:
    return [
        {
            "name": currency_name(code, language),
            "query": _query(
                frequency=typed.frequency, currency=code, src=typed.label.written, language=language
            ),
        }
        for code in newsroom.currencies
        if code != typed.currency
    ]


def _languages(newsroom: Newsroom, typed: Typed, language: str) -> list[dict[str, Any]]:
    chosen = typed.picked.get(typed.frequency, "")
    amount = typed.written.get(typed.frequency, "") if chosen == OTHER else _in_major_units(chosen, typed)
    named = dict(settings.LANGUAGES)
    return [
        {
            "code": code,
            "name": named[code],
            "rtl": translation.get_language_info(code)["bidi"],
            "query": _query(
                frequency=typed.frequency,
                amount=amount,
                currency=typed.currency,
                src=typed.label.written,
                language=code,
            ),
        }
        for code in newsroom.languages
        if code in named and code != language
    ]


def _in_major_units(picked: str, typed: Typed) -> str:
    return typed_form(Money(int(picked), typed.currency)) if picked.isascii() and picked.isdigit() else ""


def _query(**fields: str) -> str:
    return "?" + urlencode({name: value for name, value in fields.items() if value})
