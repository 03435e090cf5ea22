"""What waits for a second person: approving, refusing, taking back; and what was approved. For admins."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from babel import Locale
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mainstay.core.errors import MainstayError
from mainstay.newsrooms import approvals, countries
from mainstay.newsrooms.models import Proposal
from mainstay.vault import export

from .access import Desk, Section, section
from .entering import enter_again, entered_recently
from .policy import STATES
from .show import say, show


def _loosen(payload: dict[str, Any]) -> str:
    code, rule = countries.read_payload(payload)
    territories = Locale.parse((get_language() or "en").replace("-", "_")).territories
    change = {"country": territories.get(code, code), "state": STATES[rule.state]}
    return _("Country %(country)s: “%(state)s”, with more than now.") % change


WHAT: dict[str, Callable[[dict[str, Any]], str]] = {
    countries.LOOSEN: _loosen,
    countries.LESS_STRICT: lambda payload: _("Cards of no known country: a warning, and no refusal."),
    export.KIND: lambda payload: (
        _("Export the mail addresses of all supporters, into a file that only this key opens: %(key)s")
        % {"key": payload["receiver"]}
    ),
    "keys.shred": lambda payload: _(
        "Destroy the keys of all personal data of this newsroom. It can’t be undone."
    ),
}
"""What each kind of proposal would do, for whom it may concern."""

CARRY_OUT: dict[str, Callable[[Proposal, str, datetime], None]] = {
    countries.LOOSEN: lambda proposal, actor, now: countries.carry_out(proposal, actor=actor, now=now),
    countries.LESS_STRICT: lambda proposal, actor, now: countries.carry_out(proposal, actor=actor, now=now),
}
"""Kinds that are done as soon as they are approved. Others wait for the command or the page that does them."""


@require_safe
@section(Section.APPROVALS)
def waiting(request: HttpRequest, desk: Desk) -> HttpResponse:
    """All proposals that can still be approved, and who may."""
    rows = approvals.waiting(desk.newsroom, desk.today)
    approved = approvals.approved(desk.newsroom, desk.today)
    context = {
        "rows": [(row, described(row), row.proposed_by == desk.actor) for row in rows],
        "approved": [
            (row, described(row), row.kind == export.KIND and row.proposed_by == desk.actor)
            for row in approved
        ],
    }
    return show(request, desk, Section.APPROVALS, "desk/approvals.html", context)


def described(proposal: Proposal) -> str:
    """What a proposal would do. A kind that this page doesn't know is shown by its own name, never left out."""
    words = WHAT.get(proposal.kind)
    return words(proposal.payload) if words else proposal.kind


@require_POST
@section(Section.APPROVALS)
def decide(request: HttpRequest, desk: Desk, proposal_id: uuid.UUID) -> HttpResponse:
    """Approves (`do` is "approve"), or takes back, which is how another admin refuses.

    Approving wants a recent sign-in: a desk left open is nobody's word.
    """
    proposal = get_object_or_404(Proposal, pk=proposal_id, newsroom=desk.newsroom)
    if request.POST.get("do") == "approve" and not entered_recently(request):
        return enter_again(request, reverse("desk:approvals"))
    try:
        if request.POST.get("do") == "approve":
            done = _approve(proposal, desk)
        else:
            approvals.withdraw(proposal.pk, actor=desk.actor, now=desk.now)
            own = proposal.proposed_by == desk.actor
            done = _("Taken back. Nothing was changed.") if own else _("Refused. Nothing was changed.")
    except MainstayError as problem:
        done = str(problem)
    say(request, done)
    return redirect("desk:approvals")


def _approve(proposal: Proposal, desk: Desk) -> str:
    with transaction.atomic():
        approved = approvals.approve(proposal.pk, actor=desk.actor, now=desk.now)
        carry_out = CARRY_OUT.get(approved.kind)
        if carry_out is None:
            return _("Approved. It can be carried out within a week of being proposed.")
        carry_out(approved, desk.actor, desk.now)
    return _("Approved, and carried out.")
