"""Who works at the desk: adding, roles, shutting out, new passwords. For admins."""

import uuid

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from mainstay.newsrooms import staffing
from mainstay.newsrooms.models import Role

from .access import Desk, Section, section
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
    password = forms.CharField(
        label=gettext_lazy("First password"),
        max_length=200,
        strip=False,
        help_text=gettext_lazy("At least 12 characters. They can change it under their own name."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=ROLES)


@require_http_methods(["GET", "POST"])
@section(Section.STAFF)
def staff(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The list, and the form that adds somebody."""
    if request.method == "GET":
        return _page(request, desk, AddForm(), 200)
    form = AddForm(request.POST)
    if form.is_valid():
        fields = form.cleaned_data
        try:
            staffing.add(
                desk.newsroom,
                fields["pseudonym"],
                fields["password"],
                fields["role"],
                actor=desk.actor,
                day=desk.today,
            )
        except staffing.BadStaff as problem:
            form.add_error(problem.field or None, str(problem))
        else:
            say(request, _("%(name)s can sign in now.") % {"name": fields["pseudonym"]})
            return redirect("desk:staff")
    return _page(request, desk, form, 400)


@require_POST
@section(Section.STAFF)
def change_staff(request: HttpRequest, desk: Desk, staff_id: uuid.UUID) -> HttpResponse:
    """What the buttons in a person's line do: role, shut_out, let_in, or password."""
    row = get_object_or_404(Role.objects.select_related("staff"), staff_id=staff_id, newsroom=desk.newsroom)
    try:
        done = _do(desk, row, request.POST.get("do", ""), request.POST)
    except staffing.BadStaff as problem:
        done = str(problem)
    say(request, done)
    return redirect("desk:staff")


def _do(desk: Desk, row: Role, what: str, fields: "dict[str, str]") -> str:
    name = {"name": row.staff.pseudonym}
    if what == "role" and fields.get("role") in Role.Kind.values:
        staffing.change_role(desk.newsroom, row.staff, fields["role"], actor=desk.actor, day=desk.today)
        return _("The role of %(name)s is changed.") % name
    if what == "password":
        staffing.set_password(
            desk.newsroom, row.staff, fields.get("password", ""), actor=desk.actor, day=desk.today
        )
        return _("%(name)s has a new password. Please hand it over in person.") % name
    if what in ("shut_out", "let_in"):
        staffing.set_active(desk.newsroom, row.staff, what == "let_in", actor=desk.actor, day=desk.today)
        return (_("%(name)s can sign in again.") if what == "let_in" else _("%(name)s is shut out.")) % name
    return _("Nothing was changed.")


def _page(request: HttpRequest, desk: Desk, form: AddForm, status: int) -> HttpResponse:
    rows = Role.objects.filter(newsroom=desk.newsroom).select_related("staff")
    people = [
        (row, SHORT_ROLES[Role.Kind(row.kind)]) for row in rows.order_by("staff__pseudonym")[:SHOWN_AT_MOST]
    ]
    context = {"people": people, "form": form, "roles": ROLES}
    return show(request, desk, Section.STAFF, "desk/staff.html", context, status)
