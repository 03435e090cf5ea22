"""Who works at the desk: adding, roles, shutting out, codes to enter with, confirming an admin. For admins."""

import uuid

from django import forms
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from mainstay.core.errors import MainstayError
from mainstay.core.ids import grouped
from mainstay.newsrooms import staffing, voices
from mainstay.newsrooms.models import Role

from .access import Desk, Section, section
from .entering import enter_again, entered_recently
from .show import say, show

ROLES = [
    (Role.Kind.EDITOR.value, gettext_lazy("Editor: the message, and the figures of today")),
    (Role.Kind.FINANCE.value, gettext_lazy("Finance: contributions, refunds, the till")),
    (Role.Kind.ADMIN.value, gettext_lazy("Admin: everything, staff included")),
]
SHORT_ROLES = {
    Role.Kind.EDITOR: gettext_lazy("Editor"),
    Role.Kind.FINANCE: gettext_lazy("Finance"),
    Role.Kind.ADMIN: gettext_lazy("Admin"),
}
SHOWN_AT_MOST = 200


class AddForm(forms.Form):
    """A new member of staff."""

    pseudonym = forms.CharField(
        label=gettext_lazy("Pseudonym"),
        max_length=40,
        help_text=gettext_lazy("Not the real name: it stands in the history and in the log."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ROLES)


@require_http_methods(["GET", "POST"])
@section(Section.STAFF)
def staff(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The list, and the form that adds somebody."""
    if request.method == "GET":
        return _page(request, desk, AddForm(), 200)
    if not entered_recently(request):
        return enter_again(request, request.path)
    form = AddForm(request.POST)
    if not form.is_valid():
        return _page(request, desk, form, 400)
    pseudonym, role = form.cleaned_data["pseudonym"], form.cleaned_data["role"]
    try:
        added, code = staffing.add(desk.newsroom, pseudonym, role, actor=desk.actor, now=desk.now)
    except MainstayError as problem:
        form.add_error(getattr(problem, "field", None) or None, str(problem))
        return _page(request, desk, form, 400)
    return _page(request, desk, AddForm(), 200, (added.pseudonym, code))


@require_POST
@section(Section.STAFF)
def change_staff(request: HttpRequest, desk: Desk, staff_id: uuid.UUID) -> HttpResponse:
    """What the buttons in a person's line do: role, shut_out, let_in, code, or confirm."""
    row = get_object_or_404(Role.objects.select_related("staff"), staff_id=staff_id, newsroom=desk.newsroom)
    what = request.POST.get("do", "")
    if what == "code" and not entered_recently(request):
        return enter_again(request, reverse("desk:staff"))
    try:
        if what == "code":
            code = staffing.give_code(desk.newsroom, row.staff, actor=desk.actor, now=desk.now)
            return _page(request, desk, AddForm(), 200, (row.staff.pseudonym, code))
        say(request, _do(desk, row, what, request.POST.get("role", "")))
    except MainstayError as problem:
        say(request, problem)
    return redirect("desk:staff")


def _do(desk: Desk, row: Role, what: str, role: str) -> str:
    name = {"name": row.staff.pseudonym}
    if what == "role" and role in Role.Kind.values:
        staffing.change_role(desk.newsroom, row.staff, role, actor=desk.actor, now=desk.now)
        return _("The role of %(name)s is changed.") % name
    if what == "confirm":
        voices.confirm(desk.newsroom, row.staff, actor=desk.actor, now=desk.now)
        return _("From now on the word of %(name)s counts where two people are needed.") % name
    if what in ("shut_out", "let_in"):
        staffing.set_active(desk.newsroom, row.staff, what == "let_in", actor=desk.actor, now=desk.now)
        return (_("%(name)s can sign in again.") if what == "let_in" else _("%(name)s is shut out.")) % name
    return _("Nothing was changed.")


def _page(
    request: HttpRequest, desk: Desk, form: AddForm, status: int, given: tuple[str, str] = ("", "")
) -> HttpResponse:
    """`given` is for whom a code was just made, and the code: it is on this page alone."""
    rows = Role.objects.filter(newsroom=desk.newsroom).select_related("staff")
    counted = rows.annotate(keys=Count("staff__passkeys")).order_by("staff__pseudonym")
    resting = set(voices.resting(desk.newsroom, desk.now))
    people = [
        (row, SHORT_ROLES[Role.Kind(row.kind)], row.keys, row in resting) for row in counted[:SHOWN_AT_MOST]
    ]
    code_for, code = given
    context = {
        "people": people,
        "form": form,
        "roles": ROLES,
        "code_for": code_for,
        "code": grouped(code) if code else "",
    }
    return show(request, desk, Section.STAFF, "desk/staff.html", context, status)
