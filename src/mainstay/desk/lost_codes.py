"""The queue of lost codes. The desk can stop a promise that fits what the reader remembers, and nothing else."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from mainstay.contributions.models import Contribution
from mainstay.core.money import Money
from mainstay.supporters import lost_codes as queue
from mainstay.supporters.models import LostCode

from .access import Desk, Section, section
from .show import say, show


@require_safe
@section(Section.LOST_CODES)
def lost_codes(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The reports that wait, each with the promises that fit."""
    reports = queue.waiting(desk.newsroom)
    fitting = queue.fitting(desk.newsroom, reports)
    told = [(report, Money(report.amount_minor, report.currency)) for report in reports]
    context = {"reports": [(report, money, fitting[report.pk]) for report, money in told]}
    return show(request, desk, Section.LOST_CODES, "desk/lost_codes.html", context)


@require_POST
@section(Section.LOST_CODES)
def stop_lost(
    request: HttpRequest, desk: Desk, report_id: uuid.UUID, contribution_id: uuid.UUID
) -> HttpResponse:
    """Stops the promise that was chosen."""
    report = _report(desk, report_id)
    row = get_object_or_404(Contribution, pk=contribution_id, newsroom=desk.newsroom)
    try:
        queue.stop_fitting(report, row, actor=desk.actor, now=desk.now)
    except queue.DoesNotFit:
        say(request, _("This contribution does not fit the report any more. Nothing was stopped."))
    else:
        say(request, _("Stopped, and the report is closed. Nothing more will be collected."))
    return redirect("desk:lost_codes")


@require_POST
@section(Section.LOST_CODES)
def close_lost(request: HttpRequest, desk: Desk, report_id: uuid.UUID) -> HttpResponse:
    """Closes a report that nothing fits."""
    queue.close(_report(desk, report_id), actor=desk.actor, day=desk.today)
    say(request, _("The report is closed. No contribution was changed."))
    return redirect("desk:lost_codes")


def _report(desk: Desk, report_id: uuid.UUID) -> LostCode:
    open_reports = LostCode.objects.filter(newsroom=desk.newsroom, state=LostCode.State.OPEN)
    return get_object_or_404(open_reports, pk=report_id)
