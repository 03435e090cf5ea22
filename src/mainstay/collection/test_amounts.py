"""Amounts to the minor unit in every kind of currency, and money of another amount or currency than we asked for."""

from dataclasses import replace

import pytest

from mainstay.contributions.models import Attempt, Installment
from mainstay.contributions.port import ObjectKind, Outcome
from mainstay.core.money import Money
from mainstay.ledger.models import Transfer

from .conftest import Story
from .models import Difference, Payment


@pytest.mark.parametrize(
    ("minor", "currency"), [(500, "JPY"), (1500, "KWD"), (1, "USD"), (99_999_999, "EUR")]
)
def test_the_same_amount_at_the_processor_and_in_the_books(story: Story, minor: int, currency: str) -> None:
    story.processor.fee_minor = 0
    assert story.give(amount=Money(minor, currency)).step == "paid"
    assert story.processor.charges()[-1].amount == Money(minor, currency)
    assert Payment.objects.get().gross == Money(minor, currency)
    transfer = Transfer.objects.get()
    assert (transfer.amount_minor, transfer.currency) == (minor, currency)


@pytest.mark.parametrize("told", [Money(501, "USD"), Money(5, "USD"), Money(500, "EUR")])
@pytest.mark.parametrize("by", ["our own call", "a webhook"])
def test_other_money_than_we_asked_for_is_never_booked_as_ours(story: Story, told: Money, by: str) -> None:
    def wrong(call: str) -> None:
        for remote_id, fact in story.processor.objects.items():
            if fact.charge_id:
                story.processor.objects[remote_id] = replace(fact, amount=told)

    story.processor.after = wrong
    honest = story.processor.execute

    def execute(*arguments: object) -> object:
        honest(*arguments)  # type: ignore[arg-type]
        return story.processor.objects[str(arguments[0])]

    story.processor.execute = execute  # type: ignore[method-assign,assignment]
    if by == "a webhook":
        story.processor.lost_answers = {"execute"}
    story.give()
    if by == "a webhook":
        story.processor.tell(ObjectKind.INTENT, Installment.objects.get().remote_id)
    story.later(minutes=11)
    assert not Payment.objects.exists()
    assert not Transfer.objects.exists()
    shown = Difference.objects.get()
    assert (shown.kind, shown.detail["told"]) == ("amount", f"{told.minor} {told.currency}")
    assert Attempt.objects.get().state == "unknown"


def test_a_success_without_a_charge_is_no_success(story: Story) -> None:
    story.processor.answers = [Outcome.PENDING]
    story.give()
    remote_id = Installment.objects.get().remote_id
    story.processor.objects[remote_id] = replace(
        story.processor.objects[remote_id], outcome=Outcome.SUCCEEDED
    )
    story.days(1)
    assert not Payment.objects.exists()


def test_a_fee_that_is_told_later_is_booked_once(story: Story) -> None:
    story.processor.fee_minor = None
    story.give()
    assert Transfer.objects.count() == 1
    charge = story.processor.charges()[-1]
    story.processor.objects[charge.remote_id] = replace(charge, fee=Money(45, "USD"))
    for _time in range(2):
        story.processor.tell(ObjectKind.CHARGE, charge.charge_id)
        story.later(minutes=11)
    assert Payment.objects.get().fee_minor == 45
    assert list(
        Transfer.objects.filter(reference__startswith="fee:").values_list("amount_minor", flat=True)
    ) == [45]


def test_a_charge_that_is_settled_in_another_currency(story: Story) -> None:
    """10 dollars that came as 9.20 euros, with a fee in euros: each transfer has one currency."""
    story.processor.answers = [Outcome.PENDING]
    story.give(amount=Money(1000, "USD"))
    remote_id = Installment.objects.get().remote_id
    fact = story.processor.settle(remote_id)
    story.processor.objects[remote_id] = replace(fact, settled=Money(920, "EUR"), fee=Money(55, "EUR"))
    story.days(1)
    booked = sorted(Transfer.objects.values_list("amount_minor", "currency", "to_account__code"))
    codes = [(minor, currency, code.partition(":")[0]) for minor, currency, code in booked]
    assert codes == [(55, "EUR", "fees"), (920, "EUR", "processor"), (1000, "USD", "exchange")]
    assert Payment.objects.get().gross == Money(1000, "USD")


def test_two_charges_for_one_installment_are_shown_to_staff(story: Story) -> None:
    """It can't happen by our own calls; should a processor do it, staff see the second one."""
    story.give()
    charge = story.processor.charges()[-1]
    second = replace(charge, remote_id="in-second", charge_id="ch-second")
    story.processor.objects["in-second"] = second
    story.processor.tell(ObjectKind.INTENT, "in-second")
    story.later(minutes=11)
    assert (Payment.objects.count(), Difference.objects.get().kind) == (1, "unknown_payment")
