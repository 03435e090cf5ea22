"""The privacy map names every field: nothing about a reader is stored without anybody having decided on it."""

import tomllib
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models

from tests.tidy.house import ROOT, expect_none

MAP = tomllib.loads((ROOT / "privacy_map.toml").read_text())
WORDS = MAP["words"]
ROOMS = {name: tables for name, tables in MAP.items() if name != "words"}
MAPPED_BESIDES = ("sessions",)
"""Django's own table that holds something about people: the desk's sessions."""

MOMENTS_ALLOWED = {
    "jobs.WorkerHeartbeat.beat_at",
    "newsrooms.Proposal.not_before",
    "newsrooms.Role.voice_from",
    "newsrooms.Role.admin_until",
    "newsrooms.EntryCode.until",
    "guard.Pressure.began_at",
    "guard.SpentPuzzle.until",
    "supporters.SignInRequest.asked_at",
    "supporters.SignInLink.expires_at",
    "sessions.Session.expire_date",
    "collection.AccountCheck.checked_at",
    "collection.AccountWatch.heard_at",
    "collection.AccountWatch.resting_until",
    "collection.Hint.first_heard_at",
}
"""Moments beside the claim columns. Everything else is a day."""
CLAIMS = ("next_action_at", "claim_until")
FORBIDDEN = (models.EmailField, models.GenericIPAddressField, models.FileField)


def all_fields() -> Iterator[tuple[str, str, models.Field]]:
    """(table, field's name, field) of everything that Mainstay stores."""
    for app in apps.get_app_configs():
        if app.name.startswith("mainstay.") or app.label in MAPPED_BESIDES:
            for model in app.get_models(include_auto_created=True):
                for field in (*model._meta.concrete_fields, *model._meta.local_many_to_many):
                    yield model._meta.label, field.name, field


def mapped() -> dict[str, dict[str, str]]:
    """What the map says of each field, by "room.Table.field"."""
    return {
        f"{room}.{table}.{field}": words
        for room, tables in ROOMS.items()
        for table, fields in tables.items()
        for field, words in fields.items()
    }


def test_every_field_is_on_the_map_and_the_map_names_no_other():
    there = {f"{table}.{name}" for table, name, _ in all_fields()}
    expect_none(f"{name} is stored, and not on the map" for name in there - mapped().keys())
    expect_none(f"{name} is on the map, and not stored" for name in mapped().keys() - there)


def test_the_map_uses_its_own_words():
    for name, words in mapped().items():
        assert set(words) == {"class", "reader", "life"}, name
        for kind, word in words.items():
            assert word in WORDS[kind], f"{name}: {word} is not among the words for {kind}"


def test_every_word_is_used():
    for kind, meanings in WORDS.items():
        assert set(meanings) == {words[kind] for words in mapped().values()}


def test_sealed_fields_are_sealed_and_only_they():
    for name, words in mapped().items():
        assert (words["class"] == "sealed") == name.endswith("sealed"), name
        assert (words["class"] == "sealed") == words["reader"].endswith("key"), name
    for table, name, field in all_fields():
        if name.endswith("sealed"):
            assert isinstance(field, models.BinaryField), f"{table}.{name}"


def test_no_field_holds_an_address_in_clear():
    expect_none(f"{table}.{name}" for table, name, field in all_fields() if isinstance(field, FORBIDDEN))


def test_days_are_stored_not_moments():
    moments = {
        f"{table}.{name}"
        for table, name, field in all_fields()
        if isinstance(field, (models.DateTimeField, models.TimeField)) and name not in CLAIMS
    }
    assert moments == MOMENTS_ALLOWED


def test_no_field_fills_itself_with_the_present():
    filled = (
        f"{table}.{name}"
        for table, name, field in all_fields()
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    )
    expect_none(filled)


@pytest.mark.parametrize("word", ["ip", "address", "agent", "referrer", "email", "phone", "postal"])
def test_no_field_is_named_after_what_is_never_kept(word):
    expect_none(f"{table}.{name}" for table, name, _ in all_fields() if word in name.split("_"))
