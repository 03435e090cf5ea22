"""*Remind me next month* for browsers without scripts: by mail, or by a calendar file that leaves nothing here."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mainstay.contributions.schedule import months_after
from mainstay.core.amounts import BadAmount, typed_form
from mainstay.core.clock import clock
from mainstay.core.money import Money
from mainstay.letters.addresses import BadMail
from mainstay.letters.facts import long_day
from mainstay.message.ask import ask_for
from mainstay.newsrooms.models import Newsroom
from mainstay.site.guarding import puzzled
from mainstay.supporters.calendar_file import dates_ics
from mainstay.supporters.reminders import RemindersUnavailable, request_reminder

from .choices import Typed, amount_of, from_link
from .doors import of_newsroom
from .paying import LONGEST_MAIL


@require_http_methods(["GET", "HEAD", "POST"])
@puzzled
@of_newsroom
def remind(request: HttpRequest, newsroom: Newsroom) -> HttpResponse:
    """The form, and its answer: *set* is said only when the row is there."""
    sent = request.POST.dict() if request.method == "POST" else request.GET.dict()
    typed = from_link(newsroom, sent)
    amount, language = _amount(typed, newsroom), translation.get_language() or "en"
    if request.method != "POST":
        return _form(request, newsroom, typed, amount, {})
    mail = request.POST.get("mail", "")[:LONGEST_MAIL].strip()
    try:
        day = request_reminder(newsroom, mail, typed.frequency, amount, language, clock.now())
    except BadMail:
        return _form(request, newsroom, typed, amount, {"mail": mail, "mail_problem": True}, status=400)
    except RemindersUnavailable as error:
        return _form(request, newsroom, typed, amount, {"mail": mail, "trouble": str(error)}, status=503)
    return render(
        request, "site/support/reminded.html", {"newsroom": newsroom, "day": long_day(day, language)}
    )


def _amount(typed: Typed, newsroom: Newsroom) -> Money:
    """The amount to fill in next month; one that can't be given becomes the usual one."""
    try:
        return amount_of(typed, newsroom)
    except BadAmount:
        return Money(ask_for(newsroom, typed.currency)[typed.frequency].default, typed.currency)


def _form(
    request: HttpRequest,
    newsroom: Newsroom,
    typed: Typed,
    amount: Money,
    more: Mapping[str, object],
    status: int = 200,
) -> HttpResponse:
    language = translation.get_language() or "en"
    context = {
        "newsroom": newsroom,
        "frequency": typed.frequency,
        "currency": typed.currency,
        "amount": typed_form(amount),
        "day": long_day(months_after(newsroom.today(clock.now()), 1), language),
        "titles": _titles(),
        **more,
    }
    return render(request, "site/support/remind.html", context, status=status)


@require_safe
@of_newsroom
def reminder_file(request: HttpRequest, newsroom: Newsroom) -> HttpResponse:
    """One entry in a month, with a neutral title of the reader's choosing. Nothing is written down here."""
    titles, wished = _titles(), request.GET.get("title", "0")
    title = titles[int(wished)] if wished in ("0", "1", "2") else titles[0]
    file = dates_ics(title, [months_after(newsroom.today(clock.now()), 1)])
    headers = {"Content-Disposition": 'attachment; filename="reminder.ics"'}
    return HttpResponse(file, content_type="text/calendar; charset=utf-8", headers=headers)


def _titles() -> list[str]:
    return [_("Reminder"), _("Think about it again"), _("Coffee money")]
