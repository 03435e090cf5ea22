"""The money pages: whether our books agree with the payment companies', what differs and what to do, and the books."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mainstay.audit import log
from mainstay.collection.bank_import import accounts_of
from mainstay.collection.debit_files import debit_accounts
from mainstay.collection.models import AccountCheck, Difference, Payment
from mainstay.collection.reconcile import ask_for_check
from mainstay.collection.repairs import OFFERED, NotThisRepair, Repair, carry_out
from mainstay.contributions.actions import NotPossible
from mainstay.core.money import KNOWN, Money
from mainstay.ledger.exports import journal, statements_csv, transfers_csv
from mainstay.ledger.statements import AccountLine, BadPeriod, Period, statement
from mainstay.newsrooms.models import Newsroom, ProcessorAccount

from .access import Desk, Section, section
from .differences import BUTTONS, DONE, MEANINGS, account_name
from .show import say, show
from .words import amount

SHOWN = 100
DOWNLOADS: dict[str, tuple[Callable[[Newsroom, Period], Iterator[str]], str]] = {
    "statements": (statements_csv, "csv"),
    "transfers": (transfers_csv, "csv"),
    "journal": (journal, "journal"),
}


@dataclass(frozen=True)
class Shown:
    """One difference, in words."""

    row: Difference
    title: str
    meaning: str
    told: tuple[str, ...]
    contribution: str
    repairs: tuple[tuple[Repair, str], ...]


@require_safe
@section(Section.MONEY)
def money(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Each account with its last comparison, and the differences that are open."""
    accounts = [_account(desk, account) for account in _accounts(desk)]
    rows = Difference.objects.filter(account__newsroom=desk.newsroom, state=Difference.State.OPEN)
    rows = rows.select_related("account").order_by("first_seen_on", "kind", "pk")
    context = {
        "accounts": accounts,
        "differences": [_shown(row) for row in rows[:SHOWN]],
        "more": max(0, rows.count() - SHOWN),
        "banks": accounts_of(desk.newsroom.pk),
        "debits": debit_accounts(desk.newsroom),
    }
    return show(request, desk, Section.MONEY, "desk/money.html", context)


def _accounts(desk: Desk) -> list[ProcessorAccount]:
    rows = desk.newsroom.processor_accounts.select_related("check_row")
    return list(rows.order_by("-active", "label"))


def _account(desk: Desk, account: ProcessorAccount) -> dict[str, Any]:
    check: AccountCheck | None = getattr(account, "check_row", None)
    moment = check.checked_at if check else None
    return {
        "account": account,
        "check": check,
        "at": desk.newsroom.calendar(moment).strftime("%H:%M") if moment else "",
        "today": bool(check and check.checked_on == desk.today),
        "open": account.differences.filter(state=Difference.State.OPEN).count(),
        "asked": bool(check and check.next_action_at and check.next_action_at <= desk.now),
    }


def _shown(row: Difference) -> Shown:
    kind = Difference.Kind(row.kind)
    return Shown(
        row,
        str(kind.label),
        str(MEANINGS[kind]),
        tuple(_told(row.detail)),
        _contribution(row.detail),
        tuple((repair, str(BUTTONS[repair])) for repair in OFFERED[kind]),
    )


def _told(detail: dict[str, Any]) -> Iterator[str]:
    """The amounts of a difference, as sentences."""
    if isinstance(detail.get("minor"), int) and detail.get("currency") in KNOWN:
        yield _("Amount: %(amount)s.") % {"amount": amount(Money(detail["minor"], detail["currency"]))}
    ours = _amount(detail.get("asked") or detail.get("booked"))
    theirs = _amount(detail.get("told"))
    if ours:
        yield _("On our side: %(amount)s.") % {"amount": ours}
    if theirs:
        yield _("At the payment company: %(amount)s.") % {"amount": theirs}
    if {"told", "lines", "ours"} <= detail.keys():
        words = {name: amount(Money(detail[name], detail["currency"])) for name in ("told", "lines", "ours")}
        yield _("It says it holds %(told)s; its lines come to %(lines)s; our books say %(ours)s.") % words


