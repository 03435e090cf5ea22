"""Signing in and out. Sessions live under /desk/ alone."""

from django import forms
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from .access import desk_language
from .entering import enter, may_try, wished_address


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
@desk_language
def sign_in(request: HttpRequest) -> HttpResponse:
    """The page with the ways in. A wrong pseudonym and a wrong password are answered alike."""
    if request.user.is_authenticated:
        return redirect("desk:today")
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _try(request, form)
    return _page(request, form, 200 if request.method == "GET" else 400)


def _try(request: HttpRequest, form: SignInForm) -> HttpResponse:
    if not may_try(request, form.cleaned_data["pseudonym"]):
        form.add_error(None, _("Too many attempts. Please wait a minute, then try again."))
        return _page(request, form, 429)
    staff = authenticate(
        request, username=form.cleaned_data["pseudonym"], password=form.cleaned_data["password"]
    )
    if staff is None:
        form.add_error(
            None,
            _(
                "Pseudonym and password don’t match. Check both; who has a passkey signs in with that alone."
                " If you lost both, an admin can give you a code."
            ),
        )
        return _page(request, form, 400)
    enter(request, staff)
    return redirect(wished_address(request))


def _page(request: HttpRequest, form: SignInForm, status: int) -> HttpResponse:
    wished = request.POST.get("next") or request.GET.get("next", "")
    context = {"form": form, "next": wished, "again": "again" in request.GET}
    return render(request, "desk/sign_in.html", context, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    logout(request)
    return redirect("desk:sign_in")
