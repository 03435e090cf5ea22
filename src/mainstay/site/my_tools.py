"""Small things that the views under /my/ share: the newsroom, the way back, the brake."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from mainstay.core.clock import clock
from mainstay.guard.buckets import allow
from mainstay.newsrooms.models import Newsroom

from .my_cookie import let_in, open_pages

View = Callable[..., HttpResponse]


def newsroom_of(slug: str) -> Newsroom:
    """The newsroom in the address, or the page that says there is none."""
    return get_object_or_404(Newsroom, slug=slug)


def show(
    request: HttpRequest, template: str, newsroom: Newsroom | None, status: int = 200, **words: Any
) -> HttpResponse:
    """A page. `query` keeps the language that the address asked for on every link and form."""
    language = request.GET.get("language", "")
    query = f"?{urlencode({'language': language})}" if language else ""
    return render(request, f"my/{template}", {"newsroom": newsroom, "query": query, **words}, status=status)


def go(request: HttpRequest, name: str, *parts: Any, **said: str) -> HttpResponseRedirect:
    """On to another page by GET, so that a reload repeats nothing. `said` names what the page shall tell."""
    if "language" in request.GET:
        said["language"] = request.GET["language"]
    query = f"?{urlencode(said)}" if said else ""
    response = HttpResponseRedirect(reverse(name, args=parts) + query)
    response.status_code = 303
    return response


def with_pages(view: View) -> View:
    """Hands the view the contributions that are open in this browser; without any, leads to the entry."""

    @wraps(view)
    def inner(request: HttpRequest, slug: str, *rest: Any, **named: Any) -> HttpResponse:
        newsroom = newsroom_of(slug)
        pages = open_pages(request, newsroom)
        if not pages:
            return go(request, "my-entry", slug, said="over")
        response = view(request, newsroom, pages, *rest, **named)
        if "my" not in response.cookies:
            let_in(response, pages)
        return response

    return inner


def braked(bucket: str, *, per_minute: int, burst: int) -> Callable[[View], View]:
    """Holds back a browser that posts too often. What it typed stays in its own form: the page says to go back."""

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, slug: str, *rest: Any, **named: Any) -> HttpResponse:
            address = request.META.get("REMOTE_ADDR", "")
            if request.method == "POST" and not allow(bucket, address, per_minute, burst, clock.now()):
                return show(request, "slow_down.html", newsroom_of(slug), status=429)
            return view(request, slug, *rest, **named)

        return inner

    return decorate
