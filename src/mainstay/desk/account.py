"""One's own account: language, password, and the newsroom that is shown when there are several."""

from django import forms
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from mainstay.newsrooms import staffing

from .access import CHOSEN_NEWSROOM, Desk, Section, section
from .show import say, show


class LanguageForm(forms.Form):
    """The language of the desk's pages."""

    language = forms.ChoiceField(
        label=_("Language of the desk"),
        choices=[(code, name) for code, name in settings.LANGUAGES if code in settings.DESK_LANGUAGES],
    )


class PasswordForm(forms.Form):
    """The present password and a new one."""

    present = forms.CharField(
        label=_("Your present password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    password = forms.CharField(
        label=_("New password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. Three or four unrelated words make a good one."),
    )


@require_safe
@section(Section.ACCOUNT)
def account(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The page with both forms."""
    return _page(request, desk, PasswordForm(), 200)


@require_POST
@section(Section.ACCOUNT)
def change_language(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Takes the new language and answers in it."""
    form = LanguageForm(request.POST)
    if form.is_valid():
        staff = desk.staff
        staff.language = form.cleaned_data["language"]
        staff.save(update_fields=["language"])
        with translation.override(staff.language):
            say(request, gettext("The desk now speaks English."))
    return redirect("desk:account")


@require_POST
@section(Section.ACCOUNT)
def change_password(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Sets the new password; other sessions of this person end."""
    form = PasswordForm(request.POST)
    if form.is_valid() and not desk.staff.check_password(form.cleaned_data["present"]):
        form.add_error("present", _("This is not your present password."))
    if not form.is_valid():
        return _page(request, desk, form, 400)
    try:
        staffing.set_password(
            desk.newsroom, desk.staff, form.cleaned_data["password"], actor=desk.actor, day=desk.today
        )
    except staffing.BadStaff as problem:
        form.add_error("password", str(problem))
        return _page(request, desk, form, 400)
    update_session_auth_hash(request, desk.staff)
    say(request, _("Your password is changed. Other browsers that were signed in as you are signed out."))
    return redirect("desk:account")


@require_POST
@section(Section.ACCOUNT)
def choose_newsroom(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Turns the desk to another newsroom in which this person has a role."""
    wished = request.POST.get("newsroom", "")
    if wished not in {str(newsroom.pk) for newsroom in desk.others}:
        raise Http404
    request.session[CHOSEN_NEWSROOM] = wished
    return redirect("desk:today")


def _page(request: HttpRequest, desk: Desk, form: PasswordForm, status: int) -> HttpResponse:
    language = LanguageForm(initial={"language": desk.staff.language})
    context = {"language_form": language, "password_form": form}
    return show(request, desk, Section.ACCOUNT, "desk/account.html", context, status)
