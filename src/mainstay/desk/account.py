"""One's own account: language, passkeys or password, and the newsroom that is shown when there are several."""

from typing import Any

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
from mainstay.newsrooms.models import Staff

from .access import CHOSEN_NEWSROOM, Desk, Section, section
from .entering import enter_again, entered_recently
from .show import say, show


class LanguageForm(forms.Form):
    """The language of the desk's pages."""

    language = forms.ChoiceField(
        label=_("Language of the desk"),
        choices=[(code, name) for code, name in settings.LANGUAGES if code in settings.DESK_LANGUAGES],
    )


class PasswordForm(forms.Form):
    """The present password and a new one; who has just entered with a code has no present one."""

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

    def __init__(self, staff: Staff, *fields: Any) -> None:
        super().__init__(*fields)
        self.staff = staff
        if not staff.has_usable_password():
            del self.fields["present"]

    def clean_present(self) -> str:
        """It is the present one."""
        if not self.staff.check_password(self.cleaned_data["present"]):
            raise forms.ValidationError(_("This is not your present password."))
        return str(self.cleaned_data["present"])


@require_safe
@section(Section.ACCOUNT)
def account(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The page with both forms."""
    return _page(request, desk, PasswordForm(desk.staff), 200)


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
    if not (desk.staff.has_usable_password() or entered_recently(request)):
        return enter_again(request, "/desk/account/")
    form = PasswordForm(desk.staff, request.POST)
    if not form.is_valid():
        return _page(request, desk, form, 400)
    try:
        staffing.set_password(desk.newsroom, desk.staff, form.cleaned_data["password"], now=desk.now)
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
    context = {
        "language_form": language,
        "password_form": form,
        "entered_recently": entered_recently(request),
        "passkeys": desk.staff.passkeys.order_by("added_on", "label"),
    }
    return show(request, desk, Section.ACCOUNT, "desk/account.html", context, status)
