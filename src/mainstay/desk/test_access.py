"""Every address of the desk with every role: a page that a role can't open does not exist for it."""

import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from mainstay.desk.access import MAY_OPEN, Section
from mainstay.desk.conftest import PASSWORD
from mainstay.desk.urls import urlpatterns
from mainstay.newsrooms.models import Role, Staff

OPEN_TO_ALL = {"sign_in", "sign_out", "passkey_sign_in", "passkey_offer", "code_sign_in"}
NEED_A_ROW = {"choose_newsroom", "message_history", "message_undo", "preview", "keep_preview"}
ROLES = ("editor", "finance", "admin")
ALL, MONEY, WRITERS, ADMIN = "editor finance admin", "finance admin", "editor admin", "admin"
WHO_OPENS = {
    ALL: "front today account change_language change_password choose_newsroom"
    " add_passkey offer_passkey remove_passkey",
    WRITERS: "message message_begin message_history message_undo message_switch preview keep_preview",
    MONEY: "contributions by_code contribution stop refund people find_person show_address lost_codes close_lost"
    " stop_lost till turn money compare repair statements download bank bank_read bank_statement bank_confirm"
    " bank_discard bank_line debits debits_make debits_file debits_fetch debits_sent debits_withdraw debits_refused",
    ADMIN: "countries find_country change_policy country approvals decide propose_export fetch_export staff"
    " change_staff settings ready log",
}
"""Every page by name, written down a second time: a new page, or one that changes hands, fails until it is here."""
EVERY_PAGE = [pattern for pattern in urlpatterns if pattern.name not in OPEN_TO_ALL]
SECTION_OF = {pattern.name: pattern.callback.section for pattern in EVERY_PAGE}


def _address(pattern):
    values = {"name": "gifts", "what": "undo"}
    names = pattern.pattern.converters
    return reverse(
        f"desk:{pattern.name}", kwargs={name: values.get(name, uuid.UUID(int=1)) for name in names}
    )


def _ask_both_ways(client, address):
    return {client.get(address).status_code, client.post(address).status_code}


def test_every_page_is_open_to_whom_the_table_says():
    written = {name: set(roles.split()) for roles, names in WHO_OPENS.items() for name in names.split()}
    assert {name: set(MAY_OPEN[section]) for name, section in SECTION_OF.items()} == written


@pytest.mark.parametrize("pattern", EVERY_PAGE, ids=lambda pattern: pattern.name)
@pytest.mark.parametrize("role", ROLES)
def test_a_page_is_absent_for_a_role_that_may_not_open_it(pattern, role, sit):
    client, address = sit(role), _address(pattern)
    answers = _ask_both_ways(client, address)
    if role in MAY_OPEN[SECTION_OF[pattern.name]]:
        names_a_row = pattern.pattern.converters or pattern.name in NEED_A_ROW
        assert names_a_row or answers & {200, 302, 400}
    else:
        assert answers <= {404, 405}
        assert answers & {404}


@pytest.mark.django_db
@pytest.mark.parametrize("pattern", EVERY_PAGE, ids=lambda pattern: pattern.name)
def test_nobody_opens_a_page_without_signing_in(pattern):
    answers = [Client().get(_address(pattern)), Client().post(_address(pattern))]
    for answer in answers:
        assert answer.status_code == 405 or answer.url.startswith(reverse("desk:sign_in"))


@pytest.mark.parametrize("role", ROLES)
def test_the_navigation_has_only_what_the_role_opens(role, sit):
    page = sit(role).get(reverse("desk:today")).content.decode()
    navigation = page[page.index("<nav") : page.index("</nav>")]
    linked = set(re.findall(r'href="([^"]+)"', navigation))
    may = {section for section in Section if role in MAY_OPEN[section] and section != Section.ACCOUNT}
    assert linked == {reverse(f"desk:{section}") for section in may}


def test_somebody_of_another_newsroom_sees_nothing_of_ours(newsroom, admin):
    from mainstay.reports import example_rows as rows

    theirs = rows.contribution(rows.newsroom("elsewhere"))
    assert admin.get(reverse("desk:contribution", args=[theirs.pk])).status_code == 404


def test_who_was_shut_out_opens_nothing_from_then_on(staff, finance):
    assert finance.get(reverse("desk:today")).status_code == 200
    Staff.objects.filter(pk=staff["finance"].pk).update(is_active=False)
    assert finance.get(reverse("desk:today")).status_code == 302


def test_without_a_role_one_is_told_so(staff, editor):
    Role.objects.all().delete()
    answer = editor.get(reverse("desk:today"))
    assert answer.status_code == 403
    assert b"no role" in answer.content


def test_signing_in_leads_where_one_wanted_to_go(staff, client):
    answer = client.get(reverse("desk:till"))
    page = client.get(answer.url)
    assert b'name="next" value="/desk/till/"' in page.content
    fields = {"pseudonym": "finance-bird", "password": PASSWORD, "next": "/desk/till/"}
    assert client.post(reverse("desk:sign_in"), fields).url == "/desk/till/"
    assert client.post(reverse("desk:sign_out")).url == reverse("desk:sign_in")
    assert client.get(reverse("desk:till")).status_code == 302


@pytest.mark.parametrize(
    "elsewhere", ["https://elsewhere.example/", "//elsewhere.example/desk/", "/support/x/"]
)
def test_signing_in_never_leads_away(staff, client, elsewhere):
    fields = {"pseudonym": "finance-bird", "password": PASSWORD, "next": elsewhere}
    assert client.post(reverse("desk:sign_in"), fields).url == reverse("desk:today")


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(staff, client):
    wrong = [{"pseudonym": "nobody", "password": "x"}, {"pseudonym": "finance-bird", "password": "x"}]
    answers = [client.post(reverse("desk:sign_in"), fields) for fields in wrong]
    said = [re.findall(r'role="alert">([^<]+)<', answer.content.decode()) for answer in answers]
    assert said[0] == said[1] != []
    assert all(answer.status_code == 400 for answer in answers)


def test_attempts_are_bounded(staff, client):
    fields = {"pseudonym": "crow-without-account", "password": "x"}
    answers = [client.post(reverse("desk:sign_in"), fields).status_code for _ in range(14)]
    assert answers[0] == 400
    assert answers[-1] == 429


def test_the_session_cookie_is_for_the_desk_alone(staff, client):
    fields = {"pseudonym": "finance-bird", "password": PASSWORD}
    cookie = client.post(reverse("desk:sign_in"), fields).cookies["desk"]
    assert cookie["path"] == "/desk/"
    assert cookie["httponly"]
