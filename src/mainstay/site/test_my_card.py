"""Another card on the supporter's page: what is said about a payment that was overdue."""

import pytest
from django.test import Client

from mainstay.collection.conftest import Story, story
from mainstay.contributions.models import Contribution
from mainstay.contributions.port import Outcome
from mainstay.core.ids import code_of, new_checkout_key
from mainstay.guard.buckets import forget_all

from . import my_card

__all__ = ["story"]


@pytest.mark.parametrize(
    ("overdue", "bank_says", "said"),
    [
        (False, [], "Nothing was charged by this"),
        (True, [], "the overdue payment is paid with it"),
        (True, [Outcome.DECLINED_SOFT], "your bank declined the overdue payment"),
        (True, [Outcome.PENDING], "The overdue payment is with your bank"),
        (True, [Outcome.ACTION_REQUIRED], "Confirm with my bank"),
    ],
)
def test_what_is_said(
    story: Story, monkeypatch: pytest.MonkeyPatch, overdue: bool, bank_says: list[Outcome], said: str
) -> None:
    forget_all()
    monkeypatch.setattr(my_card, "clock", story.clock)
    key = new_checkout_key()
    story.give(key)
    if overdue:
        story.processor.answers = [Outcome.DECLINED_HARD]
        story.days(28)
    story.processor.answers = bank_says
    reader = Client()
    reader.post("/my/far-shore/", {"code": code_of(key)})
    page = Contribution.objects.get()
    answer = reader.post(f"/my/far-shore/page/{page.pk}/card/", {"token": "tok"}, follow=True)
    assert said in answer.content.decode()
