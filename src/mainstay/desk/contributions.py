"""Finding contributions, opening one, stopping one. No name and no address is shown anywhere."""

import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from mainstay.audit import log
from mainstay.collection.models import Payment
from mainstay.contributions.models import Contribution
from mainstay.contributions.states import LIVING, ContributionState
from mainstay.core.amounts import AmountProblem, BadAmount, read_amount
from mainstay.core.frequency import Frequency
from mainstay.core.ids import BadCode, code_hash, read_code
from mainstay.newsrooms.models import Newsroom
from mainstay.supporters.leaving import stop_and_tell

from .access import Desk, Section, section
from .history import sentence, who
from .show import say, show

ON_A_PAGE = 50
LAST_PAGE = 200
PAYMENTS_SHOWN = 120
EVENTS_SHOWN = 200
STOPPABLE = (*LIVING, ContributionState.LAPSED)

AMOUNT_PROBLEMS = {
    AmountProblem.EMPTY: _("Please type an amount."),
    AmountProblem.NOT_A_NUMBER: _("This is not an amount. Write it like 5 or 7.50."),
    AmountProblem.NEGATIVE: _("An amount is more than zero."),
    AmountProblem.TOO_MANY_DECIMALS: _("This currency has fewer decimals."),
    AmountProblem.OTHER_CURRENCY: _("This amount names another currency."),
    AmountProblem.TOO_SMALL: _("This is too little."),
    AmountProblem.TOO_LARGE: _("This is too much."),
}


class FindForm(forms.Form):
    """Day, amount, currency and state; every field may stay empty."""

    day = forms.DateField(label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    amount = forms.CharField(
        label=_("Amount"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("any")), *ContributionState.choices]
    )

    def __init__(self, data: QueryDict, newsroom: Newsroom) -> None:
        super().__init__(data)
        codes = newsroom.currencies or [newsroom.currency]
        self.fields["currency"].choices = [(code, code) for code in codes]  # type: ignore[attr-defined]
        self.newsroom = newsroom

    def clean(self) -> dict[str, Any]:
        """Reads the typed amount in the chosen currency, exactly."""
        fields = super().clean() or self.cleaned_data
        typed, currency = fields.get("amount", ""), fields.get("currency") or self.newsroom.currency
        fields["money"] = None
        if typed:
            try:
                fields["money"] = read_amount(typed, currency)
            except BadAmount as problem:
                raise ValidationError({"amount": AMOUNT_PROBLEMS[problem.problem]}) from problem
        return fields


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what was found; `older` and `newer` are the addresses of the pages beside it, or empty."""

    rows: list[Contribution]
    newer: str
    older: str


@require_safe
@section(Section.CONTRIBUTIONS)
def contributions(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The list, newest first, at most fifty on a page."""
    form = FindForm(request.GET, desk.newsroom)
    asked = form.is_valid()
    fields = form.cleaned_data if asked else {}
    found = _page_of(_matching(desk.newsroom, fields), request.GET) if asked else Found([], "", "")
    filtered = any(fields.get(name) for name in ("day", "money", "state"))
    context = {"form": form, "found": found, "filtered": filtered}
    return show(
        request, desk, Section.CONTRIBUTIONS, "desk/contributions.html", context, 200 if asked else 400
    )


def _matching(newsroom: Newsroom, wanted: dict[str, Any]) -> QuerySet[Contribution]:
    """A day and an amount mean: began with it, or has a payment of it."""
    rows = Contribution.objects.filter(newsroom=newsroom)
    if wanted.get("state"):
        rows = rows.filter(state=wanted["state"])
    began, paid = Q(), Q(newsroom=newsroom)
    if wanted.get("day"):
        began, paid = began & Q(started_on=wanted["day"]), paid & Q(day=wanted["day"])
    if money := wanted.get("money"):
        began &= Q(amount_minor=money.minor, currency=money.currency)
        paid &= Q(gross_minor=money.minor, currency=money.currency)
    if began:
        rows = rows.filter(began | Q(pk__in=Payment.objects.filter(paid).values("contribution")))
    return rows.order_by("-started_on", "pk")


def _page_of(rows: QuerySet[Contribution], query: QueryDict) -> Found:
    typed = query.get("page", "1")
    number = min(int(typed), LAST_PAGE) if typed.isdecimal() and len(typed) < 6 and int(typed) else 1
    first = (number - 1) * ON_A_PAGE
    some = list(rows[first : first + ON_A_PAGE + 1])
    more = len(some) > ON_A_PAGE and number < LAST_PAGE
    return Found(
        rows=some[:ON_A_PAGE],
        newer=_address(query, number - 1) if number > 1 else "",
        older=_address(query, number + 1) if more else "",
    )


def _address(query: QueryDict, number: int) -> str:
    changed = query.copy()
    changed["page"] = str(number)
    return f"?{changed.urlencode()}"


@require_POST
@section(Section.CONTRIBUTIONS)
def by_code(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Opens the contribution of a supporter code. A POST, so that the code is in no address and no log."""
    try:
        hashed = code_hash(read_code(request.POST.get("code", "")))
    except BadCode:
        say(
            request, _("A supporter code has 20 letters and digits, in five groups of four. Please check it.")
        )
        return redirect("desk:contributions")
    found = Contribution.objects.filter(newsroom=desk.newsroom, code_hash=hashed).first()
    if found is None:
        say(request, _("No contribution has this code. Please ask the reader to check it letter by letter."))
        return redirect("desk:contributions")
    return redirect("desk:contribution", found.pk)


@require_safe
@section(Section.CONTRIBUTIONS)
def contribution(request: HttpRequest, desk: Desk, contribution_id: uuid.UUID) -> HttpResponse:
    """One contribution: its facts, its payments, its history."""
    row = get_object_or_404(Contribution, pk=contribution_id, newsroom=desk.newsroom)
    payments = row.payments.prefetch_related("refunds").order_by("-day", "pk")[:PAYMENTS_SHOWN]
    events = row.events.order_by("-number")[:EVENTS_SHOWN]
    context = {
        "row": row,
        "payments": payments,
        "history": [(event.day, sentence(event), who(event)) for event in events],
        "can_stop": row.frequency != Frequency.ONCE and row.state in STOPPABLE,
    }
    return show(request, desk, Section.CONTRIBUTIONS, "desk/contribution.html", context)


@require_POST
@section(Section.CONTRIBUTIONS)
def stop(request: HttpRequest, desk: Desk, contribution_id: uuid.UUID) -> HttpResponse:
    """Stops a contribution at once."""
    row = get_object_or_404(Contribution, pk=contribution_id, newsroom=desk.newsroom)
    if row.frequency != Frequency.ONCE and row.state in STOPPABLE:
        with transaction.atomic():
            stop_and_tell(row, why="desk", actor=desk.actor, now=desk.now)
            log.record(
                "contribution.stopped",
                actor=desk.actor,
                day=desk.today,
                newsroom_id=desk.newsroom.pk,
                subject=str(row.pk),
            )
        say(request, gettext("Stopped. Nothing more will be collected."))
    return redirect("desk:contribution", row.pk)
