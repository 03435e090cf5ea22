"""Exporting the addresses of all supporters: proposing it, and fetching the file once another admin approved it."""

import uuid

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from mainstay.newsrooms.models import Proposal
from mainstay.vault import client, export
from mainstay.vault.people import LONGEST_REASON, SHORTEST_REASON

from .access import Desk, Section, section
from .entering import enter_again, entered_recently
from .people import door, refusal
from .show import say, show


class ExportForm(forms.Form):
    """For whom the file is encrypted, and why it is wanted."""

    receiver = forms.CharField(
        label=_("Public key of age"),
        help_text=_(
            "It begins with age1. The program age-keygen makes it, together with the private key that opens the file;"
            " do that on the computer that will read it, and keep the private key there."
        ),
        max_length=80,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    reason = forms.CharField(
        label=_("Why do you need it?"),
        help_text=_("Who approves reads this, and it stays in the log."),
        min_length=SHORTEST_REASON,
        max_length=LONGEST_REASON,
    )


@require_http_methods(["GET", "POST"])
@section(Section.APPROVALS)
def propose_export(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The form, and the proposal that it makes."""
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        receiver, reason = form.cleaned_data["receiver"], form.cleaned_data["reason"]
        try:
            export.propose(desk.newsroom, receiver, reason, actor=desk.actor, now=desk.now)
        except export.BadReceiver as problem:
            form.add_error("receiver", str(problem))
        else:
            say(request, _("Proposed. When another admin has approved it, you find the file here."))
            return redirect("desk:approvals")
    status = 400 if form.errors else 200
    return show(request, desk, Section.APPROVALS, "desk/people_export.html", {"form": form}, status)


@require_POST
@section(Section.APPROVALS)
def fetch_export(request: HttpRequest, desk: Desk, proposal_id: uuid.UUID) -> HttpResponse:
    """The file, once, for who proposed it. The worker decides; nothing of it stays here."""
    proposal = get_object_or_404(Proposal, pk=proposal_id, newsroom=desk.newsroom, kind=export.KIND)
    if not entered_recently(request):
        return enter_again(request, reverse("desk:approvals"))
    try:
        file = client.export(door(), desk.newsroom.slug, proposal.pk, actor=desk.actor)
    except (client.NoVault, client.VaultRefused) as problem:
        say(request, refusal(problem))
        return redirect("desk:approvals")
    name = f"{desk.newsroom.slug}-supporters-{desk.today.isoformat()}.csv.age"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(file, content_type="application/octet-stream", headers=headers)
