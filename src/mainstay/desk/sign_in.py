"""Signing in and out. Sessions live under /desk/ alone."""

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from mainstay.core.clock import clock
from mainstay.guard.buckets import allow

ATTEMPTS_PER_MINUTE = 6
ATTEMPTS_AT_ONCE = 10


class SignInForm(forms.Form):
    """Pseudonym and password."""

    pseudonym = forms.CharField(
        label=_("Pseudonym"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The page with the two fields. A wrong pseudonym and a wrong password are answered alike."""
    wished = translation.get_language() or "en"
    with translation.override(wished if wished in settings.DESK_LANGUAGES else "en"):
        if request.user.is_authenticated:
            return redirect("desk:today")
        form = SignInForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            return _try(request, form)
        return _page(request, form, 200 if request.method == "GET" else 400)


def _try(request: HttpRequest, form: SignInForm) -> HttpResponse:
    if not _may_try(request, form.cleaned_data["pseudonym"]):
        form.add_error(None, _("Too many attempts. Please wait a minute, then try again."))
        return _page(request, form, 429)
    staff = authenticate(
        request, username=form.cleaned_data["pseudonym"], password=form.cleaned_data["password"]
    )
    if staff is None:
        form.add_error(
            None, _("Pseudonym and password don't match. Check both; an admin can set a new password.")
        )
        return _page(request, form, 400)
    login(request, staff)
    return redirect(_next(request))


def _may_try(request: HttpRequest, pseudonym: str) -> bool:
    """One bucket for the address that asks and one for the name that is asked for."""
    now, per_minute, at_once = clock.now(), ATTEMPTS_PER_MINUTE, ATTEMPTS_AT_ONCE
    by_address = allow("desk", request.META.get("REMOTE_ADDR", ""), per_minute, at_once, now)
    by_name = allow(f"desk-name:{pseudonym.casefold()}", "", per_minute, at_once, now)
    return by_address and by_name


def _next(request: HttpRequest) -> str:
    wished = request.POST.get("next", "")
    ours = wished.startswith("/desk/") and url_has_allowed_host_and_scheme(wished, allowed_hosts=None)
    return wished if ours else "desk:today"


def _page(request: HttpRequest, form: SignInForm, status: int) -> HttpResponse:
    wished = request.POST.get("next") or request.GET.get("next", "")
    return render(request, "desk/sign_in.html", {"form": form, "next": wished}, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    logout(request)
    return redirect("desk:sign_in")
