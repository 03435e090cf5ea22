"""Beginning a session of the desk, by whichever way in, and asking for it anew before what changes the ways in."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from mainstay.core.clock import clock
from mainstay.guard.buckets import allow
from mainstay.newsrooms.models import Staff

ATTEMPTS_PER_MINUTE = 6
ATTEMPTS_AT_ONCE = 10
RECENT = timedelta(minutes=15)
_ENTERED = "entered"


def may_try(request: HttpRequest, pseudonym: str = "") -> bool:
    """One bucket for the address that asks and one for the name that is asked for."""
    now, per_minute, at_once = clock.now(), ATTEMPTS_PER_MINUTE, ATTEMPTS_AT_ONCE
    by_address = allow("desk", request.META.get("REMOTE_ADDR", ""), per_minute, at_once, now)
    by_name = not pseudonym or allow(f"desk-name:{pseudonym.casefold()}", "", per_minute, at_once, now)
    return by_address and by_name


def enter(request: HttpRequest, staff: Staff) -> None:
    """The session is theirs from now on, under a new name."""
    login(request, staff)
    request.session[_ENTERED] = clock.now().isoformat()


def entered_recently(request: HttpRequest) -> bool:
    """Whether this session began in the last quarter of an hour."""
    entered = request.session.get(_ENTERED, "")
    return bool(entered) and clock.now() - datetime.fromisoformat(entered) < RECENT


def enter_again(request: HttpRequest, address: str) -> HttpResponse:
    """Ends the session and leads back to `address` by way of the sign-in page."""
    logout(request)
    return redirect(f"{reverse('desk:sign_in')}?{urlencode({'next': address, 'again': 'yes'})}")


def wished_address(request: HttpRequest) -> str:
    """Where one wanted to go before signing in, within the desk."""
    wished = request.POST.get("next", "")
    ours = wished.startswith("/desk/") and url_has_allowed_host_and_scheme(wished, allowed_hosts=None)
    return wished if ours else reverse("desk:today")
