"""Direct debits at the desk: making the file for the bank, fetching it, and saying what became of it.

The desk can't open whose accounts are in a file. The worker makes it while its people key is unlocked, and it passes
through here once, to the person who takes it to the bank.
"""

import uuid
from dataclasses import dataclass

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mainstay.audit import log
from mainstay.collection import debit_files
from mainstay.collection.debit_lines import REASONS, NotThisDebit
from mainstay.collection.debit_lines import refused as apply_refusal
from mainstay.collection.models import Debit, DebitFile
from mainstay.contributions.models import Attempt
from mainstay.contributions.states import AttemptState
from mainstay.newsrooms.models import ProcessorAccount
from mainstay.vault import client

from .access import Desk, Section, section
from .entering import enter_again, entered_recently
from .people import door, refusal
from .show import say, show
from .words import amount

SHOWN = 100


def _reasons() -> list[tuple[str, str]]:
    return [("", _("Choose")), *((code, f"{code}: {reason}") for code, reason in REASONS.items())]


class Refused(forms.Form):
    """What the bank said about one debit before any money came."""

    reference = forms.CharField(
        label=gettext_lazy("Reference of the debit"),
        help_text=gettext_lazy("Your bank calls it end-to-end reference."),
        max_length=35,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    code = forms.ChoiceField(label=gettext_lazy("What the bank said"), choices=_reasons)


@dataclass(frozen=True)
class Summed:
    """A file, or what waits on an account, with how many debits it has and what they come to."""

    row: DebitFile | ProcessorAccount
    number: int
    sum: str


@require_safe
@section(Section.MONEY)
def debits(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What waits to be collected, and the files that were made."""
    files = DebitFile.objects.filter(account__newsroom=desk.newsroom).select_related("account")
    context = {
        "accounts": [
            _summed(account, debit_files.waiting(account))
            for account in debit_files.debit_accounts(desk.newsroom)
        ],
        "files": [
            _summed(file, Attempt.objects.filter(debit__file=file))
            for file in files.order_by("-made_on", "pk")[:SHOWN]
        ],
    }
    return show(request, desk, Section.MONEY, "desk/debits.html", context)


def _summed(row: DebitFile | ProcessorAccount, attempts: "QuerySet[Attempt]") -> Summed:
    return Summed(row, attempts.count(), amount(debit_files.total(attempts)))


@require_POST
@section(Section.MONEY)
def make(request: HttpRequest, desk: Desk, account_id: uuid.UUID) -> HttpResponse:
    """Puts what waits into a new file."""
    account = get_object_or_404(
        ProcessorAccount, pk=account_id, newsroom=desk.newsroom, processor=debit_files.DEBIT
    )
    try:
        made = debit_files.make_file(account, actor=desk.actor, now=desk.now)
    except debit_files.NotThisFile as problem:
        say(request, problem)
        return redirect("desk:debits")
    _log(desk, "debits.made", made.pk)
    return redirect("desk:debits_file", made.pk)


@require_safe
@section(Section.MONEY)
def file(request: HttpRequest, desk: Desk, file_id: uuid.UUID) -> HttpResponse:
    """One file: the steps to the bank, and what became of its debits."""
    return _page(request, desk, _file(desk, file_id), Refused())


def _page(request: HttpRequest, desk: Desk, row: DebitFile, form: Refused, status: int = 200) -> HttpResponse:
    attempts = Attempt.objects.filter(debit__file=row)
    rows = row.debits.select_related("attempt__installment").order_by("reference")
    context = {
        "file": row,
        "summed": _summed(row, attempts),
        "debits": [(debit, amount(debit.attempt.amount)) for debit in rows[:SHOWN]],
        "more": max(0, rows.count() - SHOWN),
        "pending": attempts.filter(state=AttemptState.PENDING).exists(),
        "can_withdraw": debit_files.can_be_withdrawn(row),
        "form": form,
    }
    return show(request, desk, Section.MONEY, "desk/debit_file.html", context, status)


def _file(desk: Desk, file_id: uuid.UUID) -> DebitFile:
    rows = DebitFile.objects.select_related("account__newsroom")
    return get_object_or_404(rows, pk=file_id, account__newsroom=desk.newsroom)


@require_POST
@section(Section.MONEY)
def fetch(request: HttpRequest, desk: Desk, file_id: uuid.UUID) -> HttpResponse:
    """The file itself, for the bank. The worker makes it; nothing of it stays here."""
    row = _file(desk, file_id)
    if not entered_recently(request):
        return enter_again(request, reverse("desk:debits_file", args=[row.pk]))
    try:
        content = client.debit_file(door(), desk.newsroom.slug, row.pk, actor=desk.actor)
    except (client.NoVault, client.VaultRefused) as problem:
        say(request, refusal(problem))
        return redirect("desk:debits_file", row.pk)
    headers = {"Content-Disposition": f'attachment; filename="debits-{row.made_on}-{row.message}.xml"'}
    return HttpResponse(content, content_type="application/xml", headers=headers)


@require_POST
@section(Section.MONEY)
def sent(request: HttpRequest, desk: Desk, file_id: uuid.UUID) -> HttpResponse:
    """The bank has the file now."""
    row = _file(desk, file_id)
    try:
        debit_files.mark_sent(row)
    except debit_files.NotThisFile as problem:
        say(request, problem)
    else:
        _log(desk, "debits.sent", row.pk)
        say(request, _("Good. Delete the file from your computer; the statement will tell what came of it."))
    return redirect("desk:debits_file", row.pk)


@require_POST
@section(Section.MONEY)
def withdraw(request: HttpRequest, desk: Desk, file_id: uuid.UUID) -> HttpResponse:
    """The bank did not take the file: its debits wait for another one."""
    row = _file(desk, file_id)
    try:
        debit_files.withdraw(row)
    except debit_files.NotThisFile as problem:
        say(request, problem)
        return redirect("desk:debits_file", row.pk)
    _log(desk, "debits.withdrawn", row.pk)
    say(request, _("Withdrawn. Its debits wait for the next file."))
    return redirect("desk:debits")


@require_POST
@section(Section.MONEY)
def refused(request: HttpRequest, desk: Desk, file_id: uuid.UUID) -> HttpResponse:
    """The bank refused one debit of this file before any money came."""
    row, form = _file(desk, file_id), Refused(request.POST)
    if not form.is_valid():
        return _page(request, desk, row, form, 400)
    wanted = form.cleaned_data["reference"].replace(" ", "").upper()
    debit = Debit.objects.filter(file=row, reference=wanted).select_related("mandate").first()
    if debit is None:
        form.add_error(
            "reference", _("No debit of this file has this reference. Compare it letter by letter.")
        )
        return _page(request, desk, row, form, 400)
    try:
        apply_refusal(debit, form.cleaned_data["code"], desk.now)
    except NotThisDebit as problem:
        form.add_error("reference", str(problem))
        return _page(request, desk, row, form, 400)
    _log(desk, "debits.refused", row.pk, debit=debit.reference, code=form.cleaned_data["code"])
    say(request, _("Done. The promise knows it now."))
    return redirect("desk:debits_file", row.pk)


def _log(desk: Desk, action: str, subject: uuid.UUID, **detail: str) -> None:
    log.record(
        action,
        actor=desk.actor,
        day=desk.today,
        newsroom_id=desk.newsroom.pk,
        subject=str(subject),
        detail=detail,
    )
