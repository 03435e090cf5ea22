"""Passkeys at the desk: signing in with one, adding and removing one's own; and entering with a code when all are lost.

The browser asks for an offer, which holds a challenge that this session keeps for five minutes and takes back once.
"""

import secrets
import uuid
from datetime import datetime, timedelta

from django import forms
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from mainstay.core.clock import clock
from mainstay.newsrooms import passkeys, staffing
from mainstay.newsrooms.models import Passkey
from mainstay.newsrooms.passkeys import BadPasskey, Place

from .access import Desk, Section, desk_language, section
from .entering import enter, enter_again, entered_recently, may_try, wished_address
from .show import say
from .sign_in import SignInForm

CHALLENGE_LIFE = timedelta(minutes=5)
_CHALLENGE = "challenge"


class CodeForm(forms.Form):
    """Pseudonym and code."""

    pseudonym = forms.CharField(label=gettext_lazy("Pseudonym"), max_length=40)
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=80,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


@require_POST
@desk_language
def offer_sign_in(request: HttpRequest) -> HttpResponse:
    """What a browser needs to ask its owner's device. It is the same for everyone."""
    if not may_try(request):
        return HttpResponse(status=429)
    return _json(passkeys.offer_sign_in(_place(request), _new_challenge(request)))


@require_POST
@desk_language
def sign_in(request: HttpRequest) -> HttpResponse:
    """Takes the device's answer."""
    try:
        staff = passkeys.sign_in(_answer(request), place=_place(request), challenge=_challenge(request))
    except BadPasskey as problem:
        context = {"form": SignInForm(), "next": request.POST.get("next", ""), "problem": str(problem)}
        return render(request, "desk/sign_in.html", context, status=400)
    enter(request, staff)
    return redirect(wished_address(request))


@require_http_methods(["GET", "POST"])
@desk_language
def sign_in_with_code(request: HttpRequest) -> HttpResponse:
    """The page for a code that another admin gave; it leads to one's account, to choose a new way in."""
    form = CodeForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return _code_page(request, form, 200 if request.method == "GET" else 400)
    if not may_try(request, form.cleaned_data["pseudonym"]):
        form.add_error(None, _("Too many attempts. Please wait a minute, then try again."))
        return _code_page(request, form, 429)
    staff = staffing.enter_with_code(
        form.cleaned_data["pseudonym"], form.cleaned_data["code"], now=clock.now()
    )
    if staff is None:
        form.add_error(
            None, _("Pseudonym and code don’t match, or the code is older than a day or was used.")
        )
        return _code_page(request, form, 400)
    enter(request, staff)
    say(request, _("The code is used up. Please choose your new way in now, before you leave this page."))
    return redirect("desk:account")


@require_POST
@section(Section.ACCOUNT)
def offer_passkey(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What a browser needs to make a passkey for this account."""
    if not entered_recently(request):
        return HttpResponse(status=403)
    return _json(passkeys.offer_registration(desk.staff, _place(request), _new_challenge(request)))


@require_POST
@section(Section.ACCOUNT)
def add_passkey(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Keeps the passkey that the device made. Who signed in long ago is asked to do it again first."""
    if not entered_recently(request):
        return enter_again(request, "/desk/account/")
    try:
        passkeys.register(
            desk.newsroom,
            desk.staff,
            _answer(request),
            request.POST.get("label", ""),
            place=_place(request),
            challenge=_challenge(request),
            now=desk.now,
        )
    except BadPasskey as problem:
        say(request, problem)
        return redirect("desk:account")
    update_session_auth_hash(request, desk.staff)
    say(
        request,
        _("The passkey is added. From now on you sign in with it, and no password opens your account."),
    )
    return redirect("desk:account")


@require_POST
@section(Section.ACCOUNT)
def remove_passkey(request: HttpRequest, desk: Desk, passkey_id: uuid.UUID) -> HttpResponse:
    """Removes one of one's own."""
    if not entered_recently(request):
        return enter_again(request, "/desk/account/")
    try:
        passkeys.remove(desk.newsroom, desk.staff, passkey_id, now=desk.now)
    except Passkey.DoesNotExist:
        raise Http404 from None
    except BadPasskey as problem:
        say(request, problem)
        return redirect("desk:account")
    update_session_auth_hash(request, desk.staff)
    say(request, _("The passkey is removed. It opens nothing any more."))
    return redirect("desk:account")


def _code_page(request: HttpRequest, form: CodeForm, status: int) -> HttpResponse:
    return render(request, "desk/sign_in_code.html", {"form": form}, status=status)


def _place(request: HttpRequest) -> Place:
    """The host that the browser names, which ALLOWED_HOSTS has approved; the onion address is a place of its own."""
    host = request.get_host()
    return Place(host=host.partition(":")[0], origin=f"{request.scheme}://{host}")


def _answer(request: HttpRequest) -> str:
    return request.POST.get("answer", "")[: passkeys.LONGEST_ANSWER]


def _new_challenge(request: HttpRequest) -> bytes:
    challenge = secrets.token_bytes(32)
    until = (clock.now() + CHALLENGE_LIFE).isoformat()
    request.session[_CHALLENGE] = [bytes_to_base64url(challenge), until]
    return challenge


def _challenge(request: HttpRequest) -> bytes:
    """Taken out of the session: it serves once. Raises `BadPasskey` when there is none, or it is old."""
    challenge, until = request.session.pop(_CHALLENGE, ("", ""))
    if not challenge or datetime.fromisoformat(until) < clock.now():
        raise BadPasskey
    return base64url_to_bytes(challenge)


def _json(content: str) -> HttpResponse:
    return HttpResponse(content, content_type="application/json")
