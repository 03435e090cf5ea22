"""Codes to enter with, confirming an admin, and what is announced meanwhile."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from mainstay.audit.models import AuditLine
from mainstay.newsrooms import voices
from mainstay.newsrooms.found import make_staff
from mainstay.newsrooms.models import Role, Staff

from .conftest import PASSWORD, browser_of


def code_on(page):
    return re.search(r'class="code">([^<]+)<', page.content.decode())[1]


@pytest.fixture
def owl(staff, newsroom):
    """Another admin, signed in."""
    return browser_of(make_staff("admin-owl", PASSWORD, newsroom, "admin"))


def enter(pseudonym, code):
    browser = Client()
    answer = browser.post(reverse("desk:code_sign_in"), {"pseudonym": pseudonym, "code": code})
    return browser, answer


def test_a_new_colleague_enters_with_a_code_and_chooses_a_password(staff, admin):
    code = code_on(admin.post(reverse("desk:staff"), {"pseudonym": "heron", "role": "editor"}))
    browser, answer = enter("heron", code.lower())
    assert answer.url == reverse("desk:account")
    page = browser.get(answer.url).content.decode()
    assert "choose your new way in now" in page
    assert "present password" not in page
    fields = {"password": "another four unrelated words"}
    assert browser.post(reverse("desk:change_password"), fields).status_code == 302
    assert Client().login(username="heron", password="another four unrelated words")
    assert enter("heron", code)[1].status_code == 400


def test_a_code_is_shown_once_and_ends_what_was_lost(staff, admin, finance):
    change = reverse("desk:change_staff", args=[staff["finance"].pk])
    page = admin.post(change, {"do": "code"})
    assert page["Cache-Control"] == "no-store"
    code = code_on(page)
    assert code not in admin.get(reverse("desk:staff")).content.decode()
    assert code not in str(list(AuditLine.objects.values()))
    assert finance.get(reverse("desk:today")).status_code == 200
    assert enter("finance-bird", code)[1].status_code == 302
    assert finance.get(reverse("desk:today")).status_code == 302
    assert not Client().login(username="finance-bird", password=PASSWORD)


def test_a_wrong_code_and_a_wrong_name_are_answered_alike(staff, admin):
    change = reverse("desk:change_staff", args=[staff["finance"].pk])
    code = code_on(admin.post(change, {"do": "code"}))
    pages = [enter(*pair)[1] for pair in (("finance-bird", "0" * 20), ("nobody", code))]
    said = [re.findall(r'role="alert">([^<]+)<', page.content.decode()) for page in pages]
    assert said[0] == said[1] != []


@pytest.mark.parametrize("what", ["add", "code", "passkey", "offer", "remove"])
def test_who_signed_in_long_ago_signs_in_again_first(staff, admin, what):
    session = admin.session
    session["entered"] = "2020-01-01T00:00:00+00:00"
    session.save()
    nobody = "00000000-0000-4000-8000-000000000000"
    address, fields = {
        "add": (reverse("desk:staff"), {"pseudonym": "heron", "role": "admin"}),
        "code": (reverse("desk:change_staff", args=[staff["finance"].pk]), {"do": "code"}),
        "passkey": (reverse("desk:add_passkey"), {"label": "x", "answer": "{}"}),
        "offer": (reverse("desk:offer_passkey"), {}),
        "remove": (reverse("desk:remove_passkey", args=[nobody]), {}),
    }[what]
    answer = admin.post(address, fields)
    assert answer.status_code == 403 if what == "offer" else "again=yes" in answer.url
    assert not Staff.objects.filter(pseudonym="heron").exists()
    assert not AuditLine.objects.exists()


def test_a_third_admin_confirms_and_everybody_sees_it_meanwhile(staff, admin, owl, editor):
    admin.post(reverse("desk:staff"), {"pseudonym": "heron", "role": "admin"})
    heron = Staff.objects.get(pseudonym="heron")
    change = reverse("desk:change_staff", args=[heron.pk])
    assert "heron" in editor.get(reverse("desk:today")).content.decode()
    assert 'value="confirm"' not in admin.get(reverse("desk:staff")).content.decode()
    assert 'value="confirm"' in owl.get(reverse("desk:staff")).content.decode()
    own = admin.post(change, {"do": "confirm"}, follow=True).content.decode()
    assert "Somebody else has to confirm" in own
    assert Role.objects.get(staff=heron).voice_from is not None
    owl.post(change, {"do": "confirm"})
    assert Role.objects.get(staff=heron).voice_from is None
    assert "heron" not in editor.get(reverse("desk:today")).content.decode()


def test_that_an_admin_left_is_announced_for_a_week(staff, admin, owl, newsroom):
    bird = staff["admin"]
    owl.post(reverse("desk:change_staff", args=[bird.pk]), {"do": "shut_out"})
    assert "admin-bird is no admin any more" in owl.get(reverse("desk:today")).content.decode()
    left = Role.objects.get(staff=bird).admin_until
    assert not voices.gone(newsroom, left + voices.REST).exists()
