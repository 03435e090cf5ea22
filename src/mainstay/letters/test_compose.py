"""Every letter, found by its folder: the contract that a new one meets without a line changed here."""

import re

import pytest
from django.conf import settings

from mainstay.newsrooms.models import Newsroom

from .compose import UnknownLetter, compose, kinds

LANGUAGES = [code for code, _name in settings.LANGUAGES]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(kinds()))
def test_a_letter_is_finished_plain_text(kind: str, language: str, newsroom: Newsroom) -> None:
    letter = compose(kind, newsroom, kinds()[kind].EXAMPLE, language)
    assert letter.subject
    assert "\n" not in letter.subject
    assert newsroom.name not in letter.subject, "a subject is read on locked screens"
    assert letter.body.endswith("\n")
    assert not re.search(r"[{}<>]|&[a-z#0-9]+;|None", letter.body)
    assert not re.search(r"\b(safe|secure|anonymous)", letter.body, re.IGNORECASE)


def test_the_receipt_says_what_was_paid_and_what_comes_next(newsroom: Newsroom) -> None:
    letter = compose("receipt", newsroom, kinds()["receipt"].EXAMPLE, "en")
    assert "$5" in letter.body
    assert "Farshore Press" in letter.body
    assert "/my/far-shore/" in letter.body
    once = {**kinds()["receipt"].EXAMPLE, "next_day": None, "frequency": "once"}
    assert "next payment" in letter.body
    assert "next payment" not in compose("receipt", newsroom, once, "en").body


@pytest.mark.parametrize(("why", "way_on"), [("uncollectible", "another card"), ("sunset", "begin anew")])
def test_who_hears_of_the_end_can_go_on(why: str, way_on: str, newsroom: Newsroom) -> None:
    letter = compose("ended", newsroom, {**kinds()["ended"].EXAMPLE, "why": why}, "en")
    assert way_on in letter.body
    assert "/my/far-shore/" in letter.body


def test_a_kind_without_a_folder_is_named(newsroom: Newsroom) -> None:
    with pytest.raises(UnknownLetter, match="postcard"):
        compose("postcard", newsroom, {}, "en")
