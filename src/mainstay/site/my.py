"""Getting in: by the supporter code, by a mailed link; and what to do without either."""

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mainstay.core.clock import clock
from mainstay.core.money import EXPONENTS
from mainstay.letters.addresses import BadMail
from mainstay.newsrooms.models import Newsroom
from mainstay.supporters.entry import by_code, report_lost_code
from mainstay.supporters.reminders import unsubscribe as forget_reminder
from mainstay.supporters.sign_in import ask_for_link, link_is_open, newsroom_of_link, open_link

from .guarding import puzzled
from .my_cookie import let_in, let_out, open_pages
from .my_forms import LostForm
from .my_tools import braked, go, newsroom_of, show


@require_safe
def newsrooms(request: HttpRequest) -> HttpResponse:
    """/my/: the newsrooms of this installation; with one, straight to it."""
    rows = list(Newsroom.objects.order_by("name")[:200])
    if len(rows) == 1:
        return go(request, "my-entry", rows[0].slug)
    return show(request, "newsrooms.html", None, newsrooms=rows)


@require_http_methods(["GET", "HEAD", "POST"])
@braked("my-code", per_minute=10, burst=20)
def entry(request: HttpRequest, slug: str) -> HttpResponse:
    """The code or the mail address. A wrong code and an unknown one are answered alike."""
    newsroom = newsroom_of(slug)
    if request.method != "POST":
        opened = bool(open_pages(request, newsroom))
        return show(request, "entry.html", newsroom, said=request.GET.get("said", ""), opened=opened)
    typed = request.POST.get("code", "")[:80]
    page = by_code(newsroom, typed)
    if page is None:
        return show(request, "entry.html", newsroom, status=422, wrong_code=True, typed_code=typed)
    response = go(request, "my-pages", slug)
    let_in(response, [page])
    return response


@require_POST
@braked("my-link", per_minute=3, burst=6)
@puzzled
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Asks for a link by mail: the same answer whether the address is known or not."""
    newsroom = newsroom_of(slug)
    typed = request.POST.get("mail", "")[:300]
    try:
        ask_for_link(newsroom, typed, get_language() or newsroom.language, clock.now())
    except BadMail:
        return show(request, "entry.html", newsroom, status=422, wrong_mail=True, typed_mail=typed)
    return go(request, "my-asked", slug)


@require_safe
def asked(request: HttpRequest, slug: str) -> HttpResponse:
    """What happens after asking for a link."""
    return show(request, "asked.html", newsroom_of(slug))


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """A mailed link. Opening it shows a button; only the button uses it up, for mail programs look at links too."""
    newsroom, now = newsroom_of(slug), clock.now()
    if request.method != "POST":
        if link_is_open(newsroom, token, now):
            return show(request, "link.html", newsroom)
        return show(request, "link_over.html", newsroom, status=410)
    pages = open_link(newsroom, token, now)
    if not pages:
        return show(request, "link_over.html", newsroom, status=410)
    response = go(request, "my-pages", slug)
    let_in(response, pages)
    return response


@require_safe
def neutral_link(request: HttpRequest, token: str) -> HttpResponse:
    """The address in a discreet letter, which names no newsroom: on to the link's own page."""
    newsroom = newsroom_of_link(token, clock.now())
    if newsroom is None:
        return show(request, "link_over.html", None, status=410)
    return go(request, "my-link", newsroom.slug, token)


@require_safe
def next_time(request: HttpRequest) -> HttpResponse:
    """Where a discreet reminder leads: to the support page, or to the choice between several."""
    rows = list(Newsroom.objects.order_by("name")[:200])
    if len(rows) == 1:
        return go(request, "support:choose", rows[0].slug)
    return show(request, "newsrooms.html", None, newsrooms=rows, next=True)


@require_http_methods(["GET", "HEAD", "POST"])
@braked("my-lost", per_minute=3, burst=6)
def lost(request: HttpRequest, slug: str) -> HttpResponse:
    """ "I lost my code": day and amount go to the desk, which can only stop the promise."""
    newsroom = newsroom_of(slug)
    form = LostForm(request.POST if request.method == "POST" else {}, newsroom, clock.now())
    if request.method == "POST" and form.is_right():
        today = newsroom.today(clock.now())
        report_lost_code(newsroom, form.paid_on, form.amount, today)
        return go(request, "my-told", slug)
    status = 422 if request.method == "POST" else 200
    currencies = newsroom.currencies or list(EXPONENTS)
    return show(request, "lost.html", newsroom, status=status, form=form, currencies=currencies)


@require_safe
def told(request: HttpRequest, slug: str) -> HttpResponse:
    """What happens after a lost code was reported."""
    return show(request, "told.html", newsroom_of(slug))


@require_POST
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    """Closes the page in this browser."""
    response = go(request, "my-entry", slug, said="left")
    let_out(response)
    return response


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, reminder_id: uuid.UUID) -> HttpResponse:
    """One click calls a reminder off (RFC 8058: mail programs post here themselves). A page with a button for people.

    No form protection: the random id is the whole right, and a mail program has no cookie.
    """
    if request.method != "POST":
        return show(request, "unsubscribe.html", None)
    forget_reminder(reminder_id)
    if request.POST.get("List-Unsubscribe") == "One-Click":
        return HttpResponse(_("Called off."), content_type="text/plain; charset=utf-8")
    response = HttpResponseRedirect(reverse("my-unsubscribed"))
    response.status_code = 303
    return response


@require_safe
def unsubscribed(request: HttpRequest) -> HttpResponse:
    """The reminder is called off, whether it was still there or not."""
    return show(request, "unsubscribed.html", None)
