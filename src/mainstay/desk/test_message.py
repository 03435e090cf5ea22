"""Writing, publishing, undoing and previewing the message."""

import base64
import json
import re

import pytest
from django.urls import reverse

from mainstay.audit.models import AuditLine
from mainstay.desk.message_fields import paths, read_typed, shape_of, typed_of
from mainstay.message.content import read
from mainstay.message.models import Campaign, Version
from mainstay.newsrooms.models import Newsroom

PAGE = "/desk/message/"


@pytest.fixture
def campaign(newsroom, editor):
    """A first draft, not published."""
    editor.post(reverse("desk:message_begin"))
    return Campaign.objects.get()


def _fields(client):
    """What the form holds, as a browser would send it."""
    context = client.get(PAGE).context
    campaign = context["campaign"]
    shape = context["shape"]
    return {
        **typed_of(campaign.draft, shape),
        "variants": str(shape.variants),
        "began_from": context["began_from"],
    }


def _save(client, do="save", **changed):
    fields = {**_fields(client), **{name.replace("__", "."): value for name, value in changed.items()}}
    return client.post(PAGE, {**fields, "do": do})


def test_without_a_message_one_can_begin(newsroom, editor):
    assert b"Begin a message" in editor.get(PAGE).content
    editor.post(reverse("desk:message_begin"))
    editor.post(reverse("desk:message_begin"))
    draft = Campaign.objects.get().draft
    assert draft["variants"][0]["texts"]["en"]["title"] == "A message from {newsroom}"
    assert not Version.objects.exists()


def test_a_draft_goes_through_the_form_unchanged(campaign, newsroom):
    shape = shape_of(newsroom, 1)
    typed = typed_of(campaign.draft, shape)
    assert set(typed) == set(paths(shape))
    reading = read_typed(typed, shape, campaign.draft["salt"])
    assert reading.problems == {}
    assert read(reading.content).written() == read(campaign.draft).written()


def test_every_field_is_on_the_page_with_its_label(campaign, editor):
    page = editor.get(PAGE).content.decode()
    shape = editor.get(PAGE).context["shape"]
    for path in paths(shape):
        assert f'name="{path}"' in page
        assert f'for="{path}"' in page


def test_saving_keeps_the_draft_and_readers_see_nothing(campaign, editor):
    _save(editor, variants__0__texts__en__title="Hello {newsroom}", ask__USD__monthly__default="10")
    campaign.refresh_from_db()
    assert campaign.draft["variants"][0]["texts"]["en"]["title"] == "Hello {newsroom}"
    assert campaign.draft["ask"]["USD"]["monthly"]["default"] == 1000
    assert not Version.objects.exists()
    assert b"readers see no message" in editor.get(PAGE).content


def test_the_later_of_two_editors_is_asked_and_loses_nothing(campaign, editor, admin):
    begun = _fields(editor)
    _save(admin, variants__0__texts__en__title="The admin's title")
    mine = {**begun, "variants.0.texts.en.title": "The editor's title", "do": "publish"}
    answer = editor.post(PAGE, mine)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Somebody else saved the draft" in page
    assert "saved meanwhile “The admin&#x27;s title”, yours “The editor&#x27;s title”" in page
    campaign.refresh_from_db()
    assert campaign.draft["variants"][0]["texts"]["en"]["title"] == "The admin's title"
    assert not Version.objects.exists()
    editor.post(PAGE, {**mine, "began_from": answer.context["began_from"]})
    assert Version.objects.get().content["variants"][0]["texts"]["en"]["title"] == "The editor's title"


def test_a_bad_field_does_not_make_an_old_form_new(campaign, editor, admin):
    begun = _fields(editor)
    _save(admin, quiet_days="7")
    bad = editor.post(PAGE, {**begun, "quiet_days": "many", "do": "save"})
    assert bad.context["began_from"] == str(begun["began_from"])


def test_another_language_is_kept_when_written(campaign, editor):
    words = {"title": "Письмо", "salutation": "", "paragraphs": "Один.\r\n\r\nДва.", "sign_off": ""}
    _save(editor, **{f"variants__0__texts__ru__{line}": value for line, value in words.items()})
    campaign.refresh_from_db()
    assert set(campaign.draft["variants"][0]["texts"]) == {"en", "ru"}
    assert campaign.draft["variants"][0]["texts"]["ru"]["paragraphs"] == ["Один.", "Два."]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("variants.0.texts.en.title", ""),
        ("variants.0.texts.en.paragraphs", "x" * 700),
        ("variants.0.weight", "many"),
        ("variants.0.name", "Not a name!"),
        ("ask.USD.monthly.minimum", "1.005"),
        ("ask.USD.monthly.default", "7.77"),
        ("ask.JPY.once.amounts.0", "10.5"),
        ("starts", "tomorrow"),
        ("quiet_days", "0"),
    ],
)
def test_a_bad_field_is_named_and_nothing_is_lost(campaign, editor, field, typed):
    before = campaign.draft
    answer = editor.post(
        PAGE, {**_fields(editor), field: typed, "starts": typed if field == "starts" else "", "do": "publish"}
    )
    page = answer.content.decode()
    assert answer.status_code == 400
    assert f'id="{field}-error"' in page
    assert typed in page
    campaign.refresh_from_db()
    assert campaign.draft == before
    assert not Version.objects.exists()


