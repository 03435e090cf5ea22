"""The page on what is kept says what the map says: nothing on the map is left out, and everything has its words."""

import copy

import pytest
from django.test import Client

from mainstay.newsrooms.models import Newsroom
from mainstay.site.privacy import CLASSES, LIVES, READERS, the_map, what_is_kept


def said(kinds) -> str:
    lines = [str(kind.what) for kind in kinds]
    for kind in kinds:
        for reader, lives in kind.read_by:
            lines += [str(reader), *map(str, lives)]
    return "\n".join(lines)


@pytest.mark.parametrize(("kind", "ours"), [("class", CLASSES), ("reader", READERS), ("life", LIVES)])
def test_every_word_of_the_map_has_a_sentence_for_readers(kind, ours):
    assert set(the_map()["words"][kind]) == set(ours)


def test_a_field_of_a_new_class_changes_the_page():
    changed = copy.deepcopy(the_map())
    changed["words"]["class"]["voice"] = "A recording of the reader's voice."
    changed["letters"]["Letter"]["voice"] = {"class": "voice", "reader": "database", "life": "ever"}
    before, after = said(what_is_kept(the_map())), said(what_is_kept(changed))
    assert "A recording of the reader's voice." in after
    assert "A recording of the reader's voice." not in before


def test_a_longer_life_changes_the_page():
    changed = copy.deepcopy(the_map())
    changed["supporters"]["Reminder"]["sealed"]["life"] = "thirteen months"
    assert said(what_is_kept(changed)) != said(what_is_kept(the_map()))


def test_each_life_of_the_map_stands_under_its_reader():
    sealed = what_is_kept(the_map())[0]
    lives = {str(reader): [str(life) for life in lives] for reader, lives in sealed.read_by}
    assert str(LIVES["hour"]) in lives[str(READERS["people key"])]
    assert str(LIVES["reminded"]) in lives[str(READERS["month key"])]


@pytest.mark.django_db
def test_the_page_is_linked_from_the_foot_of_the_support_pages(client: Client, newsroom: Newsroom):
    address = f"/support/{newsroom.slug}/kept/"
    assert address in client.get(f"/support/{newsroom.slug}/traces/").content.decode()
    page = client.get(address)
    assert page.status_code == 200
    assert str(CLASSES["sealed"]) in page.content.decode()