def _amount(written: object) -> str:
    """ "500 USD" as an amount; an empty word for anything else."""
    minor, _, currency = str(written).partition(" ")
    return amount(Money(int(minor), currency)) if currency in KNOWN and minor.lstrip("-").isdigit() else ""


def _contribution(detail: dict[str, Any]) -> str:
    """The promise that a difference is about."""
    if detail.get("payment"):
        found = Payment.objects.filter(pk=detail["payment"]).values_list("contribution_id", flat=True).first()
        return str(found or "")
    return str(detail.get("contribution", ""))


@require_POST
@section(Section.MONEY)
def compare(request: HttpRequest, desk: Desk, account_id: uuid.UUID) -> HttpResponse:
    """Asks the worker to compare one account now."""
    account = get_object_or_404(ProcessorAccount, pk=account_id, newsroom=desk.newsroom)
    ask_for_check(account, desk.now)
    say(request, _("The books are being compared. Look here again in a minute."))
    return redirect("desk:money")


@require_POST
@section(Section.MONEY)
def repair(request: HttpRequest, desk: Desk, difference_id: uuid.UUID) -> HttpResponse:
    """Does what a button says about one difference."""
    row = get_object_or_404(Difference, pk=difference_id, account__newsroom=desk.newsroom)
    try:
        what = Repair(request.POST.get("repair", ""))
        carry_out(row, what, actor=desk.actor, now=desk.now)
    except (ValueError, NotThisRepair, NotPossible, Payment.DoesNotExist):
        say(request, _("This can’t be done about this difference any more. Nothing was changed."))
    else:
        say(request, DONE[what])
    return redirect("desk:money")


@require_safe
@section(Section.MONEY)
def statements(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A month's statement of each account, by currency, and the downloads."""
    period = _period(request, desk)
    labels = {str(account.pk): account.label for account in _accounts(desk)}
    lines = [(account_name(line.code, labels), line) for line in statement(desk.newsroom, period)]
    context = {
        "period": period,
        "month": period.first.isoformat()[:7],
        "months": _months(desk, period.first),
        "currencies": [(code, list(rows)) for code, rows in groupby(lines, key=_currency)],
    }
    return show(request, desk, Section.MONEY, "desk/statements.html", context)


def _currency(line: tuple[str, AccountLine]) -> str:
    return line[1].opening.currency


def _period(request: HttpRequest, desk: Desk) -> Period:
    """The month in the address, or this one."""
    try:
        return Period.of_month(request.GET.get("month", "") or desk.today.isoformat()[:7])
    except BadPeriod:
        raise Http404 from None


def _months(desk: Desk, chosen: date) -> list[date]:
    """The last 24 months, and the chosen one."""
    index = desk.today.year * 12 + desk.today.month - 1
    months = [date((index - back) // 12, (index - back) % 12 + 1, 1) for back in range(24)]
    return months if chosen in months else [*months, chosen]


@require_safe
@section(Section.MONEY)
def download(request: HttpRequest, desk: Desk, what: str) -> HttpResponse:
    """A month's statements, transfers or journal as a file. Written into the log: the books leave the house."""
    if what not in DOWNLOADS:
        raise Http404
    period = _period(request, desk)
    write, ending = DOWNLOADS[what]
    month = period.first.isoformat()[:7]
    log.record(
        "books.downloaded",
        actor=desk.actor,
        day=desk.today,
        newsroom_id=desk.newsroom.pk,
        subject=f"{what} {month}",
    )
    kind = "text/csv" if ending == "csv" else "text/plain"
    content = "".join(write(desk.newsroom, period))
    name = f"{desk.newsroom.slug}-{what}-{month}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=f"{kind}; charset=utf-8", headers=headers)
