"""What every checkout view goes through: the newsroom, the crowd at the door, redirects that keep the language."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation

from mainstay.core.clock import clock
from mainstay.guard.buckets import allow
from mainstay.newsrooms.models import Newsroom, newsroom_by_slug

PER_MINUTE = 30
BURST = 60
View = Callable[[HttpRequest, Newsroom], HttpResponse]
SluggedView = Callable[[HttpRequest, str], HttpResponse]


class SeeOther(HttpResponseRedirect):
    """303: whatever was sent, the next page is fetched with GET, so that a reload sends nothing again."""

    status_code = 303


def of_newsroom(view: View) -> SluggedView:
    """Finds the newsroom by the address, and counts what is sent: too much from one place waits a minute."""

    @wraps(view)
    def found(request: HttpRequest, slug: str) -> HttpResponse:
        try:
            newsroom = newsroom_by_slug(slug)
        except Newsroom.DoesNotExist:
            raise Http404 from None
        if request.method == "POST" and not _may_enter(request):
            return render(request, "site/support/busy.html", {"newsroom": newsroom}, status=429)
        return _named(request, view(request, newsroom))

    return found


def _named(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """For the script that lets each page take the place of the one before: the next page is named, not gone to."""
    if "X-Way" in request.headers and isinstance(response, SeeOther):
        response.status_code = 204
        response.headers["X-Next"] = response.url
        del response.headers["Location"]
    return response


def _may_enter(request: HttpRequest) -> bool:
    return allow("checkout", request.META.get("REMOTE_ADDR", ""), PER_MINUTE, BURST, clock.now())


def address(request: HttpRequest, newsroom: Newsroom, name: str, **query: str) -> str:
    """The address of a checkout page. The language is named only where the browser would not ask for it itself."""
    language = translation.get_language() or "en"
    if language != translation.get_language_from_request(request):
        query["language"] = language
    path = reverse(f"support:{name}", args=[newsroom.slug])
    return f"{path}?{urlencode(query)}" if query else path


def go(request: HttpRequest, newsroom: Newsroom, name: str, **query: str) -> HttpResponse:
    """On to another checkout page."""
    return SeeOther(address(request, newsroom, name, **query))
