"""Drawing a page of the desk: its navigation, and the sentence that says what was just done."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from mainstay.core.clock import clock
from mainstay.guard.breaker import standing

from .access import Desk, Section

_SAID = "said"
NAVIGATION = (
    (Section.TODAY, _("Today")),
    (Section.MESSAGE, _("Message")),
    (Section.CONTRIBUTIONS, _("Contributions")),
    (Section.MONEY, _("Money")),
    (Section.PEOPLE, _("Find a supporter")),
    (Section.LOST_CODES, _("Lost codes")),
    (Section.TILL, _("The till")),
    (Section.COUNTRIES, _("Countries")),
    (Section.APPROVALS, _("Two people")),
    (Section.STAFF, _("Staff")),
    (Section.SETTINGS, _("Newsroom")),
    (Section.LOG, _("Log")),
)


def say(request: HttpRequest, sentence: object) -> None:
    """Keeps a sentence for the next page that this member of staff sees."""
    request.session[_SAID] = str(sentence)


def show(
    request: HttpRequest,
    desk: Desk,
    section: Section,
    template: str,
    context: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, with `desk`, the lines of navigation that this role has, and what was said last."""
    everywhere = {
        "desk": desk,
        "here": section.value,
        "navigation": [
            (line.value, f"desk:{line.value}", name) for line, name in NAVIGATION if desk.may(line)
        ],
        "said": request.session.pop(_SAID, ""),
        "attack": standing(desk.newsroom, clock.now()),
    }
    return render(request, template, {**everywhere, **(context or {})}, status=status)
