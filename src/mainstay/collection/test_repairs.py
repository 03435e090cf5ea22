"""Each repair does what its button says, once, and leaves books in which every invariant holds."""

from datetime import timedelta

import pytest

from mainstay.audit.models import AuditLine
from mainstay.contributions.models import Attempt, Contribution, ContributionEvent, Installment
from mainstay.core.ids import remote_hash
from mainstay.core.money import Money
from mainstay.ledger.models import Transfer
from mainstay.ledger.post import balance, processor_code

from . import differences
from .conftest import World
from .models import AccountCheck, Difference, Payment
from .reconcile import ask_for_check, reconcile
from .repairs import OFFERED, NotThisRepair, Repair, carry_out
from .verify.run import verify

pytestmark = pytest.mark.django_db
Kind = Difference.Kind
APPROVED = "4242424242424242"


def check(world: World) -> None:
    ask_for_check(world.account, world.clock.now())
    reconcile(world.account.pk, world.ring, world.clock.now())


def open_one() -> Difference:
    return Difference.objects.get(state="open")


def repair(world: World, what: Repair) -> None:
    carry_out(open_one(), what, actor="harbour", now=world.clock.now())


def all_hold() -> bool:
    return all(finding.holds for finding in verify())


def test_every_kind_has_a_repair() -> None:
    assert set(OFFERED) == set(Kind)
    assert {one for offered in OFFERED.values() for one in offered} == set(Repair)


def test_waiting_money_becomes_a_gift(world: World) -> None:
    world.company.paid()
    check(world)
    repair(world, Repair.IS_A_GIFT)
    assert balance(world.newsroom, "USD", "unapplied").minor == 0
    assert balance(world.newsroom, "USD", "income:direct").minor == -500
    assert AuditLine.objects.get(action="difference.is_a_gift").actor == "harbour"
    check(world)
    assert not Difference.objects.filter(state="open").exists()
    assert all_hold()


def test_a_line_that_nobody_can_read_is_a_fee(world: World) -> None:
    today = world.clock.now().date()
    differences.report(world.account, Kind.UNKNOWN_LINE, "bl_1", day=today, minor=-30, currency="USD")
    row = open_one()
    repair(world, Repair.IS_A_FEE)
    assert Transfer.objects.get(reference=f"account_fee:{remote_hash('bl_1')}").amount_minor == 30
    with pytest.raises(NotThisRepair):
        carry_out(row, Repair.IS_A_FEE, actor="harbour", now=world.clock.now())


@pytest.mark.parametrize(("minor", "step"), [(-2000, "held"), (2000, "released")])
def test_a_line_is_a_reserve(world: World, minor: int, step: str) -> None:
    today = world.clock.now().date()
    differences.report(world.account, Kind.UNKNOWN_LINE, "bl_1", day=today, minor=minor, currency="USD")
    repair(world, Repair.IS_A_RESERVE)
    assert Transfer.objects.get(reference=f"reserve:{remote_hash('bl_1')}:{step}").amount_minor == 2000
    assert balance(world.newsroom, "USD", processor_code(world.account.pk)).minor == minor


def test_the_company_s_fee_is_booked_instead(world: World, unguarded_books: None) -> None:
    world.pay(APPROVED)
    Transfer.objects.filter(reference__startswith="fee:").update(amount_minor=40)
    Payment.objects.update(fee_minor=40)
    check(world)
    assert open_one().kind == Kind.FEE
    repair(world, Repair.THEIR_FEE)
    assert Payment.objects.get().fee_minor == 45
    check(world)
    assert not Difference.objects.filter(state="open").exists()
    assert all_hold()


def test_a_payment_that_the_company_never_had_is_taken_out(world: World) -> None:
    world.pay(APPROVED, frequency="once")
    check(world)
    world.company.post("/v1/test/reset")
    AccountCheck.objects.update(cursor="", sums={})
    Payment.objects.update(matched_on=None)
    world.clock.moment += timedelta(days=3)
    check(world)
    repair(world, Repair.TAKE_OUT)
    assert not Payment.objects.exists()
    assert balance(world.newsroom, "USD", "income:direct").minor == 0
    check(world)
    assert not Difference.objects.filter(state="open").exists()


@pytest.mark.parametrize(("what", "state"), [(Repair.GO_ON, "active"), (Repair.STOP, "cancelled")])
def test_a_rebuilt_promise_goes_on_or_is_stopped(
    world: World, unguarded_books: None, what: Repair, state: str
) -> None:
    world.company.clock.now = world.clock.now().timestamp()
    world.pay(APPROVED)
    for model in (Payment, Transfer, Attempt, Installment, ContributionEvent, Contribution):
        model.objects.all().delete()
    check(world)
    repair(world, what)
    promise = Contribution.objects.get()
    assert promise.state == state
    world.quiet_days(29)
    assert Payment.objects.count() == (2 if what == Repair.GO_ON else 1)
    check(world)
    assert not Difference.objects.filter(state="open").exists()
    assert all_hold()


def test_another_amount_is_counted_as_it_arrived(world: World) -> None:
    world.pay("4000000000008880", frequency="once")
    Attempt.objects.update(amount_minor=499)
    Installment.objects.update(amount_minor=499)
    world.company.clock.now += 60
    check(world)
    assert open_one().kind == Kind.AMOUNT
    assert not Payment.objects.exists()
    repair(world, Repair.AS_IT_ARRIVED)
    world.work()
    assert Payment.objects.get().gross == Money(500, "USD")
    check(world)
    assert not Difference.objects.filter(state="open").exists()


def test_the_worker_is_asked_again(world: World) -> None:
    today = world.clock.now().date()
    differences.report(world.account, Kind.BALANCE, "USD", day=today, currency="USD")
    AccountCheck.objects.update_or_create(account=world.account, defaults={"cursor": "7", "sums": {"USD": 1}})
    repair(world, Repair.FROM_THE_BEGINNING)
    row = AccountCheck.objects.get()
    assert (row.cursor, row.sums, row.next_action_at) == ("", {}, world.clock.now())
