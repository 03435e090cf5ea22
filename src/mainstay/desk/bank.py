"""Bank transfers at the desk: reading a statement in, looking at what it would do, confirming, and money that waits."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from mainstay.audit import log
from mainstay.collection import bank_import
from mainstay.collection.models import BankLine, BankStatement
from mainstay.core.money import KNOWN

from .access import Desk, Section, section
from .show import say, show
from .words import amount

SHOWN = 100
_STAYS_OUT = (BankLine.Why.CURRENCY, BankLine.Why.OUTGOING, BankLine.Why.CAME_BACK)


@dataclass(frozen=True)
class Shown:
    """One line, in words."""

    row: BankLine
    amount: str
    why: str


@require_safe
@section(Section.MONEY)
def bank(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The accounts with their upload, the money that waits, and the statements that were read."""
    return _page(request, desk)


def _page(request: HttpRequest, desk: Desk, problem: str = "", at: uuid.UUID | None = None) -> HttpResponse:
    waiting = BankLine.objects.filter(account__newsroom=desk.newsroom, state=BankLine.State.WAITING)
    statements = BankStatement.objects.filter(account__newsroom=desk.newsroom).select_related("account")
    counted = statements.annotate(
        paid=Count("lines", filter=Q(lines__state=BankLine.State.PAID)), all_lines=Count("lines")
    )
    context = {
        "accounts": bank_import.accounts_of(desk.newsroom.pk),
        "waiting": [_shown(row) for row in waiting.order_by("day", "pk")[:SHOWN]],
        "more": max(0, waiting.count() - SHOWN),
        "statements": counted.order_by("confirmed", "-read_on", "pk")[:SHOWN],
        "problem": problem,
        "problem_at": at,
    }
    return show(request, desk, Section.MONEY, "desk/bank.html", context, 400 if problem else 200)


def _shown(row: BankLine) -> Shown:
    known = row.currency in KNOWN
    told = amount(row.amount) if known else f"{Decimal(row.amount_minor).scaleb(-2)} {row.currency}"
    return Shown(row, f"-{told}" if row.outgoing else told, str(row.get_why_display()) if row.why else "")


@require_POST
@section(Section.MONEY)
def read_statement(request: HttpRequest, desk: Desk, account_id: uuid.UUID) -> HttpResponse:
    """Reads an uploaded file and leads to its preview; a file that can't be read gets a sentence, and is not kept."""
    account = next((one for one in bank_import.accounts_of(desk.newsroom.pk) if one.pk == account_id), None)
    if account is None:
        raise Http404
    upload = request.FILES.get("statement")
    if upload is None:
        return _page(request, desk, _("Choose a file of at most 2 MB."), account.pk)
    try:
        statement = bank_import.read_statement(account, upload.read(), actor=desk.actor, now=desk.now)
    except bank_import.AlreadyRead as again:
        say(request, again)
        return redirect("desk:bank_statement", again.statement.pk)
    except bank_import.BadStatement as problem:
        return _page(request, desk, str(problem), account.pk)
    _log(desk, "bank.read", statement.pk)
    return redirect("desk:bank_statement", statement.pk)


@require_safe
@section(Section.MONEY)
def statement(request: HttpRequest, desk: Desk, statement_id: uuid.UUID) -> HttpResponse:
    """What a statement will do, or what it did."""
    row = _statement(desk, statement_id)
    lines = [_shown(line) for line in row.lines.order_by("day", "pk")]
    read = [one for one in lines if one.row.state == BankLine.State.READ]
    doubtful = [one for one in read if one.row.why and one.row.why not in _STAYS_OUT]
    context = {
        "statement": row,
        "certain": [one for one in read if not one.row.why],
        "doubtful": doubtful[:SHOWN],
        "more": max(0, len(doubtful) - SHOWN),
        "outside": [one for one in read if one.row.why in _STAYS_OUT],
        "done": [one for one in lines if one.row.state != BankLine.State.READ],
    }
    return show(request, desk, Section.MONEY, "desk/bank_statement.html", context)


def _statement(desk: Desk, statement_id: uuid.UUID) -> BankStatement:
    rows = BankStatement.objects.select_related("account")
    return get_object_or_404(rows, pk=statement_id, account__newsroom=desk.newsroom)


@require_POST
@section(Section.MONEY)
def confirm_statement(request: HttpRequest, desk: Desk, statement_id: uuid.UUID) -> HttpResponse:
    """Books a statement, but for the lines with a tick."""
    row = _statement(desk, statement_id)
    ticked = set(request.POST.getlist("leave_out"))
    left_out = [pk for pk in row.lines.values_list("pk", flat=True) if str(pk) in ticked]
    busy = bank_import.confirm(row, left_out, now=desk.now)
    _log(desk, "bank.confirmed", row.pk)
    if busy:
        told = ngettext(
            "%(number)s line could not be booked just now. Confirm again in a minute.",
            "%(number)s lines could not be booked just now. Confirm again in a minute.",
            busy,
        )
        say(request, told % {"number": busy})
    else:
        say(request, _("The statement is booked."))
    return redirect("desk:bank_statement", row.pk)


@require_POST
@section(Section.MONEY)
def discard_statement(request: HttpRequest, desk: Desk, statement_id: uuid.UUID) -> HttpResponse:
    """Forgets a statement that was not confirmed."""
    row = _statement(desk, statement_id)
    try:
        bank_import.discard(row)
    except bank_import.NotThisLine as problem:
        say(request, problem)
        return redirect("desk:bank_statement", statement_id)
    _log(desk, "bank.discarded", statement_id)
    say(request, _("The statement is forgotten. Nothing of it was booked."))
    return redirect("desk:bank")


@require_POST
@section(Section.MONEY)
def settle_line(request: HttpRequest, desk: Desk, line_id: uuid.UUID) -> HttpResponse:
    """Does what a button says about one line that waits."""
    row = get_object_or_404(BankLine, pk=line_id, account__newsroom=desk.newsroom)
    written = request.POST.get("reference", "")[:60]
    acts: dict[str, Callable[[], None]] = {
        "belongs": lambda: bank_import.belongs_to(row, written, desk.now),
        "gift": lambda: bank_import.is_a_gift(row, desk.now),
        "out": lambda: bank_import.take_out(row, desk.now),
    }
    what = request.POST.get("what", "")
    if what not in acts:
        return redirect("desk:bank")
    try:
        acts[what]()
    except bank_import.NotThisLine as problem:
        return _page(request, desk, str(problem), row.pk)
    _log(desk, f"bank.line_{what}", row.pk)
    say(request, _("Done. The books say so now."))
    return redirect("desk:bank")


def _log(desk: Desk, action: str, subject: uuid.UUID) -> None:
    log.record(action, actor=desk.actor, day=desk.today, newsroom_id=desk.newsroom.pk, subject=str(subject))
