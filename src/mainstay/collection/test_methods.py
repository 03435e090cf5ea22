"""Saved cards that expire, are renewed by their bank, are detached, or come to be of another country."""

import pytest

from mainstay.contributions.models import Contribution
from mainstay.contributions.port import Method, MethodFact, ObjectKind, Outcome
from mainstay.letters.compose import compose
from mainstay.letters.models import Letter

from .conftest import Story
from .models import Payment
from .sealed import open_method


def _method(story: Story) -> Method:
    method = open_method(story.ring, Contribution.objects.select_related("newsroom").get())
    assert method is not None
    return method


def _updated(story: Story, fact: MethodFact) -> None:
    """The processor says that something happened to the saved card."""
    method_id = _method(story).method
    story.processor.methods[method_id] = fact
    story.processor.tell(ObjectKind.METHOD, method_id)
    story.later(minutes=11)


def test_a_letter_goes_out_thirty_days_before_a_card_expires_and_once(story: Story) -> None:
    story.processor.expires = "2026-04"
    story.give(mail="reader@example.org")
    story.days(58, every=4)
    assert not Letter.objects.filter(kind="card_expires").exists()
    story.days(1)
    assert str(story.newsroom.today(story.now)) == "2026-03-31"
    letter = Letter.objects.get(kind="card_expires")
    assert letter.payload == {"last_day": "2026-04-30", "frequency": "monthly"}
    assert "April 30, 2026" in compose("card_expires", story.newsroom, letter.payload, "en").body
    story.days(25)
    assert Letter.objects.filter(kind="card_expires").count() == 1


@pytest.mark.parametrize(
    ("mail", "expires"), [("", "2026-02"), ("reader@example.org", ""), ("r@example.org", "x-1")]
)
def test_no_letter_without_an_address_or_an_end(story: Story, mail: str, expires: str) -> None:
    story.processor.expires = expires
    story.give(mail=mail)
    story.days(5)
    assert not Letter.objects.filter(kind="card_expires").exists()


def test_a_card_that_its_bank_renewed_is_used_from_then_on(story: Story) -> None:
    story.give()
    new = Method("cus1", "pmrenewed", "US", "2044-01")
    _updated(story, MethodFact(Outcome.SUCCEEDED, new))
    assert _method(story) == new
    assert Contribution.objects.get().events.filter(kind="card_renewed").count() == 1
    story.quiet_days(28)
    assert Payment.objects.count() == 2


def test_a_renewed_card_of_a_refused_country_ends_the_promise(story: Story) -> None:
    story.give()
    _updated(story, MethodFact(Outcome.SUCCEEDED, Method("cus1", "pmrenewed", "RU", "2044-01")))
    row = Contribution.objects.get()
    assert (row.state, row.ended_why) == ("cancelled", "country")
    story.days(40, every=4)
    assert Payment.objects.count() == 1


def test_news_of_another_card_changes_nothing(story: Story) -> None:
    story.give()
    before = _method(story)
    story.processor.methods["pm-other"] = MethodFact(
        Outcome.SUCCEEDED, Method("c", "pm-other", "RU", "2044-01")
    )
    story.processor.tell(ObjectKind.METHOD, "pm-other")
    story.later(minutes=11)
    assert _method(story) == before


def test_a_detached_card_is_one_letter_and_no_try_after_it(story: Story) -> None:
    story.give(mail="reader@example.org")
    _updated(story, MethodFact(Outcome.NOT_FOUND))
    assert Contribution.objects.get().state == "active"
    story.processor.answers = [Outcome.DECLINED_HARD]
    story.days(40, every=4)
    assert story.processor.calls.count("execute") == 2
    assert Letter.objects.filter(kind="payment_failed").count() == 1
