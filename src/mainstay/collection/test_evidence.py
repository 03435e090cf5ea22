"""What is left to see afterwards: every step in the history, one receipt, and no clear id once all is done."""

import pytest
from django.apps import apps

from mainstay.contributions.models import Contribution, ContributionEvent, Installment
from mainstay.contributions.port import DisputeStage, ObjectKind, Outcome
from mainstay.core.money import Money
from mainstay.letters.models import Letter

from .conftest import Story
from .models import Hint, Payment


def _everything_stored() -> str:
    """Every field of every row of the rooms of money, as text."""
    rooms = ("collection", "contributions", "ledger", "letters", "audit")
    models = [model for room in rooms for model in apps.get_app_config(room).get_models()]
    return "\n".join(str(row) for model in models for row in model._default_manager.values())


def _bad_days(story: Story) -> None:
    """A promise with a decline, a lost answer, a refund made elsewhere, and a dispute."""
    story.give(mail="reader@example.org")
    story.processor.answers = [Outcome.DECLINED_SOFT]
    story.quiet_days(28)
    story.processor.lost_answers = {"execute"}
    story.days(3)
    story.processor.lost_answers = set()
    charge = story.processor.charges()[-1]
    refund = story.processor.give_back(charge.charge_id, Money(100, "USD"))
    story.processor.tell(ObjectKind.REFUND, refund.remote_id)
    story.later(minutes=11)
    story.processor.dispute(DisputeStage.OPENED, amount=Money(400, "USD"))
    story.later(minutes=11)
    story.days(2)


def test_every_step_is_in_the_history(story: Story) -> None:
    _bad_days(story)
    kinds = list(ContributionEvent.objects.order_by("number").values_list("kind", flat=True))
    assert kinds == [
        "created",
        "paid",
        "declined",
        "failing",
        "unknown",
        "paid",
        "refunded",
        "dispute_opened",
        "stopped",
    ]
    assert Contribution.objects.get().ended_why == "dispute"


def test_one_receipt_for_each_payment_however_often_it_is_told(story: Story) -> None:
    _bad_days(story)
    for _time in range(3):
        for charge in story.processor.charges():
            story.processor.tell(ObjectKind.INTENT, charge.remote_id)
            story.processor.tell(ObjectKind.CHARGE, charge.charge_id)
        story.later(minutes=11)
    receipts = Letter.objects.filter(kind="receipt").values_list("dedupe_key", flat=True)
    assert sorted(receipts) == sorted(f"receipt:{payment.pk}" for payment in Payment.objects.all())


def test_no_clear_id_of_the_processor_stays(story: Story) -> None:
    """Ids of objects, charges, refunds, disputes and cards: hashed and sealed, or gone."""
    _bad_days(story)
    stored = _everything_stored()
    processor = story.processor
    ids = {*processor.objects, *processor.refunds, *processor.disputes, *processor.detached, "cus1"}
    ids |= {fact.charge_id for fact in processor.charges()}
    assert len(ids) == 8
    assert not {name for name in ids if f"'{name}'" in stored}
    assert (Hint.objects.count(), set(Installment.objects.values_list("remote_id", flat=True))) == (0, {""})


def test_the_log_names_no_id_and_no_address(story: Story, caplog: pytest.LogCaptureFixture) -> None:
    _bad_days(story)
    for name in ("reader@example.org", *story.processor.objects, *story.processor.refunds):
        assert name not in caplog.text
