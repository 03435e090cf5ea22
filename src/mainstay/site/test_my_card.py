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
        story.quiet_days(28)
    story.processor.answers = bank_says
    reader = Client()
    reader.post("/my/far-shore/", {"code": code_of(key)})
    page = Contribution.objects.get()
    answer = reader.post(f"/my/far-shore/page/{page.pk}/card/", {"token": "tok"}, follow=True)
    assert said in answer.content.decode()


@pytest.mark.parametrize(
    ("agreed", "said"),
    [
        (Outcome.SUCCEEDED, "The new card is saved"),
        (Outcome.DECLINED_HARD, "your bank did not agree"),
        (None, "Confirm with my bank"),
    ],
)
def test_the_bank_wants_its_holder_before_the_card_is_saved(
    story: Story, monkeypatch: pytest.MonkeyPatch, agreed: Outcome | None, said: str
) -> None:
    forget_all()
    monkeypatch.setattr(my_card, "clock", story.clock)
    key = new_checkout_key()
    story.give(key)
    story.processor.asks_to_save = True
    reader = Client()
    reader.post("/my/far-shore/", {"code": code_of(key)})
    address = f"/my/far-shore/page/{Contribution.objects.get().pk}"
    sent = reader.post(f"{address}/card/", {"token": "tok"})
    assert (sent.status_code, sent["location"]) == (303, "https://bank.example/")
    waiting = reader.get(f"{address}/").content.decode()
    assert "before the new card can be saved" in waiting
    assert reader.get(f"{address}/confirm/")["location"] == "https://bank.example/"
    if agreed:
        story.processor.agree(agreed)
    back = reader.get("/my/far-shore/bank/?setup_intent=seti_1&redirect_status=succeeded", follow=True)
    assert "setup_intent" not in back.request["QUERY_STRING"]
    assert said in back.content.decode()


def test_a_warned_card_may_lead_on_to_its_bank(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    forget_all()
    monkeypatch.setattr(my_card, "clock", story.clock)
    key = new_checkout_key()
    story.give(key)
    story.processor.country = "KZ"
    reader = Client()
    reader.post("/my/far-shore/", {"code": code_of(key)})
    address = f"/my/far-shore/page/{Contribution.objects.get().pk}/card/"
    warned = reader.post(address, {"token": "tok"})
    assert "Before you decide" in warned.content.decode()
    assert "form-action 'self' http://127.0.0.1" in warned["Content-Security-Policy"]
