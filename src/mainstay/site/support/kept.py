"""The page that says what we keep of a reader."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mainstay.newsrooms.models import Newsroom
from mainstay.site.privacy import the_map, what_is_kept

from .doors import of_newsroom


@require_safe
@of_newsroom
def kept(request: HttpRequest, newsroom: Newsroom) -> HttpResponse:
    """Everything that is stored, by kind: who can read it, and for how long."""
    return render(request, "site/support/kept.html", {"newsroom": newsroom, "kinds": what_is_kept(the_map())})