def test_wordings_are_added_and_removed(campaign, editor):
    added = _save(editor, do="add")
    assert added.context["shape"].variants == 2
    assert "Wording “b” is added" in added.content.decode()
    assert 'href="#wording-1"' in added.content.decode()
    fields = {name: value for name, value in {**_fields(editor)}.items() if name != "variants"}
    second = {
        f"variants.1.{path.removeprefix('variants.0.')}": value
        for path, value in fields.items()
        if path.startswith("variants.0.")
    }
    both = {**fields, **second, "variants": "2", "variants.1.name": "b", "variants.1.weight": "3"}
    editor.post(PAGE, both)
    campaign.refresh_from_db()
    assert [(one["name"], one["weight"]) for one in campaign.draft["variants"]] == [("a", 1), ("b", 3)]
    editor.post(PAGE, {**both, "variants.0.remove": "yes", "began_from": _fields(editor)["began_from"]})
    campaign.refresh_from_db()
    assert [one["name"] for one in campaign.draft["variants"]] == ["b"]


def _publish(client, title):
    return _save(client, do="publish", variants__0__texts__en__title=title)


def test_history_tells_who_changed_what_and_undo_goes_back(campaign, editor, admin):
    _publish(editor, "First title")
    _publish(admin, "Second title")
    history = editor.get(reverse("desk:message_history"))
    newest, oldest = history.context["told"]
    [change] = newest.changes
    assert change.label == "Title (wording “a”, English)"
    assert (change.before, change.after) == ("First title", "Second title")
    assert (newest.version.staff, oldest.version.staff, oldest.first) == ("admin-bird", "editor-bird", True)
    editor.post(reverse("desk:message_undo"), {"number": "1"})
    latest = Version.objects.first()
    assert latest.number == 3
    assert latest.content["variants"][0]["texts"]["en"]["title"] == "First title"
    actions = set(AuditLine.objects.values_list("action", flat=True))
    assert {"message.draft_saved", "message.published", "message.undone"} <= actions


def test_undo_of_a_version_that_is_not_there_is_refused(campaign, editor):
    for number in ("7", "x", ""):
        assert editor.post(reverse("desk:message_undo"), {"number": number}).status_code == 404


def test_off_everywhere_and_on_again(campaign, editor):
    editor.post(reverse("desk:message_switch"), {"off": "yes"})
    assert Newsroom.objects.get().message_off
    assert b"off everywhere" in editor.get(PAGE).content
    editor.post(reverse("desk:message_switch"), {"off": "no"})
    assert not Newsroom.objects.get().message_off


def _previewed(client, **query):
    page = client.get(reverse("desk:preview"), query)
    coded = re.search(r'manifest="data:application/json;base64,([^"]+)"', page.content.decode())[1]
    return page, json.loads(base64.b64decode(coded))


def test_the_preview_shows_the_form_as_it_stands_and_saves_nothing(campaign, editor, sit):
    typed = {**_fields(editor), "variants.0.texts.en.title": "Not saved"}
    assert editor.post(reverse("desk:keep_preview"), typed).status_code == 200
    page, manifest = _previewed(editor)
    assert manifest["c"][0]["v"][0]["h"] == "Not saved"
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    assert "connect-src data:" in page.headers["Content-Security-Policy"]
    _page, colleagues = _previewed(sit("admin"))
    assert colleagues["c"][0]["v"][0]["h"] != "Not saved"
    editor.get(PAGE)
    _page, again = _previewed(editor)
    assert again["c"][0]["v"][0]["h"] != "Not saved"


def test_the_preview_keeps_the_last_good_form(campaign, editor):
    wrong = {**_fields(editor), "variants.0.texts.en.title": ""}
    answer = editor.post(reverse("desk:keep_preview"), wrong)
    assert answer.status_code == 400
    assert answer.json()["problem"].startswith("Not shown yet: ")
    _page, manifest = _previewed(editor)
    assert manifest["c"][0]["v"][0]["h"]


def test_the_preview_speaks_each_language(campaign, editor):
    page, manifest = _previewed(editor, language="ar")
    assert b'dir="rtl"' in page.content
    assert manifest["lang"] == "ar"
    _page, unknown = _previewed(editor, language="tlh")
    assert unknown["lang"] == "en"


def test_the_page_may_frame_only_itself(campaign, editor):
    assert "frame-src 'self'" in editor.get(PAGE).headers["Content-Security-Policy"]
