"""The first payment, against the practice payment company over real HTTP."""

from datetime import timedelta

import pytest

from mainstay.contributions.models import Attempt, Contribution, Installment
from mainstay.core.ids import code_hash, code_of, new_checkout_key
from mainstay.core.money import Money
from mainstay.ledger.models import Transfer
from mainstay.ledger.post import balance, processor_code
from mainstay.letters.models import Letter

from . import checkout
from .checkout import Step, check_again, progress_of
from .conftest import World
from .models import Payment
from .run import collect

APPROVED, RUSSIA, KAZAKHSTAN = "4242424242424242", "4000006430000009", "4000003980000000"
DECLINED, ALWAYS_ASKS, UNKNOWN, FAULT = (
    "4000000000000002",
    "4000002760003184",
    "4000000000008880",
    "4000000000005001",
)


def test_an_approved_card_begins_a_promise(world: World) -> None:
    key, progress = world.pay(APPROVED, mail="reader@example.org")
    assert progress.step == Step.PAID
    row = Contribution.objects.get()
    assert (row.state, row.anchor, str(row.next_due_date)) == ("active", row.started_on, "2026-02-28")
    assert row.code_hash == code_hash(code_of(key))
    payment = Payment.objects.get()
    assert (payment.gross_minor, payment.fee_minor, payment.first) == (500, 45, True)
    assert balance(world.newsroom, "USD", processor_code(world.account.pk)) == Money(455, "USD")
    assert Letter.objects.get().kind == "receipt"
    assert Installment.objects.get().remote_id == ""


def test_once_is_completed_and_keeps_no_card(world: World) -> None:
    _key, progress = world.pay(APPROVED, frequency="once")
    assert progress.step == Step.PAID
    row = Contribution.objects.get()
    assert (row.state, row.next_due_date, row.method_sealed) == ("completed", None, None)


def test_paying_again_with_the_same_key_pays_once(world: World) -> None:
    key, _progress = world.pay(APPROVED)
    _key, again = world.pay(APPROVED, key)
    assert again.step == Step.PAID
    assert Payment.objects.count() == Attempt.objects.count() == 1


def test_a_refused_country_leaves_no_row_and_no_call_after_the_token(world: World) -> None:
    _key, progress = world.pay(RUSSIA)
    assert (progress.step, progress.country) == (Step.REFUSED, "RU")
    assert not Contribution.objects.exists()
    paths = [(call["method"], call["path"].split("/")[2]) for call in world.calls()]
    assert paths == [("POST", "tokens"), ("GET", "tokens")]


def test_an_error_in_the_policy_makes_no_payment_call(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object, **_named: object) -> None:
        raise ValueError("broken policy")

    monkeypatch.setattr(checkout, "decide", broken)
    with pytest.raises(ValueError, match="broken policy"):
        world.pay(APPROVED)
    assert not Contribution.objects.exists()
    assert len(world.calls()) == 2


def test_a_warning_is_shown_first_and_the_promise_ends_after_a_year(world: World) -> None:
    key, progress = world.pay(KAZAKHSTAN)
    assert (progress.step, progress.country) == (Step.WARNED, "KZ")
    assert not Contribution.objects.exists()
    _key, progress = world.pay(KAZAKHSTAN, key, warned="KZ")
    assert progress.step == Step.PAID
    assert str(Contribution.objects.get().last_due_date) == "2027-01-30"


def test_after_a_decline_another_card_pays_on_the_same_remote_object(world: World) -> None:
    key, progress = world.pay(DECLINED)
    assert (progress.step, progress.decline) == (Step.DECLINED, "do_not_honor")
    remote_id = Installment.objects.get().remote_id
    assert remote_id
    _key, progress = world.pay(APPROVED, key)
    assert progress.step == Step.PAID
    assert [attempt.state for attempt in Attempt.objects.order_by("number")] == ["declined", "succeeded"]
    made = [call for call in world.calls() if call["path"] == "/v1/intents"]
    assert len(made) == 1


def test_after_a_decline_another_amount_cancels_the_old_object_first(world: World) -> None:
    key, _progress = world.pay(DECLINED)
    _key, progress = world.pay(APPROVED, key, amount=Money(700, "USD"))
    assert progress.step == Step.PAID
    assert Payment.objects.get().gross_minor == 700
    assert any(call["path"].endswith("/cancel") for call in world.calls())


