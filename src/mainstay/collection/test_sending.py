"""Renewals that readers send by themselves: one letter, time to send, and no debt."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from mainstay.contributions.models import Contribution, Installment
from mainstay.contributions.port import Flow, Outcome, RefundFact, RemoteFact
from mainstay.contributions.states import ContributionState, InstallmentState
from mainstay.core.ids import new_checkout_key
from mainstay.core.money import Money
from mainstay.ledger.post import balance, processor_code
from mainstay.letters.compose import compose
from mainstay.letters.models import Letter

from .conftest import Story
from .example_processor import Memory
from .models import Payment
from .refunds import request_refund
from .sealed import seal_mail

INSTRUCTIONS = {"name": "Far Shore Press", "iban": "DE89 3704", "reference": "RF18 5390", "picture": "BCD"}


class Sent(Memory):
    """A company to which readers send the money."""

    def execute(self, remote_id: str, *_rest: object, **_more: object) -> RemoteFact:
        return self.look_up(remote_id)

    def look_up(self, remote_id: str) -> RemoteFact:
        fact = super().look_up(remote_id)
        if fact.outcome == Outcome.EXECUTABLE:
            return replace(fact, outcome=Outcome.ACTION_REQUIRED, instructions=INSTRUCTIONS)
        return fact

    def refund(self, charge_id: str, amount: Money, key: str) -> RefundFact:
        fact = super().refund(charge_id, amount, key)
        return replace(fact, claim_url="http://127.0.0.1/claim")

    def becomes(self, remote_id: str, outcome: Outcome) -> None:
        fact = self.objects[remote_id]
        charge = f"ch_{remote_id}" if outcome == Outcome.SUCCEEDED else ""
        self.objects[remote_id] = replace(fact, outcome=outcome, charge_id=charge)


@pytest.fixture
def sent(story: Story) -> Iterator[Story]:
    """A monthly promise whose first payment was sent on 31 January, to a company of this kind."""
    story.processor.__class__ = Sent
    capable = replace(Memory.capabilities, flow=Flow.PUSH)
    story.processor.capabilities = capable  # type: ignore[misc]
    return story


def promise(story: Story, *, mail: bool = True) -> Contribution:
    return Contribution.objects.create(
        newsroom=story.newsroom,
        account=story.account,
        frequency="monthly",
        amount_minor=500,
        currency="USD",
        language="en",
        state=ContributionState.ACTIVE,
        started_on=story.newsroom.today(story.now),
        anchor=story.newsroom.today(story.now),
        next_due_date=story.newsroom.today(story.now) + timedelta(days=28),
        code_hash=new_checkout_key(),
        mail_sealed=seal_mail(story.newsroom, "reader@example.org") if mail else None,
    )


def due(row: Contribution, number: int = 2) -> Installment:
    return row.installments.get(number=number)


def test_one_letter_says_how_and_nothing_has_failed(sent: Story) -> None:
    row = promise(sent)
    sent.days(32)
    row.refresh_from_db()
    assert row.state == ContributionState.ACTIVE
    assert due(row).state == InstallmentState.ACTION_REQUIRED
    letter = Letter.objects.get()
    assert letter.kind == "please_send"
    text = compose(letter.kind, sent.newsroom, letter.payload, "en").body
    assert "IBAN: DE89 3704" in text
    assert "Reference: RF18 5390" in text
    assert "BCD" not in text
    sent.days(5)
    assert Letter.objects.count() == 1


def test_the_money_is_booked_when_it_comes(sent: Story) -> None:
    row = promise(sent)
    sent.quiet_days(30)
    sent.processor.becomes(due(row).remote_id, Outcome.SUCCEEDED)  # type: ignore[attr-defined]
    sent.days(2)
    assert due(row).state == InstallmentState.PAID
    assert balance(sent.newsroom, "USD", processor_code(sent.account.pk)) == Money(500, "USD")
    assert set(Letter.objects.values_list("kind", flat=True)) == {"please_send", "receipt"}


def test_a_payment_that_its_sender_replaces_is_waited_for_again(sent: Story) -> None:
    row = promise(sent)
    sent.quiet_days(30)
    remote_id = due(row).remote_id
    for outcome, state in (
        (Outcome.PENDING, InstallmentState.PENDING),
        (Outcome.EXECUTABLE, InstallmentState.ACTION_REQUIRED),
        (Outcome.PENDING, InstallmentState.PENDING),
        (Outcome.SUCCEEDED, InstallmentState.PAID),
    ):
        sent.processor.becomes(remote_id, outcome)  # type: ignore[attr-defined]
        sent.days(2)
        assert due(row).state == state
    assert Letter.objects.filter(kind="please_send").count() == 1


def test_what_is_not_sent_is_no_debt_and_after_two_the_promise_ends(sent: Story) -> None:
    row = promise(sent)
    sent.days(28 + 36, every=4)
    row.refresh_from_db()
    assert due(row).state == InstallmentState.SKIPPED
    assert row.state == ContributionState.ACTIVE
    sent.quiet_days(31)
    row.refresh_from_db()
    assert (row.state, row.ended_why) == (ContributionState.CANCELLED, "not_sent")
    ended = Letter.objects.get(kind="ended")
    assert "don’t ask again" in compose("ended", sent.newsroom, ended.payload, "en").body
    asked = Letter.objects.filter(kind="please_send").count()
    sent.days(40, every=4)
    assert Letter.objects.filter(kind="please_send").count() == asked


def test_without_an_address_nobody_is_asked(sent: Story) -> None:
    row = promise(sent, mail=False)
    sent.quiet_days(30)
    assert due(row).state == InstallmentState.SKIPPED
    assert not Letter.objects.exists()


def test_a_refund_that_is_fetched_is_told_of_once(sent: Story) -> None:
    row = promise(sent)
    sent.quiet_days(30)
    sent.processor.becomes(due(row).remote_id, Outcome.SUCCEEDED)  # type: ignore[attr-defined]
    sent.days(2)
    sent.processor.refund_outcome = Outcome.PENDING
    request_refund(
        Payment.objects.get(), Money(500, "USD"), request_token="a", reason="", actor="finance", now=sent.now
    )
    sent.days(5)
    letter = Letter.objects.get(kind="refund_claim")
    assert "http://127.0.0.1/claim" in compose(letter.kind, sent.newsroom, letter.payload, "en").body
