"""Finding a supporter by mail address, and showing the address of one promise. The worker looks; the desk asks.

Both ask for a reason, are counted, and have a line in the log. Nothing that is found is kept by the desk.
"""

import uuid
from pathlib import Path

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mainstay.contributions.models import Contribution
from mainstay.letters.addresses import LONGEST_ADDRESS
from mainstay.vault import client
from mainstay.vault.people import LONGEST_REASON, SHORTEST_REASON

from .access import Desk, Section, section
from .show import show

REFUSALS = {
    "locked": _("The people key is locked. Ask your engineer to unlock it; then look again."),
    "reason": _("Please say why, in four letters or more, and without the address."),
    "often": _("You looked up many people in a short time. Wait a few minutes, or ask an admin."),
    "role": _("Your role may not look anybody up."),
    "nobody": _("There is no address here that can be opened."),
    "approval": _(
        "This export was not approved, was fetched before, or is older than a week. Propose it again."
    ),
    "file": _("The worker can’t make this file as it was. Withdraw it here and make another."),
    "gone": _("The worker does not answer on this machine. Ask your engineer whether it runs."),
}


class Reason(forms.Form):
    """Why somebody is looked up."""

    reason = forms.CharField(
        label=_("Why do you need it?"),
        help_text=_("Your colleagues can read this in the log. Don’t write the address here."),
        min_length=SHORTEST_REASON,
        max_length=LONGEST_REASON,
    )


class Search(Reason):
    """Whom to look for."""

    mail = forms.CharField(label=_("Mail address"), max_length=LONGEST_ADDRESS)
    field_order = ("mail", "reason")


@require_safe
@section(Section.PEOPLE)
def people(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The form, and whether the worker can answer now."""
    return _page(request, desk, Search(), _why_not(desk))


@require_POST
@section(Section.PEOPLE)
def find(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The promises of one supporter. A POST, so that the address is in no address bar and no log."""
    form = Search(request.POST)
    if not form.is_valid():
        return _page(request, desk, form, "", status=400)
    mail, reason = form.cleaned_data["mail"], form.cleaned_data["reason"]
    try:
        found = client.find(door(), desk.newsroom.slug, mail, actor=desk.actor, reason=reason)
    except (client.NoVault, client.VaultRefused) as problem:
        return _page(request, desk, form, refusal(problem), status=409)
    rows = Contribution.objects.filter(newsroom=desk.newsroom, pk__in=found).order_by("-started_on", "pk")
    return show(
        request, desk, Section.PEOPLE, "desk/people.html", {"form": Search(), "looked": True, "rows": rows}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@section(Section.PEOPLE)
def show_address(request: HttpRequest, desk: Desk, contribution_id: uuid.UUID) -> HttpResponse:
    """Asks why, then shows the address once."""
    row = get_object_or_404(Contribution, pk=contribution_id, newsroom=desk.newsroom)
    form, mail, problem = Reason(request.POST or None), "", ""
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            mail = client.open_mail(door(), desk.newsroom.slug, row.pk, actor=desk.actor, reason=reason)
        except (client.NoVault, client.VaultRefused) as refused:
            problem = refusal(refused)
    context = {"row": row, "form": form, "mail": mail, "problem": problem}
    status = 409 if problem else 400 if form.errors else 200
    return show(request, desk, Section.PEOPLE, "desk/address.html", context, status)


def _page(request: HttpRequest, desk: Desk, form: Search, problem: str, status: int = 200) -> HttpResponse:
    return show(request, desk, Section.PEOPLE, "desk/people.html", {"form": form, "problem": problem}, status)


def _why_not(desk: Desk) -> str:
    try:
        unlocked = client.status(door()).unlocked
    except (client.NoVault, client.VaultRefused) as problem:
        return refusal(problem)
    return "" if desk.newsroom.slug in unlocked else str(REFUSALS["locked"])


def refusal(problem: client.NoVault | client.VaultRefused) -> str:
    """Why the worker did not do what was asked, in words of the desk."""
    return str(REFUSALS.get(getattr(problem, "why", "gone"), REFUSALS["gone"]))


def door() -> Path:
    """The worker's socket for the desk."""
    return Path(settings.MAINSTAY_DESK_SOCKET)