def test_an_unknown_outcome_is_not_tried_again_and_resolves_itself(world: World) -> None:
    key, progress = world.pay(UNKNOWN)
    assert progress.step == Step.CHECKING
    _key, again = world.pay(APPROVED, key)
    assert again.step == Step.CHECKING
    assert Attempt.objects.count() == 1
    world.company.clock.now += 9
    world.clock.moment += timedelta(seconds=9)
    assert check_again(world.newsroom, key, world.clock.now()).step == Step.PAID
    assert Payment.objects.count() == 1


def test_the_worker_resolves_an_unknown_outcome_too(world: World) -> None:
    key, _progress = world.pay(UNKNOWN)
    world.company.clock.now += 60
    world.clock.moment += timedelta(seconds=61)
    world.work()
    assert progress_of(world.newsroom, key, world.clock.now()).step == Step.PAID


def test_the_bank_asks_and_approval_arrives(world: World) -> None:
    key, progress = world.pay(ALWAYS_ASKS)
    assert progress.step == Step.ACTION
    assert "/bank/" in progress.action_url
    world.answer_at_bank(progress.action_url, "approve")
    assert check_again(world.newsroom, key, world.clock.now()).step == Step.PAID


def test_the_banks_page_left_open_is_cancelled_then_expires(world: World) -> None:
    key, _progress = world.pay(ALWAYS_ASKS)
    world.clock.moment += timedelta(minutes=31)
    world.work()
    row = Contribution.objects.get()
    assert (row.state, Attempt.objects.get().state) == ("abandoned", "cancelled")
    _key, progress = world.pay(APPROVED, key)
    assert progress.step == Step.PAID
    assert Contribution.objects.get().state == "active"


def test_a_fault_before_anything_happened_lets_the_reader_try_again(world: World) -> None:
    key, progress = world.pay(FAULT)
    assert progress.step == Step.DECLINED
    assert Attempt.objects.get().state == "not_executed"
    assert world.pay(APPROVED, key)[1].step == Step.PAID


def test_gifts_stopped_at_the_till(world: World) -> None:
    world.newsroom.gifts_stopped_reason = "Card testing"
    world.newsroom.save()
    assert world.pay(APPROVED)[1].step == Step.STOPPED
    assert not Contribution.objects.exists()


@pytest.mark.parametrize("crash", ["prepare", "execute"])
def test_a_web_process_that_dies_at_a_call_leaves_nothing_open(
    world: World, crash: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process is gone at that call; the worker finds the row when its time has passed."""
    from mainstay.processors.sandbox.adapter import Sandbox

    def die(*_arguments: object, **_named: object) -> None:
        raise KeyboardInterrupt

    key = new_checkout_key()
    with monkeypatch.context() as patch:
        patch.setattr(Sandbox, crash, die)
        with pytest.raises(KeyboardInterrupt):
            world.pay(APPROVED, key)
    assert Attempt.objects.get().state == ("created" if crash == "prepare" else "sent")
    world.clock.moment += timedelta(seconds=200)
    world.work()
    assert Attempt.objects.get().state == "not_executed"
    assert world.pay(APPROVED, key)[1].step == Step.PAID
    assert Payment.objects.count() == 1


def test_money_of_another_amount_is_not_booked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from mainstay.processors.sandbox.adapter import Sandbox

    honest = Sandbox.execute

    def one_more(self: Sandbox, *arguments: object) -> object:
        fact = honest(self, *arguments)
        return replace(fact, amount=Money(fact.amount.minor + 1, "USD"))

    monkeypatch.setattr(Sandbox, "execute", one_more)
    _key, progress = world.pay(APPROVED)
    assert progress.step == Step.CHECKING
    assert not Payment.objects.exists()
    assert not Transfer.objects.exists()


def test_two_workers_collect_one_installment_once(world: World) -> None:
    world.pay(APPROVED)
    world.quiet_days(28)
    installment = Installment.objects.get(number=2)
    assert installment.state == "paid"
    collect(installment.pk, world.ring, "http://127.0.0.1", world.clock.now())
    assert Payment.objects.count() == 2
