"""The till: two switches, each with a reason."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from mainstay.newsrooms import till as rules
from mainstay.newsrooms.live import NotLive

from .access import Desk, Section, section
from .show import say, show

_SAYS = {
    rules.Switch.GIFTS: (_("New gifts are stopped."), _("New gifts are possible again.")),
    rules.Switch.RENEWALS: (_("Renewals are stopped."), _("Renewals go on.")),
}


@require_safe
@section(Section.TILL)
def till(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Both switches as they stand."""
    return show(request, desk, Section.TILL, "desk/till.html")


@require_POST
@section(Section.TILL)
def turn(request: HttpRequest, desk: Desk, name: str) -> HttpResponse:
    """Stops (`stop` is "yes") or reopens gifts or renewals."""
    try:
        switch = rules.Switch(name)
    except ValueError:
        raise Http404 from None
    stopped, reopened = _SAYS[switch]
    if request.POST.get("stop") != "yes":
        try:
            rules.reopen(desk.newsroom, switch, actor=desk.actor, day=desk.today)
        except NotLive as problem:
            say(request, problem)
        else:
            say(request, reopened)
        return redirect("desk:till")
    reason = request.POST.get("reason", "")
    try:
        rules.stop(desk.newsroom, switch, reason, actor=desk.actor, day=desk.today)
    except rules.NoReason as problem:
        return show(
            request, desk, Section.TILL, "desk/till.html", {"problem": str(problem), "problem_at": name}, 400
        )
    say(request, stopped)
    return redirect("desk:till")
