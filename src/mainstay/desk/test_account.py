"""One's own language, password, and newsroom."""

from django.test import Client
from django.urls import reverse

from mainstay.audit.models import AuditLine
from mainstay.desk.conftest import PASSWORD
from mainstay.newsrooms.models import Role, Staff
from mainstay.reports import example_rows as rows


def test_the_language_changes_the_pages(staff, editor):
    assert b'lang="en"' in editor.get(reverse("desk:account")).content
    editor.post(reverse("desk:change_language"), {"language": "ru"})
    answer = editor.get(reverse("desk:account"))
    assert answer.headers["Content-Language"] == "ru"
    assert b'lang="ru"' in answer.content


def test_a_language_that_the_desk_does_not_speak_is_refused(staff, editor):
    editor.post(reverse("desk:change_language"), {"language": "ar"})
    assert Staff.objects.get(pk=staff["editor"].pk).language == "en"


def test_changing_the_password_ends_other_sessions_and_keeps_this_one(staff, editor, sit):
    other = sit("editor")
    fields = {"present": PASSWORD, "password": "another four unrelated words"}
    assert editor.post(reverse("desk:change_password"), fields).status_code == 302
    assert editor.get(reverse("desk:account")).status_code == 200
    assert other.get(reverse("desk:account")).status_code == 302
    assert AuditLine.objects.get().action == "staff.password_changed"
    assert Client().login(username="editor-bird", password="another four unrelated words")


def test_a_wrong_present_password_and_an_easy_new_one_are_refused(staff, editor):
    address = reverse("desk:change_password")
    wrong = editor.post(address, {"present": "x", "password": "another four unrelated words"})
    easy = editor.post(address, {"present": PASSWORD, "password": "short"})
    assert b"not your present password" in wrong.content
    assert easy.status_code == 400
    assert b"too short" in easy.content


def test_the_desk_turns_to_another_newsroom_of_the_same_person(staff, editor):
    second = rows.newsroom("second")
    stranger = rows.newsroom("stranger")
    second.name = "Other House"
    second.save()
    Role.objects.create(staff=staff["editor"], newsroom=second, kind="editor")
    address = reverse("desk:choose_newsroom")
    assert editor.post(address, {"newsroom": str(stranger.pk)}).status_code == 404
    for newsroom in (staff["editor"].roles.exclude(newsroom=second).get().newsroom, second):
        editor.post(address, {"newsroom": str(newsroom.pk)})
        page = editor.get(reverse("desk:today")).content.decode()
        assert f'<a href="/desk/today/">{newsroom.name}</a>' in page
