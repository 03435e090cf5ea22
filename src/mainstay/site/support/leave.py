"""Leaving the pages in one click, with or without a script; and an honest list of what that can't take away."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mainstay.newsrooms.models import Newsroom
from mainstay.site import my_cookie

from . import cookie
from .doors import SeeOther, of_newsroom


@require_safe
@of_newsroom
def leave(request: HttpRequest, newsroom: Newsroom) -> HttpResponse:
    """To the neutral page that the settings name, else to an empty one; the device is asked to forget what we left.

    The checkout goes with it, and a supporter's page closes: what was paid stands, and the code opens its page.
    """
    away = settings.MAINSTAY_LEAVE_URL
    response = SeeOther(away) if away else render(request, "site/support/left.html")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    cookie.drop(response, newsroom)
    my_cookie.let_out(response)
    response.delete_cookie(settings.CSRF_COOKIE_NAME, samesite="Lax")
    return response


@require_safe
@of_newsroom
def traces(request: HttpRequest, newsroom: Newsroom) -> HttpResponse:
    """What stays on the device and elsewhere, and what the reader can do about it."""
    return render(request, "site/support/traces.html", {"newsroom": newsroom})
