"""The supporter's page of a promise that came from elsewhere, or goes to another payment company."""

from datetime import date

import pytest
from django.test import Client

from mainstay.collection.conftest import Story, story
from mainstay.contributions import imported
from mainstay.contributions.imported import Terms
from mainstay.contributions.models import Contribution
from mainstay.contributions.moved import await_card
from mainstay.core.ids import code_of, new_checkout_key
from mainstay.core.money import Money
from mainstay.guard.buckets import forget_all
from mainstay.newsrooms.models import ProcessorAccount

from . import my_card

__all__ = ["story"]


@pytest.fixture(autouse=True)
def fresh(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    forget_all()
    monkeypatch.setattr(my_card, "clock", story.clock)


def opened(code: str) -> tuple[Client, Contribution, str]:
    """The one page, opened with its code, and what it says."""
    reader, row = Client(), Contribution.objects.get()
    reader.post("/my/far-shore/", {"code": code})
    return reader, row, reader.get(f"/my/far-shore/page/{row.pk}/").content.decode()


def test_a_promise_without_its_card_asks_for_one_and_goes_on_with_it(story: Story) -> None:
    code = code_of(new_checkout_key())
    terms = Terms("monthly", Money(500, "USD"), date(2025, 1, 14), date(2026, 2, 14), 14, "en")
    imported.write_down(
        story.newsroom, story.account, terms,
        code=code, mail_sealed=None, method_sealed=None, actor="heron", day=date(2026, 1, 31),
    )  # fmt: skip
    reader, row, page = opened(code)
    assert "without its card" in page
    assert "Give a card" in page
    assert "Go on now" not in page
    answer = reader.post(f"/my/far-shore/page/{row.pk}/card/", {"token": "tok"}, follow=True)
    assert "The next payment is on" in answer.content.decode()


def test_a_promise_that_moves_asks_for_the_card_once_more(story: Story) -> None:
    key = new_checkout_key()
    row = story.give(key).contribution
    new = ProcessorAccount.objects.create(newsroom=story.newsroom, processor="memory", label="New")
    assert row is not None
    _reader, _row, page = opened(code_of(key))
    assert "once more" not in page
    await_card(row, new)
    _reader, _row, page = opened(code_of(key))
    assert "Give the card once more" in page
