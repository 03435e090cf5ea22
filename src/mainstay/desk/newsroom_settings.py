"""What the newsroom says of itself: names, the statement, time zone, currencies. For admins."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from mainstay.collection.statement_names import told_names
from mainstay.core.money import EXPONENTS
from mainstay.letters.discreet import telling
from mainstay.moving.doctor.statement import refused
from mainstay.newsrooms.change import CHANGEABLE, change

from .access import Desk, Section, section
from .show import say, show


class SettingsForm(forms.Form):
    """The fields that an admin can change here."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    legal_name = forms.CharField(
        label=gettext_lazy("Legal name"), max_length=120, help_text=gettext_lazy("It stands on receipts.")
    )
    statement_name = forms.CharField(
        label=gettext_lazy("Name on bank statements"),
        max_length=22,
        help_text=gettext_lazy(
            "The publisher’s true trading name, in 5 to 22 capital letters and digits. It does not hide the "
            "merchant number: bank and payment company always know who was paid."
        ),
    )
    site_url = forms.URLField(label=gettext_lazy("Your own site"), max_length=200, assume_scheme="https")
    mail_from = forms.CharField(
        label=gettext_lazy("Letters come from"),
        max_length=120,
        help_text=gettext_lazy("A mail address you read."),
    )
    discreet_letters = forms.BooleanField(
        label=gettext_lazy("Discreet letters"),
        required=False,
        help_text=gettext_lazy(
            "Letters then name neither you nor an amount, nor what they are about: they lead to the reader’s own page. "
            "For readers whose mail may be read by others."
        ),
    )
    discreet_from = forms.CharField(
        label=gettext_lazy("Discreet letters come from"),
        required=False,
        max_length=120,
        help_text=gettext_lazy(
            "A neutral sender, such as Letters <post@letterbox.example>. The part after the @ is seen too: it should "
            "not be your name."
        ),
    )
    time_zone = forms.CharField(
        label=gettext_lazy("Time zone"),
        max_length=60,
        help_text=gettext_lazy("It says when a day begins, for example Europe/Vilnius."),
        widget=forms.TextInput(attrs={"list": "time-zones"}),
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("Main currency"), choices=[(code, code) for code in EXPONENTS]
    )
    currencies = forms.MultipleChoiceField(
        label=gettext_lazy("Currencies that readers can choose"),
        choices=[(code, code) for code in EXPONENTS],
        widget=forms.CheckboxSelectMultiple,
    )

    language = forms.ChoiceField(
        label=gettext_lazy("Main language"),
        choices=settings.LANGUAGES,
        help_text=gettext_lazy("Readers whose language is not offered get this one."),
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages of the message"),
        choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "The message has fields for each of these. Words of a language taken away wait in the published versions."
        ),
    )

    def clean_statement_name(self) -> str:
        """What card networks take."""
        typed = str(self.cleaned_data["statement_name"]).strip().upper()
        if refused(typed):
            raise ValidationError(
                _("Use 5 to 22 capital letters, digits, spaces or . , & / + - with at least one letter.")
            )
        return typed

    def clean_time_zone(self) -> str:
        """A zone of the IANA database."""
        typed = str(self.cleaned_data["time_zone"]).strip()
        if typed not in available_timezones():
            raise ValidationError(
                _("This time zone is not known. Choose one from the list, such as Europe/Riga.")
            )
        return typed

    def clean_mail_from(self) -> str:
        """A plain address, with or without a name before it."""
        return _sender(self.cleaned_data["mail_from"])

    def clean_discreet_from(self) -> str:
        """The same, or nothing."""
        typed = str(self.cleaned_data["discreet_from"]).strip()
        return _sender(typed) if typed else ""

    def clean(self) -> dict[str, Any]:
        """The main currency and the main language are among those that are offered."""
        fields = super().clean() or self.cleaned_data
        if "currencies" in fields and fields.get("currency") not in fields["currencies"]:
            self.add_error("currencies", _("The main currency has to be one of these."))
        if "languages" in fields and fields.get("language") not in fields["languages"]:
            self.add_error("languages", _("The main language has to be one of these."))
        if fields.get("discreet_letters"):
            self._look_for_names(fields)
        return fields

    def _look_for_names(self, fields: dict[str, Any]) -> None:
        """A discreet sender is there, and doesn't say who writes."""
        sender = str(fields.get("discreet_from", ""))
        if not sender:
            self.add_error("discreet_from", _("Discreet letters need a sender that doesn’t name you."))
        elif telling(
            sender, [str(fields.get(name, "")) for name in ("name", "legal_name", "statement_name")]
        ):
            self.add_error("discreet_from", _("This sender tells who writes, or about what. Choose another."))


def _sender(typed: str) -> str:
    address = typed.strip().rpartition("<")[2].removesuffix(">")
    forms.EmailField().clean(address)
    return typed.strip()


@require_http_methods(["GET", "POST"])
@section(Section.SETTINGS)
def newsroom_settings(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The form, and taking it over."""
    if request.method == "GET":
        form = SettingsForm(initial={field: getattr(desk.newsroom, field) for field in CHANGEABLE})
        return _page(request, desk, form, 200)
    form = SettingsForm(request.POST)
    if not form.is_valid():
        return _page(request, desk, form, 400)
    changed = change(desk.newsroom, form.cleaned_data, actor=desk.actor, day=desk.today)
    say(request, _("Saved.") if changed else _("Nothing was different, so nothing was changed."))
    return redirect("desk:settings")


def _page(request: HttpRequest, desk: Desk, form: SettingsForm, status: int) -> HttpResponse:
    zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    context = {"form": form, "zones": zones, "told_names": told_names(desk.newsroom)}
    return show(request, desk, Section.SETTINGS, "desk/settings.html", context, status)
