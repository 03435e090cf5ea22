"""Whether the newsroom is ready for real money: what the engineer's `mainstay doctor` found last. For admins."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from mainstay.moving.doctor.look import last

from .access import Desk, Section, section
from .show import show


@require_safe
@section(Section.SETTINGS)
def ready(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What is to be done first, then what is right."""
    found = last(desk.newsroom)
    day, findings = found or (None, [])
    context = {
        "day": day,
        "barring": [one for one in findings if one.bars],
        "advice": [one for one in findings if one.state == "advice"],
        "holding": [one for one in findings if one.state == "holds"],
    }
    return show(request, desk, Section.SETTINGS, "desk/ready.html", context)
