"""What came of it: still checking, back from the bank, thank you, and what to take along."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mainstay.collection.checkout import Progress, Step, check_again, progress_of
from mainstay.contributions.models import Contribution
from mainstay.contributions.schedule import due_date
from mainstay.core.amounts import show_amount
from mainstay.core.clock import clock
from mainstay.core.errors import MainstayError
from mainstay.core.frequency import Frequency
from mainstay.core.ids import code_of, grouped
from mainstay.letters.facts import long_day
from mainstay.newsrooms.countries import rule_after
from mainstay.newsrooms.models import Newsroom
from mainstay.supporters.calendar_file import dates_ics
from mainstay.supporters.papers import receipt_text

from . import cookie
from .choose import WAITING
from .debit import signed_page
from .doors import go, of_newsroom
from .elsewhere import back_with_order, named, picture_of
from .paying import expired

REFRESH_SECONDS = 5
REFRESH_SECONDS_SENT = 60
DATES_GIVEN = {Frequency.MONTHLY: 12, Frequency.ANNUAL: 3}


@require_safe
@of_newsroom
def status(request: HttpRequest, newsroom: Newsroom) -> HttpResponse:
    """Still checking: please don't pay again. The page asks again by itself until it knows."""
    checkout = cookie.read(request, newsroom)
    if checkout is None:
        return expired(request, newsroom)
    progress = _asked(newsroom, checkout.key)
    if progress.step not in WAITING:
        return go(request, newsroom, "thanks" if progress.step == Step.PAID else "card")
    if progress.signed and progress.contribution is not None:
        return signed_page(request, newsroom, checkout, progress.contribution)
    context = {
        "newsroom": newsroom,
        "action_url": progress.action_url,
        "seconds": REFRESH_SECONDS_SENT if progress.sends else REFRESH_SECONDS,
        "waits": progress.step == Step.ACTION,
        "instructions": named(progress.instructions),
        "picture": picture_of(progress.instructions),
        "amount": _amount(progress, translation.get_language() or "en"),
    }
    template = "sent.html" if progress.sends else "status.html"
    return render(request, f"site/support/{template}", context)


def _amount(progress: Progress, language: str) -> str:
    return show_amount(progress.contribution.amount, language) if progress.contribution else ""


def _asked(newsroom: Newsroom, checkout_key: str) -> Progress:
    """The processor's word when it can be had, else our rows'."""
    try:
        return check_again(newsroom, checkout_key, clock.now())
    except MainstayError:
        return progress_of(newsroom, checkout_key, clock.now())


@require_safe
@of_newsroom
def back(request: HttpRequest, newsroom: Newsroom) -> HttpResponse:
    """The way back from the bank: looks up, confirms nothing, and drops what the bank put into the address."""
    checkout = cookie.read(request, newsroom)
    if checkout is None:
        return expired(request, newsroom)
    step = _asked(newsroom, checkout.key).step
    if step in WAITING:
        return go(request, newsroom, "status")
    if step != Step.PAID and checkout.order:
        return back_with_order(request, newsroom, checkout)
    return go(request, newsroom, "thanks" if step == Step.PAID else "card")


@require_safe
@of_newsroom
def thanks(request: HttpRequest, newsroom: Newsroom) -> HttpResponse:
    """What was paid, when the next payment is, how to stop it, and the supporter code."""
    checkout = cookie.read(request, newsroom)
    if checkout is None:
        return expired(request, newsroom)
    progress = progress_of(newsroom, checkout.key, clock.now())
    if progress.step in WAITING:
        return go(request, newsroom, "status")
    if progress.contribution is None or progress.payment is None:
        return go(request, newsroom, "card")
    language, following = translation.get_language() or "en", progress.contribution.next_due_date
    context = {
        "newsroom": newsroom,
        "contribution": progress.contribution,
        "recurring": progress.contribution.frequency != Frequency.ONCE,
        "amount": show_amount(progress.payment.gross, language),
        "next_day": long_day(following, language) if following else "",
        "code": grouped(code_of(checkout.key)),
        "may_share": rule_after(newsroom, checkout.draft.warned).share,
    }
    return render(request, "site/support/thanks.html", context)


@require_safe
@of_newsroom
def receipt(request: HttpRequest, newsroom: Newsroom) -> HttpResponse:
    """The receipt as a text file."""
    progress = _paid(request, newsroom)
    if progress is None or progress.payment is None:
        return expired(request, newsroom)
    text = receipt_text(progress.payment, translation.get_language() or "en")
    return _download(text.encode(), "text/plain; charset=utf-8", "receipt.txt")


@require_safe
@of_newsroom
def dates(request: HttpRequest, newsroom: Newsroom) -> HttpResponse:
    """The coming payment days as a calendar file that names nobody."""
    progress = _paid(request, newsroom)
    if progress is None or progress.contribution is None:
        return expired(request, newsroom)
    file = dates_ics(_("Payment day"), coming_days(progress.contribution))
    return _download(file, "text/calendar; charset=utf-8", "dates.ics")


def coming_days(contribution: Contribution) -> list[date]:
    """The next payment days: a year of monthly ones, three annual ones, none after the promise's last day."""
    if contribution.frequency == Frequency.ONCE or contribution.anchor is None:
        return []
    last = contribution.last_due_date or date.max
    steps = range(1, DATES_GIVEN[Frequency(contribution.frequency)] + 1)
    days = [due_date(contribution.anchor, step, contribution.frequency) for step in steps]
    return [day for day in days if day <= last]


def _paid(request: HttpRequest, newsroom: Newsroom) -> Progress | None:
    checkout = cookie.read(request, newsroom)
    if checkout is None:
        return None
    progress = progress_of(newsroom, checkout.key, clock.now())
    return progress if progress.step == Step.PAID else None


def _download(content: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)
