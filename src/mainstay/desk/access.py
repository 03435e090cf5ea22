"""Who may open what: one table of sections and roles, and the one decorator that every view of the desk wears.

A section that a role can't open does not exist for it: the answer is 404, and the navigation has no such line.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import update_wrapper
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation

from mainstay.core.clock import clock
from mainstay.newsrooms.models import Newsroom, Role, Staff

CHOSEN_NEWSROOM = "newsroom"


class Section(StrEnum):
    """The parts of the desk."""

    TODAY = "today"
    MESSAGE = "message"
    CONTRIBUTIONS = "contributions"
    MONEY = "money"
    PEOPLE = "people"
    LOST_CODES = "lost_codes"
    TILL = "till"
    COUNTRIES = "countries"
    APPROVALS = "approvals"
    STAFF = "staff"
    SETTINGS = "settings"
    LOG = "log"
    ACCOUNT = "account"


_EDITOR, _FINANCE, _ADMIN = Role.Kind.EDITOR, Role.Kind.FINANCE, Role.Kind.ADMIN
MAY_OPEN: dict[Section, frozenset[Role.Kind]] = {
    Section.TODAY: frozenset({_EDITOR, _FINANCE, _ADMIN}),
    Section.MESSAGE: frozenset({_EDITOR, _ADMIN}),
    Section.CONTRIBUTIONS: frozenset({_FINANCE, _ADMIN}),
    Section.MONEY: frozenset({_FINANCE, _ADMIN}),
    Section.PEOPLE: frozenset({_FINANCE, _ADMIN}),
    Section.LOST_CODES: frozenset({_FINANCE, _ADMIN}),
    Section.TILL: frozenset({_FINANCE, _ADMIN}),
    Section.COUNTRIES: frozenset({_ADMIN}),
    Section.APPROVALS: frozenset({_ADMIN}),
    Section.STAFF: frozenset({_ADMIN}),
    Section.SETTINGS: frozenset({_ADMIN}),
    Section.LOG: frozenset({_ADMIN}),
    Section.ACCOUNT: frozenset({_EDITOR, _FINANCE, _ADMIN}),
}


@dataclass(frozen=True, slots=True)
class Desk:
    """Who sits at the desk, for which newsroom, and when."""

    staff: Staff
    newsroom: Newsroom
    role: Role.Kind
    others: tuple[Newsroom, ...]
    now: datetime
    today: date

    @property
    def actor(self) -> str:
        """The pseudonym, for history and audit."""
        return self.staff.pseudonym

    def may(self, section: Section) -> bool:
        """Whether this role can open the section."""
        return self.role in MAY_OPEN[section]


Captured = ParamSpec("Captured")
View = Callable[Concatenate[HttpRequest, Desk, Captured], HttpResponse]


def section(
    name: Section,
) -> Callable[[View[Captured]], Callable[Concatenate[HttpRequest, Captured], HttpResponseBase]]:
    """Makes a view of the desk: signed in, with a role that opens `name`, in the language of the member of staff."""

    def wear(view: View[Captured]) -> Callable[Concatenate[HttpRequest, Captured], HttpResponseBase]:
        def guarded(
            request: HttpRequest, *args: Captured.args, **kwargs: Captured.kwargs
        ) -> HttpResponseBase:
            staff = request.user
            if not isinstance(staff, Staff):
                return _to_sign_in(request)
            with translation.override(language_of(staff)):
                desk = _seat(request, staff)
                if desk is None:
                    return _without_a_role(request)
                if not desk.may(name):
                    raise Http404
                response = view(request, desk, *args, **kwargs)
                response.headers["Content-Language"] = language_of(desk.staff)
                return response

        update_wrapper(guarded, view)
        guarded.section = name  # type: ignore[attr-defined]  # the test of roles and pages reads it
        return guarded  # type: ignore[return-value]  # a first argument by position and *args at once

    return wear


def language_of(staff: Staff) -> str:
    """The member of staff's language, if the desk speaks it; else English."""
    return staff.language if staff.language in settings.DESK_LANGUAGES else "en"


def desk_language(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Makes a page that is open before signing in: in the browser's language, where the desk speaks it."""

    def spoken(request: HttpRequest) -> HttpResponse:
        wished = translation.get_language() or "en"
        with translation.override(wished if wished in settings.DESK_LANGUAGES else "en"):
            return view(request)

    update_wrapper(spoken, view)
    return spoken


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    address = reverse("desk:sign_in")
    return redirect(f"{address}?{urlencode({'next': request.path})}" if request.method == "GET" else address)


def _seat(request: HttpRequest, staff: Staff) -> Desk | None:
    roles = list(Role.objects.filter(staff=staff).select_related("newsroom").order_by("newsroom__name"))
    if not roles:
        return None
    chosen = request.session.get(CHOSEN_NEWSROOM)
    role = next((role for role in roles if str(role.newsroom_id) == chosen), roles[0])
    now = clock.now()
    others = tuple(other.newsroom for other in roles if other is not role)
    return Desk(staff, role.newsroom, Role.Kind(role.kind), others, now, role.newsroom.today(now))


def _without_a_role(request: HttpRequest) -> HttpResponse:
    logout(request)
    return render(request, "desk/no_role.html", status=403)
