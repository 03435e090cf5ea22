"""The desk's first page: the figures of today."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from mainstay.alarms.watch import standing
from mainstay.alarms.words import sentence
from mainstay.core.clock import clock
from mainstay.jobs.heartbeat import locked_everywhere
from mainstay.message.models import Version
from mainstay.newsrooms import voices
from mainstay.newsrooms.approvals import waiting
from mainstay.newsrooms.countries import review_is_due
from mainstay.newsrooms.keys import expiring
from mainstay.reports.today import today_figures

from .access import Desk, Section, section
from .approvals import described
from .chart import chart
from .show import show


@require_safe
@section(Section.TODAY)
def today(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Alarms that stand, money, promises, what waits, and twelve months."""
    figures = today_figures(desk.newsroom, desk.today)
    context = {
        "figures": figures,
        "locked": locked_everywhere(clock.now()),
        "alarms": [
            (alarm.since, sentence(alarm.kind, alarm.number))
            for alarm in standing(desk.newsroom, clock.now())
        ],
        "charts": [chart(code, months) for code, months in figures.months.items()],
        "published": Version.objects.filter(campaign__newsroom=desk.newsroom).exists(),
        "expiring": expiring(desk.newsroom, desk.today),
        "proposals": [described(one) for one in waiting(desk.newsroom, desk.today)],
        "resting": voices.resting(desk.newsroom, desk.now),
        "gone": voices.gone(desk.newsroom, desk.now),
        "review_due": review_is_due(desk.newsroom, desk.today),
        "may": {line.value: desk.may(line) for line in Section},
    }
    return show(request, desk, Section.TODAY, "desk/today.html", context)


@require_safe
@section(Section.TODAY)
def front(request: HttpRequest, desk: Desk) -> HttpResponse:
    """/desk/ itself leads to today's figures."""
    return redirect("desk:today")
