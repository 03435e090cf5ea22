"""The message: writing it, seeing it as readers will, publishing it, and taking it back."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from mainstay.message.models import Version

from .access import Desk, Section, section
from .show import show


@require_safe
@section(Section.MESSAGE)
def history(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every published version, newest first."""
    versions = Version.objects.filter(campaign__newsroom=desk.newsroom).order_by("-number")[:50]
    return show(request, desk, Section.MESSAGE, "desk/history.html", {"versions": versions})
